import { called, type Guard } from './guard.ts'
import type { Answer, Outcome } from './situation.ts'
import type { State } from './state.ts'
import type { Of, PublicClients, Step } from './step.ts'

/** One thing done to a server that is right, and what came of it. */
export interface Transition {
  readonly step: Step
  readonly of: Of
  readonly before: State
  readonly answer: Answer
  readonly after: State
  /** Without which of the guards the answer could have been a better one. */
  readonly because: readonly Guard[]
}

/** The model as it is used: with the guards left out that nobody can be held to. */
export interface Model {
  readonly publicClients: PublicClients
  readonly without: ReadonlySet<Guard>
}

/** What a client hopes for. */
const goodAnswers: ReadonlySet<Answer['is']> = new Set(['code', 'tokens', 'done', 'live'])

const isGood = ({ answer }: Pick<Outcome, 'answer'>) => goodAnswers.has(answer.is)

/** Every lawful way on from a state by this act; none where the act is not possible there. */
export function transitionsOf(
  { publicClients, without }: Model,
  before: State,
  step: Step,
  of: Of,
): readonly Transition[] {
  const conceivable = step.outcomes(before, of, publicClients)
  if (conceivable === undefined) return []
  const { outcomes, isAgainst } = conceivable
  const lawful = outcomes.filter((outcome) => step.when.every((one) => without.has(one) || !isAgainst(one, outcome)))
  const better = lawful.some(isGood) ? [] : outcomes.filter(isGood)
  const because = better.length === 0 ? [] : step.when.filter((guard) => better.every((one) => isAgainst(guard, one)))
  return lawful.map(({ answer, next }) => ({ step, of, before, answer, after: next, because }))
}

/** What a transition is called: the step, the answer, and the guards that kept the answer from being a better one. */
export const nameOf = ({ step, answer, because }: Pick<Transition, 'step' | 'answer' | 'because'>): string => {
  const condition = because.length === 0 ? '' : `, unless ${because.map(({ name }) => name).join(' and ')}`
  return `${step.name}: ${called[answer.is]}${condition}`
}
