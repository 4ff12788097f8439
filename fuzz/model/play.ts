import type { CheckContext } from '../../harness/check.ts'
import type { Cast } from './cast.ts'
import { type Lack, lackingIn, type Observation, statesAfter, unknownBeginning } from './follow.ts'
import { called } from './guard.ts'
import { player } from './player.ts'
import { type Act, resolved } from './sequence.ts'
import type { Answer } from './situation.ts'

/** What a server was seen to do that no lawful server does. */
export interface Departure {
  readonly answer: Answer
  readonly lacks: readonly Lack[]
}

/**
 * Does one act after the other, as far as they are possible, until the server departs from the model: what it does after
 * that may come of the same.
 */
export async function play(acts: readonly Act[], cast: Cast, context: CheckContext): Promise<Departure | undefined> {
  const { perform } = player(cast, context)
  const observed: Observation[] = []
  let states = unknownBeginning
  for (const act of acts) {
    const [state] = states
    if (state === undefined) break
    const met = resolved(act, state)
    const answer = met && (await perform(met.step, met.of))
    if (met === undefined || answer === undefined) continue
    const observation = { ...met, answer }
    observed.push(observation)
    states = statesAfter(cast.model, states, observation)
    if (states.length === 0) return { answer, lacks: lackingIn(cast.model, observed) }
  }
  return undefined
}

/** Plays a sequence, and notes a breach of what the server lacks, as far as that is sure. */
export async function expectToFollow(acts: readonly Act[], cast: Cast, context: CheckContext): Promise<void> {
  const departure = await play(acts, cast, context)
  if (departure === undefined) return
  const { answer, lacks } = departure
  const violation = answer.is === 'refused' || answer.is === 'dead' ? 'refused' : 'accepted'
  for (const { says, requirement } of lacks)
    context.expect.that(false, { violation, expected: says, actual: called[answer.is] }, requirement)
}
