import { array, assert, double, property, record } from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Stage } from '../../../core/story.ts'
import { dayOf, type Region, usualRegions } from '../../../harness/load/regions.ts'

/** A second for each minute of the day. */
const day = 24 * 60

const region = (name: string, share: number, peakHour = 12): Region => ({ name, share, distanceMs: 0, peakHour })

const someRegions = array(
  record({ share: double({ min: 0.01, max: 1, noNaN: true }), peakHour: double({ min: 0, max: 24, noNaN: true }) }),
  { minLength: 1, maxLength: 6 },
).map((some) => some.map(({ share, peakHour }, at) => region(`region ${at}`, share, peakHour)))

/** The rate at an hour: of two stages that meet there, what the later one begins with. */
function rateAt(stages: readonly Stage[], hour: number): number {
  const time = hour * 60
  let [from, rate] = [0, 0]
  for (const { rate: next, seconds } of stages) {
    if (seconds > 0 && time < from + seconds - 1e-6) return rate + ((next - rate) * (time - from)) / seconds
    from += seconds
    rate = next
  }
  return rate
}

/** What each region does at these hours. */
const ratesAt = (regions: readonly Region[], hours: readonly number[], rate = 100) =>
  dayOf(regions, rate, day).map(({ stages }) => hours.map((hour) => rateAt(stages, hour)))

const totals = (rates: readonly (readonly number[])[]) =>
  (rates[0] ?? []).map((_, at) => rates.reduce((sum, one) => sum + (one[at] ?? 0), 0))

const everyHour = Array.from({ length: 24 }, (_, hour) => hour)

describe('a day', () => {
  test('takes each region the seconds that it has, however few', () => {
    for (const seconds of [6, day]) {
      for (const { stages } of dayOf(usualRegions, 50, seconds))
        expect(stages.reduce((sum, stage) => sum + stage.seconds, 0)).toBeCloseTo(seconds, 9)
    }
  })

  test('of all regions together comes to the rate, and never above it', () => {
    assert(
      property(someRegions, (regions) => {
        const all = totals(ratesAt(regions, everyHour))
        expect(Math.max(...all)).toBeCloseTo(100, 6)
        expect(Math.min(...all)).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  test('gives each region its share, whatever the others are called or add up to', () => {
    const regions = [region('down', 1), region('next', 2), region('third', 3), region('fourth', 6)]
    const rates = ratesAt(regions, [3, 12, 22])
    const all = totals(rates)
    regions.forEach(({ share }, at) =>
      rates[at]?.forEach((rate, hour) => expect(rate / (all[hour] ?? 0)).toBeCloseTo(share / 12, 9)),
    )
  })

  test('is busiest in each region at the hour of its people, and quietest half a day later', () => {
    const regions = [region('elsewhere', 1), region('elsewhere too', 1), region('here', 1, 7)]
    const [, , here = []] = ratesAt(regions, everyHour)
    expect(here.indexOf(Math.max(...here))).toBe(7)
    expect(here.indexOf(Math.min(...here))).toBe(19)
    expect(Math.min(...here)).toBeGreaterThan(0)
  })

  test('sees the first region fail, whose people go to the next one and to no other', () => {
    const regions = [region('down', 0.4, 14), region('next', 0.4, 20), region('third', 0.2, 6)]
    const hours = [14.9, 15, 16, 17, 17.9, 18]
    const alike = [region('down', 0.4, 14), region('nobody', 1e-12), region('next', 0.4, 20), region('third', 0.2, 6)]
    const [down = [], nobody = [], next = [], third = []] = ratesAt(alike, hours)
    const [failing, heir, bystander] = ratesAt(regions, hours)
    expect(failing).toEqual([expect.closeTo(down[0] ?? 0, 6), 0, 0, 0, 0, expect.closeTo(down[5] ?? 0, 6)])
    // Where nobody is next, what he has meanwhile is what the failing region would have had.
    hours.forEach((_, at) => {
      const moved = at === 0 || at === 5 ? 0 : (nobody[at] ?? 0)
      expect(heir?.[at]).toBeCloseTo((next[at] ?? 0) + moved, 6)
      expect(bystander?.[at]).toBeCloseTo(third[at] ?? 0, 6)
    })
    expect(nobody[2]).toBeGreaterThan(0)
  })

  test('of one region sees no failure: there is nobody to go to', () => {
    const [rates = []] = ratesAt([region('alone', 1)], everyHour)
    expect(Math.min(...rates)).toBeGreaterThan(0)
  })

  test('changes from hour to hour without a jump, but where the region fails and comes back', () => {
    for (const { stages } of dayOf(usualRegions, 100, day)) {
      let rate = 0
      const jumps = stages.flatMap((stage, at) => {
        const before = rate
        rate = stage.rate
        return stage.seconds === 0 && at > 0 && stage.rate !== before ? [at] : []
      })
      expect(jumps.length).toBeLessThanOrEqual(2)
      expect(stages[0]?.seconds).toBe(0)
    }
  })
})

test('the usual regions differ in share, distance and hour', () => {
  expect(usualRegions.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9)
  for (const member of ['name', 'share', 'distanceMs', 'peakHour'] as const)
    expect(new Set(usualRegions.map((one) => one[member])).size).toBe(usualRegions.length)
})
