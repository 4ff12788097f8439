import type { Story } from '../core/story.ts'
import { brokenOf, observedOf } from '../core/load-metrics.ts'

/**
 * What k6 calls its metrics when it writes them to Prometheus: a counter ends with `_total`, a trend of times is a native
 * histogram in seconds.
 */
const written = {
  counter: (metric: string) => `k6_${metric}_total`,
  gauge: (metric: string) => `k6_${metric}`,
  times: (metric: string) => `k6_${metric}_seconds`,
} as const

/** Matches what belongs to a story: what the scripts need beside it, as from their companion, is tagged as nobody's. */
export const ofStories = 'scenario!="assay"'

export const requests = written.counter('http_reqs')
export const requestTimes = written.times('http_req_duration')
export const iterations = written.counter('iterations')
export const droppedIterations = written.counter('dropped_iterations')
export const virtualUsers = written.gauge('vus')
export const virtualUsersAtMost = written.gauge('vus_max')
/** Iterations that threw, as `scenarios/lib/story.ts` counts them. */
export const exceptions = written.counter('assay_exceptions')

/** The invariants of a story that k6 itself looks at: the others are judged from what it tells. */
export const watchedInvariants = ({ invariants }: Story): readonly string[] =>
  Object.entries(invariants).flatMap(([name, { by }]) => (by === undefined ? [name] : []))

/** How often an invariant did not hold, and how often somebody looked. */
export const invariantBroken = (story: string, invariant: string) => written.counter(brokenOf(story, invariant))
export const invariantObserved = (story: string, invariant: string) => written.counter(observedOf(story, invariant))

/** Every invariant of every story. */
export const anyInvariantBroken = '{__name__=~"k6_assay_.+_broken_total"}'

/** A quantile of the latency of each story. */
export const storyQuantile = (quantile: number, rates: string) =>
  `histogram_quantile(${quantile}, sum by (scenario) (${rates}))`
