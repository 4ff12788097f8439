import { describe, expect, test } from 'vitest'
import type { Stage } from '../../../core/story.ts'
import { workloadNames, workloads } from '../../../harness/load/workloads.ts'

/** The rate at a time: of two stages that meet there, what the later one begins with. */
function rateAt(stages: readonly Stage[], time: number): number {
  let [from, rate] = [0, 0]
  for (const stage of stages) {
    if (time < from + stage.seconds) return rate + ((stage.rate - rate) * (time - from)) / stage.seconds
    from += stage.seconds
    rate = stage.rate
  }
  return rate
}

const secondsOf = (stages: readonly Stage[]) => stages.reduce((sum, { seconds }) => sum + seconds, 0)

const highest = (stages: readonly Stage[]) => Math.max(...stages.map(({ rate }) => rate))

describe.each(workloadNames)('the workload %s', (name) => {
  const { title, usual, stages } = workloads[name]

  test('says what it is for, and what is usual', () => {
    expect(title).toMatch(/^[a-z].*[^.]$/)
    expect(usual.rate).toBeGreaterThan(0)
    expect(usual.seconds).toBeGreaterThan(0)
  })

  test.each([
    [100, 60],
    [0.5, 7],
  ])('of %d a second takes the %d seconds that it has', (rate, seconds) => {
    expect(secondsOf(stages(rate, seconds))).toBeCloseTo(seconds, 9)
    for (const stage of stages(rate, seconds)) expect(stage.rate).toBeGreaterThanOrEqual(0)
  })

  test('comes to its rate, and no further unless it is a storm', () => {
    expect(highest(stages(40, 30))).toBe(name === 'storm' ? 200 : 40)
  })
})

describe('a workload', () => {
  test.each(['smoke', 'steady', 'soak'] as const)('that holds a rate has it from beginning to end: %s', (name) => {
    const stages = workloads[name].stages(30, 60)
    for (const time of [0, 1, 30, 59.9]) expect(rateAt(stages, time)).toBe(30)
  })

  test('that ramps rises evenly from nothing, and holds', () => {
    const stages = workloads.ramp.stages(100, 50)
    expect([0, 10, 20, 40, 49].map((time) => rateAt(stages, time))).toEqual([0, 25, 50, 100, 100])
  })

  test('that spikes is quiet before and after', () => {
    const stages = workloads.spike.stages(100, 50)
    expect([0, 19.9, 20.1, 29.9, 30.1, 49].map((time) => rateAt(stages, time))).toEqual([10, 10, 100, 100, 10, 10])
  })

  test('that storms falls silent, and then comes back at five times the rate', () => {
    const stages = workloads.storm.stages(20, 100)
    expect([0, 29, 31, 49, 51, 59, 99].map((time) => rateAt(stages, time))).toEqual([20, 20, 0, 0, 100, 100, 20])
    expect(rateAt(stages, 70)).toBe(60)
  })
})
