import { array, assert, double, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bucketOf,
  cells,
  type Histogram,
  histogramOf,
  histogramOfCells,
  merged,
  noValues,
  quantile,
} from '../../core/histogram.ts'

/** Latencies in milliseconds, from a microsecond to some twenty minutes. */
const latencies = (minLength = 1) =>
  array(
    double({ min: Math.log(1e-3), max: Math.log(1e6), noNaN: true }).map((power) => Math.exp(power)),
    { minLength, maxLength: 200 },
  )

const shares = [0, 0.1, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1]

const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b)

/** By the nearest rank: the least value that so large a share of all is not above. */
const exact = (values: readonly number[], share: number): number =>
  sorted(values)[Math.max(0, Math.ceil(share * values.length) - 1)] ?? Number.NaN

/** Sums of the same numbers in another order differ in their last digits. */
const expectSame = (actual: Histogram, expected: Histogram) =>
  expect(actual).toEqual({ ...expected, sum: expect.closeTo(expected.sum, 6) })

describe('a histogram', () => {
  test('knows each quantile to half a percent', () => {
    assert(
      property(latencies(), (values) => {
        for (const share of shares) {
          const right = exact(values, share)
          expect(Math.abs(quantile(histogramOf(values), share) - right) / right).toBeLessThanOrEqual(0.005)
        }
      }),
    )
  })

  test('of several parts is the histogram of all values', () => {
    assert(
      property(array(latencies(0), { maxLength: 5 }), (parts) => {
        expectSame(merged(parts.map(histogramOf)), histogramOf(parts.flat()))
      }),
    )
  })

  test('of several parts knows the quantiles of all, which their quantiles do not tell', () => {
    assert(
      property(array(latencies(), { minLength: 1, maxLength: 5 }), (parts) => {
        const whole = merged(parts.map(histogramOf))
        for (const share of shares) {
          const right = exact(parts.flat(), share)
          expect(Math.abs(quantile(whole, share) - right) / right).toBeLessThanOrEqual(0.01)
        }
      }),
    )
    const [few, many] = [histogramOf([100]), histogramOf(Array<number>(99).fill(1))]
    expect(quantile(merged([few, many]), 0.5)).toBe(1)
  })

  test('never tells a value that is beyond those that there were', () => {
    const same = histogramOf([7.3, 7.3, 7.3])
    expect(shares.map((share) => quantile(same, share))).toEqual(shares.map(() => 7.3))
  })

  test('holds each value in the one bucket that ends at it or above it, less than 1 % away', () => {
    assert(
      property(latencies(), (values) => {
        for (const value of values) {
          const end = 1.01 ** bucketOf(value)
          expect(end / value).toBeGreaterThanOrEqual(1 - 1e-9)
          expect(end / value).toBeLessThanOrEqual(1.01 + 1e-9)
        }
      }),
    )
  })

  test('has its buckets in the order of size, none of them empty', () => {
    const { buckets } = histogramOf([50, 3, 50, 0.2, 3])
    expect(buckets).toEqual([
      [bucketOf(0.2), 1],
      [bucketOf(3), 2],
      [bucketOf(50), 2],
    ])
  })

  test('takes what is nothing or less for the least there is', () => {
    expect(histogramOf([0, -1, 1e-9]).buckets).toEqual([[bucketOf(1e-6), 3]])
  })

  test.each([
    ['of no values', histogramOf([])],
    ['of no parts', merged([])],
    ['of empty parts', merged([noValues, noValues])],
    ['of figures of nothing', histogramOfCells({})],
    ['of figures that count none', histogramOfCells({ count: 0, avg: 0, min: 0, max: 0, 'p(50.25)': 0 })],
  ])('%s is empty, and has no quantile', (_, histogram) => {
    expect(histogram).toEqual(noValues)
    expect(quantile(histogram, 0.5)).toBeNaN()
  })

  test('is the same with an empty part as without it', () => {
    const one = histogramOf([5, 6])
    expect(merged([noValues, one, noValues])).toEqual(one)
  })
})

/** What k6 tells of a trend: each percentile interpolated between the two values that are closest to it. */
function figuresOfEngine(values: readonly number[]): Readonly<Record<string, number>> {
  const ordered = sorted(values)
  const percentile = (percent: number): number => {
    const rank = (percent / 100) * (ordered.length - 1)
    const [below = 0, above = 0] = [ordered[Math.floor(rank)], ordered[Math.ceil(rank)]]
    return below + (above - below) * (rank % 1)
  }
  return {
    count: values.length,
    avg: values.reduce((sum, value) => sum + value, 0) / values.length,
    min: ordered[0] ?? 0,
    max: ordered.at(-1) ?? 0,
    ...Object.fromEntries(cells.map(({ at }) => [at, percentile(Number(at.slice(2, -1)))])),
  }
}

describe('the figures of k6', () => {
  test('are asked for so that they leave no gap and the rare values are the most closely seen', () => {
    expect(cells[0]?.from).toBe(0)
    expect(cells.at(-1)?.to).toBe(100)
    expect(cells.slice(1).map(({ from }) => from)).toEqual(cells.slice(0, -1).map(({ to }) => to))
    for (const { from, to, at } of cells) expect([from < to, at]).toEqual([true, `p(${to})`])
    expect(new Set(cells.map(({ at }) => at)).size).toBe(cells.length)
  })

  test.each<readonly [string, (at: number) => number]>([
    ['even', (at) => 1 + 99 * at],
    ['with a long tail', (at) => 5 * (1 - at) ** -0.7],
    ['of two humps', (at) => (at < 0.7 ? 2 + at : 80 + 20 * at)],
    ['all the same', () => 12.5],
  ])('tell a distribution that is %s, to one percent', (_, inverse) => {
    const values = Array.from({ length: 20_000 }, (__, index) => inverse((index + 0.5) / 20_000))
    const told = histogramOfCells(figuresOfEngine(values))
    expect([told.count, told.min, told.max]).toEqual([20_000, Math.min(...values), Math.max(...values)])
    expect(told.sum / told.count).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / 20_000, 6)
    for (const share of [0.01, 0.1, 0.25, 0.5, 0.6, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999]) {
      const right = exact(values, share)
      expect(Math.abs(quantile(told, share) - right) / right, `${share}`).toBeLessThanOrEqual(0.01)
    }
  })

  test.each([1, 2, 3, 7, 100, 999])('of %i values stand for as many, the least and the largest among them', (count) => {
    const values = Array.from({ length: count }, (_, index) => 10 + index)
    const told = histogramOfCells(figuresOfEngine(values))
    expect(told.buckets.reduce((sum, [, held]) => sum + held, 0)).toBe(count)
    expect([told.buckets[0]?.[0], told.buckets.at(-1)?.[0]]).toEqual([bucketOf(10), bucketOf(9 + count)])
    // Between two values k6 tells what lies between them.
    const distance = Math.abs(quantile(told, 0.5) - exact(values, 0.5))
    expect(distance).toBeLessThanOrEqual(1 + 0.005 * exact(values, 0.5))
  })
})
