import { describe, expect, test } from 'vitest'
import { bucketOf, histogramOf, noValues } from '../../../core/histogram.ts'
import type { Tidings } from '../../../core/story.ts'
import { quantilesOf, timeline } from '../../../harness/load/timeline.ts'

/** So many iterations that ended then, whose one request each took so long, in milliseconds. */
const told = (time: number, iterations: number, milliseconds = 10, failures = 0): Pick<Tidings, 'seconds'> => ({
  seconds: [[Math.floor(time / 1000), iterations, failures, [[bucketOf(milliseconds), iterations]]]],
})

/** A whole second, in milliseconds since the epoch. */
const start = 1_700_000_000_000

const about = (milliseconds: number) => expect.closeTo(milliseconds, -Math.log10(2 * 0.005 * milliseconds))

describe('a timeline', () => {
  test('tells of each second how many iterations ended, how many failed, and how long requests took', () => {
    const line = timeline()
    line.add(told(start + 100, 4, 10))
    line.add(told(start + 900, 6, 10, 2))
    line.add(told(start + 1000, 1, 500))
    expect(line.moments(start)).toEqual([
      { at: 1, rate: 10, failures: 2, latency: { p50: about(10), p95: about(10), p99: about(10) } },
      { at: 2, rate: 1, failures: 0, latency: { p50: about(500), p95: about(500), p99: about(500) } },
    ])
  })

  test('shows that nothing ended while nothing did', () => {
    const line = timeline()
    line.add(told(start, 5))
    line.add(told(start + 3000, 5))
    expect(line.moments(start).map(({ at, rate, latency }) => [at, rate, Object.keys(latency).length])).toEqual([
      [1, 5, 3],
      [2, 0, 0],
      [3, 0, 0],
      [4, 5, 3],
    ])
  })

  test('leaves out what came before the start, and where there is nothing tells nothing', () => {
    const line = timeline()
    expect(line.moments(start)).toEqual([])
    line.add(told(start - 1000, 5))
    expect(line.moments(start)).toEqual([])
  })

  test('of a long run has a bounded number of whiles, in which nothing is lost', () => {
    const line = timeline()
    const seconds = 3601
    for (let second = 0; second < seconds; second++) line.add(told(start + second * 1000, 2, 10, 1))
    const moments = line.moments(start)
    expect(moments.length).toBeLessThanOrEqual(300)
    expect(moments.reduce((sum, { failures }) => sum + failures, 0)).toBe(seconds)
    const widths = moments.map(({ at }, index) => at - (moments[index - 1]?.at ?? 0))
    expect(new Set(widths).size).toBe(1)
    for (const { rate } of moments.slice(0, -1)) expect(rate).toBe(2)
  })

  test('knows how it went a few seconds ago, when all had told of that', () => {
    const line = timeline()
    expect(line.latest(start, start + 20_000)).toBeUndefined()
    for (let second = 0; second < 12; second++) line.add(told(start + second * 1000, second, 10, second === 5 ? 1 : 0))
    expect(line.latest(start, start + 3900)).toBeUndefined()
    expect(line.latest(start, start + 5100)).toMatchObject({ at: 1, rate: 0, failures: 0 })
    expect(line.latest(start, start + 10_500)).toMatchObject({ at: 6, rate: 4, failures: 1 })
  })
})

test('what is told at once and in any order is the same as what is told bit by bit', () => {
  const parts = [told(start + 2000, 3), told(start, 5, 20, 1), told(start + 2000, 1, 40)]
  const [one, other] = [timeline(), timeline()]
  for (const part of parts.toReversed()) one.add(part)
  other.add({ seconds: parts.flatMap(({ seconds }) => seconds) })
  expect(one.moments(start)).toEqual(other.moments(start))
})

test('the quantiles of a distribution are its median and its tail; of nothing there are none', () => {
  const values = Array.from({ length: 1000 }, (_, index) => index + 1)
  expect(quantilesOf(histogramOf(values))).toEqual({ p50: about(500), p95: about(950), p99: about(990) })
  expect(quantilesOf(noValues)).toEqual({})
})
