import { Counter, Rate } from 'k6/metrics'
import type { RefinedResponse } from 'k6/http'
import { metricOf } from '../../core/load-metrics.ts'
import { stories, type StoryName } from '../stories.ts'
import { plan } from './plan.ts'

export type Answer = RefinedResponse<'text'>

type InvariantOf<Name extends StoryName> = Extract<keyof (typeof stories)[Name]['invariants'], string>

/** What a scenario's iteration says while it goes on. */
export interface Narrator<Name extends StoryName> {
  /** Looks at an invariant: one that does not hold is counted, and shown to whoever reads the run. */
  holds(invariant: InvariantOf<Name>, held: boolean): void
  /** Hands one token in so many over to be verified in full. */
  sample(kind: 'access_token' | 'id_token', token: string): void
}

/** Thrown to leave an iteration that cannot go on; what was wrong is already counted. */
export class Abandoned extends Error {}

/** The answer that came. No invariant is about one that did not: the iteration ends, and counts as failed. */
export function answered(answer: Answer): Answer {
  if (answer.status === 0) throw new Abandoned()
  return answer
}

const exceptions = new Counter('assay_exceptions')
const completed = Object.fromEntries(
  plan.scenarios.map(({ story }) => [story, new Counter(metricOf(story, 'completed'))]),
)
const rates = new Map(
  plan.scenarios.flatMap(({ story }) =>
    Object.keys(stories[story as StoryName].invariants).map(
      (name) => [`${story} ${name}`, new Rate(metricOf(story, name))] as const,
    ),
  ),
)

/**
 * Makes a k6 scenario of an iteration. k6 exits with 0 when iterations throw, so what is thrown is counted, and so is
 * what came to its end: a run without data must not look like a good one.
 */
export const tell =
  <Name extends StoryName>(name: Name, iteration: (narrator: Narrator<Name>) => void) =>
  () => {
    let samples = 0
    const narrator: Narrator<Name> = {
      holds: (invariant, held) => rates.get(`${name} ${invariant}`)?.add(held),
      sample: (kind, token) => {
        if (__ITER % plan.sampleEvery === 0 && samples++ < 2) console.log(`assay-sample ${kind} ${token}`)
      },
    }
    try {
      iteration(narrator)
      completed[name]?.add(1)
    } catch (error) {
      if (error instanceof Abandoned) return
      exceptions.add(1)
      console.error(`assay-exception ${name}: ${String(error)}`)
    }
  }
