import { describe, expect, test } from 'vitest'
import { judgePairs, type Pair, usualBar } from '../../../../harness/load/comparison/judge.ts'
import { diceOf } from '../../../../harness/load/comparison/statistics.ts'

const bar = { ...usualBar, resamples: 1000 }

/** Pairs of blocks of some 10 ms, the second of which takes so many times as long; each varies by this share. */
function pairs(many: number, factor: number, spread: number, seed: number): readonly Pair[] {
  const dice = diceOf(seed)
  const vary = () => 1 + spread * (dice.roll(2001) / 1000 - 1)
  return Array.from({ length: many }, () => ({ values: { p50: [10 * vary(), 10 * factor * vary()] as const } }))
}

const verdict = (given: readonly Pair[], seed = 1) => judgePairs(given, bar, seed)[0]?.verdict

describe('a server', () => {
  test('is never worse than itself, however much it varies', () => {
    const verdicts = Array.from({ length: 100 }, (_, seed) => verdict(pairs(20, 1, 0.5, seed), seed))
    expect(verdicts).not.toContain('regressed')
  })

  test('that takes half as long again has regressed', () => {
    const verdicts = Array.from({ length: 50 }, (_, seed) => verdict(pairs(20, 1.5, 0.2, seed), seed))
    expect(new Set(verdicts)).toEqual(new Set(['regressed']))
  })

  test('that takes a little longer is not worse, where the margin allows that', () => {
    expect(verdict(pairs(40, 1.03, 0.05, 1))).toBe('not worse')
  })

  test('of which nobody can tell is neither', () => {
    expect(verdict(pairs(20, 1.1, 0.4, 2))).toBe('inconclusive')
    expect(verdict(pairs(9, 3, 0.01, 1))).toBe('inconclusive')
    expect(judgePairs([], bar, 1)).toEqual([])
  })

  test('that takes longer by what matters to nobody is not worse', () => {
    const tiny = pairs(20, 1.5, 0.05, 1).map(({ values: { p50: [a, b] = [0, 0] } }) => ({
      values: { p50: [a / 1000, b / 1000] as const },
    }))
    expect(verdict(tiny)).toBe('not worse')
  })
})

test('a pair that does not count does not count', () => {
  const good = pairs(20, 1, 0.02, 1)
  const disturbed = pairs(20, 5, 0.02, 2).map((pair) => ({ ...pair, invalid: 'k6 was busy' }))
  const [standing] = judgePairs([...good, ...disturbed], bar, 1)
  expect(standing).toMatchObject({ verdict: 'not worse', pairs: 20 })
})

test('each metric has a verdict, the ratio and what it surely lies within', () => {
  const slow = pairs(20, 2, 0.05, 3)
  const both = slow.map(({ values: { p50: [a, b] = [0, 0] } }, at) => ({
    values: { p50: [a, b] as const, p95: [20, 20 + (at % 3) / 10] as const },
  }))
  const [p50, p95] = judgePairs(both, bar, 1)
  expect(p50).toMatchObject({ metric: 'p50', verdict: 'regressed', ratio: expect.closeTo(2, 1) })
  expect(p95).toMatchObject({ metric: 'p95', verdict: 'not worse', ratio: expect.closeTo(1, 1) })
  expect(p50?.low).toBeLessThan(2.05)
  expect(p50?.high).toBeGreaterThan(1.95)
  expect(judgePairs(both, bar, 1)).toEqual([p50, p95])
})
