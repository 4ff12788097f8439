import type { CheckContext } from '../../harness/check.ts'
import type { Cast } from './cast.ts'
import { diagnosis, type Lack, type Observation, statesAfter, statesWith, unknownBeginning } from './follow.ts'
import { called } from './guard.ts'
import { player } from './player.ts'
import { type Act, resolved } from './sequence.ts'
import type { Answer } from './situation.ts'

/** What a server was seen to do that no lawful server does. */
export interface Departure {
  readonly answer: Answer
  readonly lacks: readonly Lack[]
}

/** Does one act after the other, as far as they are possible, and goes on with what the server seems to follow instead. */
export async function play(acts: readonly Act[], cast: Cast, context: CheckContext): Promise<readonly Departure[]> {
  const { perform } = player(cast, context)
  const observed: Observation[] = []
  const departures: Departure[] = []
  let [model, states] = [cast.model, unknownBeginning]
  for (const act of acts) {
    const [state] = states
    if (state === undefined) break
    const met = resolved(act, state)
    const answer = met && (await perform(met.step, met.of))
    if (met === undefined || answer === undefined) continue
    const observation = { ...met, answer }
    observed.push(observation)
    states = statesAfter(model, states, observation)
    if (states.length > 0) continue
    const found = diagnosis(model, observed)
    departures.push({ answer, lacks: found.lacks })
    model = found.model
    states = statesWith(model, observed)
  }
  return departures
}

/** Plays a sequence, and notes a breach of what the server lacks, as far as that is sure. */
export async function expectToFollow(acts: readonly Act[], cast: Cast, context: CheckContext): Promise<void> {
  for (const { answer, lacks } of await play(acts, cast, context)) {
    const isRefusal = answer.is === 'refused' || answer.is === 'dead'
    const violation = isRefusal ? 'refused' : 'accepted'
    for (const { says, requirement } of lacks)
      context.expect.that(false, { violation, expected: says, actual: called[answer.is] }, requirement)
  }
}
