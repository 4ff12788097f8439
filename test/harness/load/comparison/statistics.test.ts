import { assert, double, array, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bootstrapMeans,
  diceOf,
  fallen,
  medianOf,
  quantileOfSorted,
  shareAtMost,
  trimmedMean,
} from '../../../../harness/load/comparison/statistics.ts'

const finite = double({ min: -1e6, max: 1e6, noNaN: true })

test('dice fall the same way for the same seed, on every side', () => {
  const rolls = (seed: number) => {
    const dice = diceOf(seed)
    return Array.from({ length: 200 }, () => dice.roll(6))
  }
  expect(rolls(1)).toEqual(rolls(1))
  expect(rolls(1)).not.toEqual(rolls(2))
  expect(new Set(rolls(1))).toEqual(new Set([0, 1, 2, 3, 4, 5]))
})

test('the median is the middle value, or the mean of the two in the middle', () => {
  expect([medianOf([3, 1, 2]), medianOf([4, 1, 3, 2]), medianOf([7])]).toEqual([2, 2.5, 7])
  expect(medianOf([])).toBeNaN()
})

describe('the trimmed mean', () => {
  test('does not care how far away a fifth of the values at either end is', () => {
    expect(trimmedMean([1, 2, 3, 4, 5])).toBe(3)
    expect(trimmedMean([-1e9, 2, 3, 4, 1e9])).toBe(3)
  })

  test('lies among the values', () => {
    assert(
      property(array(finite, { minLength: 1, maxLength: 50 }), (values) => {
        const mean = trimmedMean(values)
        const slack = 1e-6
        return mean >= Math.min(...values) - slack && mean <= Math.max(...values) + slack
      }),
    )
  })
})

describe('a bootstrap', () => {
  /** Sums of twelve uniform values are as good as normal. */
  const normal = (seed: number, many: number, mean: number, deviation: number) => {
    const dice = diceOf(seed)
    const uniform = () => dice.roll(1_000_000) / 1_000_000
    return Array.from({ length: many }, () => {
      const sum = Array.from({ length: 12 }, uniform).reduce((all, one) => all + one, 0)
      return mean + (sum - 6) * deviation
    })
  }

  test('is in order, and repeats itself with the same seed', () => {
    const values = normal(1, 20, 0, 1)
    const means = bootstrapMeans(values, diceOf(5), 500)
    expect([...means]).toEqual([...means].toSorted((a, b) => a - b))
    expect(bootstrapMeans(values, diceOf(5), 500)).toEqual(means)
  })

  test('has the truth in its interval about as often as it says', () => {
    const trials = 300
    let covered = 0
    for (let seed = 0; seed < trials; seed++) {
      const means = bootstrapMeans(normal(seed, 30, 2, 1), diceOf(seed + 1000), 400)
      if (quantileOfSorted(means, 0.025) <= 2 && quantileOfSorted(means, 0.975) >= 2) covered += 1
    }
    // 95 % is what it says; how often that is hit by 300 trials varies by some 3 %.
    expect(covered / trials).toBeGreaterThan(0.92)
    expect(covered / trials).toBeLessThan(1)
  })

  test('of nothing has nothing', () => {
    expect(bootstrapMeans([], diceOf(1))).toHaveLength(0)
  })
})

test('the share of values up to a bound is never none and never all', () => {
  const sorted = Float64Array.from([1, 2, 3, 4])
  expect([0, 1, 2.5, 4, 9].map((bound) => shareAtMost(sorted, bound))).toEqual([1 / 5, 2 / 5, 3 / 5, 1, 1])
})

test('several hypotheses fall by the procedure of Holm', () => {
  // His order: each is held against what is left of the probability of error, until one stands.
  expect(fallen([0.01, 0.04, 0.03], 0.05)).toEqual([true, false, false])
  expect(fallen([0.01, 0.02, 0.03], 0.05)).toEqual([true, true, true])
  expect(fallen([0.02, 0.02, 0.02], 0.05)).toEqual([false, false, false])
  expect(fallen([], 0.05)).toEqual([])
})
