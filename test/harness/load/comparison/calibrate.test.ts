import { describe, expect, test } from 'vitest'
import { type Calibration, calibrationOf, whyUnjudged } from '../../../../harness/load/comparison/calibrate.ts'
import { type Pair, usualBar } from '../../../../harness/load/comparison/judge.ts'
import { machineName } from '../../../../harness/load/comparison/machine.ts'
import { diceOf } from '../../../../harness/load/comparison/statistics.ts'

const settings = { story: 'tale', rate: 10, blockSeconds: 1, pairsAtMost: 20, bar: usualBar, seed: 1 }

/** A server beside itself, whose blocks vary by this share. */
function pairs(spread: number): readonly Pair[] {
  const dice = diceOf(7)
  const vary = () => 10 * (1 + spread * (dice.roll(2001) / 1000 - 1))
  return Array.from({ length: 60 }, () => ({ values: { p50: [vary(), vary()] as const } }))
}

describe('a calibration', () => {
  test('of a calm machine sees small slowdowns and cries wolf at none', () => {
    const calibration = calibrationOf(pairs(0.05), settings)
    expect(calibration).toMatchObject({ machine: machineName(), story: 'tale', rate: 10, blockSeconds: 1, pairs: 20 })
    const { p50 } = calibration.metrics
    expect(p50?.falseAlarms).toBe(0)
    // The margin itself is 10 %.
    expect(p50?.smallest).toBeGreaterThan(0.1)
    expect(p50?.smallest).toBeLessThanOrEqual(0.2)
  }, 60_000)

  test('of a restless one sees only large ones', () => {
    const { smallest = Number.POSITIVE_INFINITY } = calibrationOf(pairs(0.7), settings).metrics['p50'] ?? {}
    expect(smallest).toBeGreaterThan(0.2)
  }, 60_000)
})

describe('a metric', () => {
  const why = (metric: Calibration['metrics'][string], margin = 0.1) =>
    whyUnjudged({ ...calibrated, margin, metrics: { p50: metric } }, 'p50')
  const calibrated = { machine: '', story: '', rate: 1, blockSeconds: 1, pairs: 20 }

  test('is judged where it is calm and sees enough, or where nobody knows', () => {
    expect(why({ falseAlarms: 0, smallest: 0.2 })).toBeUndefined()
    expect(whyUnjudged({ ...calibrated, margin: 0.1, metrics: {} }, 'p50')).toBeUndefined()
  })

  test('is not judged where it cries wolf or is blind', () => {
    expect(why({ falseAlarms: 0.05, smallest: 0.2 })).toBe('here it calls a server worse than itself 5 % of the time')
    expect(why({ falseAlarms: 0, smallest: 0.5 })).toBe('here it sees no slowdown below 50 %')
    expect(why({ falseAlarms: 0 })).toBe('here it does not even see a slowdown of 300 %')
    expect(why({ falseAlarms: 0, smallest: 0.5 }, 0.2)).toBeUndefined()
  })
})
