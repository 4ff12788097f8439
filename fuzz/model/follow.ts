import type { Requirement } from '../../core/spec/document.ts'
import type { Guard } from './guard.ts'
import type { Answer } from './situation.ts'
import { beginning, type State } from './state.ts'
import type { Of, Step } from './step.ts'
import { guards } from './steps.ts'
import { type Model, transitionsOf } from './transition.ts'

/** What was done to a server, and what it said to it. */
export interface Observation {
  readonly step: Step
  readonly of: Of
  readonly answer: Answer
}

/** Where a server begins that others have used. */
export const unknownBeginning: readonly State[] = [beginning(false)]

/** The states that a server may be in after it gave this answer; none where no lawful server gives it. */
export const statesAfter = (
  model: Model,
  states: readonly State[],
  { step, of, answer }: Observation,
): readonly State[] => {
  const after = states
    .flatMap((state) => transitionsOf(model, state, step, of))
    .filter((transition) => isSameAnswer(transition.answer, answer))
    .map((transition): [string, State] => [JSON.stringify(transition.after), transition.after])
  return [...new Map(after).values()]
}

const isSameAnswer = (one: Answer, other: Answer): boolean => JSON.stringify(one) === JSON.stringify(other)

/** The states that a server may be in that gave all of these answers. */
export const statesWith = (model: Model, observed: readonly Observation[]): readonly State[] =>
  observed.reduce((states, one) => statesAfter(model, states, one), unknownBeginning)

/** A requirement that a server does not meet, as a clause of the model has it. */
export interface Lack {
  readonly says: string
  readonly requirement: Requirement
}

/**
 * What a server lacks that gave these answers, the last of which no lawful server gives. Where the lack of one guard
 * accounts for all of them, nothing is held against the server but what all such guards rest on: any of them may be the
 * one. Where only several together do, it lacks each.
 */
export function lackingIn(model: Model, observed: readonly Observation[]): readonly Lack[] {
  const alone = guardsAlone(model, observed)
  if (alone.length === 0) return guardsTogether(model, observed).flatMap(lacksOf)
  const cited = alone.filter(({ cites }) => cites.length > 0)
  const shared = (requirement: Requirement) => cited.every(({ cites }) => cites.includes(requirement))
  const lacks = cited.slice(0, 1).flatMap(lacksOf)
  return lacks.filter(({ requirement }) => shared(requirement))
}

const lacksOf = ({ says, cites }: Guard): readonly Lack[] => cites.map((requirement) => ({ says, requirement }))

const lacking = (model: Model, guard: Guard): Model => ({ ...model, without: new Set([...model.without, guard]) })

/** Each guard by whose lack alone the answers could have come about. */
export const guardsAlone = (model: Model, observed: readonly Observation[]): readonly Guard[] =>
  guards.filter((guard) => !model.without.has(guard) && statesWith(lacking(model, guard), observed).length > 0)

/** The fewest guards that stand against the last of the answers together. */
function guardsTogether(model: Model, observed: readonly Observation[]): readonly Guard[] {
  const last = observed.at(-1)
  if (last === undefined) return []
  const [fewest = []] = statesWith(model, observed.slice(0, -1))
    .flatMap((state) => guardsAgainst(state, last, model))
    .toSorted((one, other) => one.length - other.length)
  return fewest
}

/** The guards that stand against an answer, once for each way in which one can think of it. */
function guardsAgainst(state: State, { step, of, answer }: Observation, model: Model): readonly (readonly Guard[])[] {
  const { outcomes = [], isAgainst } = step.outcomes(state, of, model.publicClients) ?? {}
  return outcomes
    .filter((outcome) => isSameAnswer(outcome.answer, answer))
    .map((outcome) => step.when.filter((guard) => !model.without.has(guard) && isAgainst?.(guard, outcome) === true))
}
