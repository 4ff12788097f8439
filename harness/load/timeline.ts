import { type Histogram, merged, quantile } from '../../core/histogram.ts'
import type { Tidings } from '../../core/story.ts'
import type { Moment } from './result.ts'

/** What happens in the course of a run. */
export interface Timeline {
  add(tidings: Pick<Tidings, 'seconds'>): void
  /** How it goes at the moment, as far as that is told yet, in a run that began then, in milliseconds since the epoch. */
  latest(start: number, now: number): Moment | undefined
  /** All of a run that began then, in at most {@link momentsAtMost} whiles of equal length; in some nothing may have ended. */
  moments(start: number): readonly Moment[]
}

/** As many as a plot can show. */
const momentsAtMost = 300

/** By then all virtual users have told of a second, in seconds; and how long a moment is. */
const lag = 4
const glance = 3

interface Second {
  iterations: number
  failures: number
  readonly latencies: Map<number, number>
}

export function timeline(): Timeline {
  const seconds = new Map<number, Second>()
  const momentOf = (from: number, to: number, first: number): Moment => {
    const held = [...seconds].flatMap(([second, one]) => (second >= from && second < to ? [one] : []))
    const latency = merged(held.map(({ latencies }) => histogramOf(latencies)))
    return {
      at: to - first,
      rate: held.reduce((sum, { iterations }) => sum + iterations, 0) / (to - from),
      failures: held.reduce((sum, { failures }) => sum + failures, 0),
      latency: quantilesOf(latency),
    }
  }
  return {
    add: (told) => {
      for (const [at, iterations, failures, latencies] of told.seconds) {
        const one = seconds.get(at) ?? { iterations: 0, failures: 0, latencies: new Map<number, number>() }
        seconds.set(at, one)
        one.iterations += iterations
        one.failures += failures
        for (const [bucket, count] of latencies) one.latencies.set(bucket, (one.latencies.get(bucket) ?? 0) + count)
      }
    },
    latest: (start, now) => {
      const first = Math.floor(start / 1000)
      const to = Math.floor(now / 1000) - lag
      const from = Math.max(first, to - glance)
      return from < to && [...seconds.keys()].some((second) => second >= from) ? momentOf(from, to, first) : undefined
    },
    moments: (start) => {
      const first = Math.floor(start / 1000)
      const after = Math.max(first, ...[...seconds.keys()].map((second) => second + 1))
      const width = Math.max(1, Math.ceil((after - first) / momentsAtMost))
      return Array.from({ length: Math.ceil((after - first) / width) }, (_, index) => first + index * width).map(
        (from) => momentOf(from, from + width, first),
      )
    },
  }
}

const histogramOf = (counts: ReadonlyMap<number, number>): Histogram => ({
  count: [...counts.values()].reduce((sum, count) => sum + count, 0),
  sum: 0,
  // Each of them is known to its bucket only, and no further.
  min: 0,
  max: Number.POSITIVE_INFINITY,
  buckets: [...counts].toSorted(([a], [b]) => a - b),
})

/** The quantiles that are told of a distribution, in milliseconds. */
export const quantilesOf = (latency: Histogram): Readonly<Record<string, number>> =>
  latency.count === 0
    ? {}
    : Object.fromEntries([50, 95, 99].map((percent) => [`p${percent}`, quantile(latency, percent / 100)]))
