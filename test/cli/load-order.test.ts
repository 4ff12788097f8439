import { describe, expect, test } from 'vitest'
import { type LoadWish, loadOrder, partsFor, scenarioNames, shortLoad, storyNames } from '../../cli/load-order.ts'
import { whyNot } from '../../cli/invariants.ts'
import type { Story } from '../../core/story.ts'
import { stories } from '../../scenarios/stories.ts'
import { usualRegions } from '../../harness/load/regions.ts'
import { workloadNames, workloads } from '../../harness/load/workloads.ts'
import type { TargetSettings } from '../../harness/target/settings.ts'
import type { Target } from '../../harness/target/target.ts'
import { targetAt } from '../harness/runner/units.ts'
import { failureOf } from './screen.ts'

const catalogue: Readonly<Record<string, Story>> = stories

const inFile = { rate: 50, seconds: 30, scenarios: ['refresh'] }

describe('an order', () => {
  test.each<readonly [string, LoadWish, NonNullable<TargetSettings['load']>, object]>([
    ['of nothing in particular', {}, {}, { scenarios: [], workload: 'steady', rate: 20, seconds: 15 }],
    ['of the target file', {}, inFile, inFile],
    [
      'of the command line, before the target file',
      { rate: 7, seconds: 1, scenarios: ['introspection'], vus: 3, workload: 'ramp', processes: 2 },
      { ...inFile, workload: 'spike' },
      { rate: 7, seconds: 1, scenarios: ['introspection'], vus: 3, workload: 'ramp', processes: 2 },
    ],
    ['of both', { rate: 2, scenarios: [] }, inFile, { ...inFile, rate: 2, processes: 1 }],
    [
      'of a high rate, if it is meant',
      { rate: 50_000, beyondCaps: true },
      {},
      { scenarios: [], rate: 50_000, seconds: 15 },
    ],
    ['of a fraction', { rate: 10.2 }, {}, { scenarios: [], rate: 10.2, seconds: 15 }],
    ['of a course', { workload: 'ramp' }, {}, { workload: 'ramp', ...workloads.ramp.usual, skew: 0 }],
    [
      'of a day of several regions',
      {},
      { workload: 'global' },
      { ...workloads.global.usual, skew: 1, regions: usualRegions },
    ],
    [
      'of regions of its own',
      { workload: 'global' },
      { skew: 0, regions: [{ name: 'north', share: 2, distance_ms: 30, peak_hour: 7 }] },
      { skew: 0, regions: [{ name: 'north', share: 2, distanceMs: 30, peakHour: 7 }] },
    ],
    [
      'of a mix of its own',
      { scenarios: ['mix'] },
      { mix: { refresh: 3 } },
      { scenarios: ['mix'], mix: { refresh: 3 } },
    ],
  ])('%s', (_, said, load, order) => {
    expect(loadOrder(said, { load })).toMatchObject(order)
  })

  test('of a short load keeps to the scenarios of the target file, and to its own measure', () => {
    const load = { ...inFile, workload: 'soak' as const }
    expect(loadOrder(shortLoad, { load })).toMatchObject({ ...shortLoad, scenarios: ['refresh'] })
  })

  test('of a scenario that is none is refused', () => {
    expect(failureOf(() => loadOrder({}, { load: { scenarios: ['refresch'] } }))).toBe(
      'USAGE: there is no scenario refresch; did you mean refresh?',
    )
    expect(failureOf(() => loadOrder({ scenarios: ['everything'] }, {}))).toBe(
      `USAGE: there is no scenario everything; there are ${scenarioNames.join(', ')}`,
    )
    expect(failureOf(() => loadOrder({}, { load: { mix: { mix: 1 } } }))).toBe(
      `USAGE: there is no scenario mix; there are ${storyNames.join(', ')}`,
    )
  })

  test.each<readonly [string, LoadWish, string | undefined]>([
    ['too often', { rate: 2001 }, 'the load would come to 2001 iterations a second, and 2000 are the most'],
    [
      'too often at its height',
      { rate: 500, workload: 'storm' },
      'the load would come to 2500 iterations a second, and 2000 are the most',
    ],
    ['too long', { seconds: 601 }, 'the load would come to 601 seconds, and 600 are the most'],
    [
      'both',
      { rate: 3000, seconds: 700 },
      'the load would come to 3000 iterations a second, and 2000 are the most; and take 700 seconds, and 600 are the most',
    ],
    ['a soak for an hour', { workload: 'soak' }, undefined],
    [
      'a soak for longer',
      { workload: 'soak', seconds: 3601 },
      'the load would come to 3601 seconds, and 3600 are the most',
    ],
    ['as much as may be', { rate: 2000, seconds: 600 }, undefined],
  ])('that presses %s is refused, unless it is meant', (_, wish, because) => {
    const advice = 'ask for less, or say --beyond-caps if that is what you want'
    if (because !== undefined) expect(failureOf(() => loadOrder(wish, {}))).toBe(`USAGE: ${because}; ${advice}`)
    else expect(loadOrder(wish, {})).toMatchObject(wish)
    expect(loadOrder({ ...wish, beyondCaps: true }, {})).toMatchObject(wish)
  })
})

const able = targetAt('http://127.0.0.1:1', {
  capabilities: new Set(['authorization_code', 'client_credentials', 'refresh_token', 'introspection']),
})
const target: Target = {
  ...able,
  clients: able.clients.map((client) => ({
    ...client,
    grant_types: ['authorization_code', 'client_credentials', 'refresh_token'],
  })),
}

/** The parts of a wish, from this target. */
const partsOf = (wish: LoadWish, at = target, load: NonNullable<TargetSettings['load']> = {}) =>
  partsFor(at, loadOrder(wish, { load }))

describe('what is run', () => {
  test.each(workloadNames.filter((name) => name !== 'global'))('takes the course %s, in one part', (name) => {
    const [part, ...others] = partsOf({ workload: name, rate: 10, seconds: 20, scenarios: ['refresh'], processes: 3 })
    expect(others).toEqual([])
    expect(part).toEqual({
      scenarios: [
        { name: 'refresh', story: 'refresh', vus: expect.any(Number), stages: workloads[name].stages(10, 20) },
      ],
      processes: 3,
    })
  })

  test.each<readonly [LoadWish, number]>([
    [{ rate: 2 }, 10],
    [{ rate: 10.2 }, 11],
    [{ rate: 40, workload: 'storm' }, 200],
    [{ rate: 50_000, beyondCaps: true }, 1000],
    [{ rate: 40, vus: 3 }, 3],
  ])('by %o has virtual users for a second of its highest rate, within bounds, unless said: %i', (wish, vus) => {
    const [part] = partsOf({ ...wish, scenarios: ['refresh'] })
    expect(part?.scenarios.map((scenario) => scenario.vus)).toEqual([vus])
  })

  test('is every scenario that the target can bear, each at the whole rate, where none is named', () => {
    const [part] = partsOf({ rate: 8, seconds: 2 })
    expect(part?.scenarios.map(({ story }) => story)).toEqual(
      storyNames.filter((name) => whyNot(catalogue[name] ?? { needs: [] }, target) === undefined),
    )
    for (const { stages } of part?.scenarios ?? []) expect(stages.at(-1)).toEqual({ rate: 8, seconds: 2 })
  })

  test('in a mix divides the rate by the weights of those that the target can bear', () => {
    const mix = { 'client-credentials': 1, refresh: 3, introspection: 96 }
    const poor = {
      ...target,
      capabilities: new Set(['authorization_code', 'client_credentials', 'refresh_token'] as const),
    }
    const [part] = partsOf({ rate: 8, seconds: 2, scenarios: ['mix'] }, poor, { mix })
    expect(part?.scenarios.map(({ story, stages }) => [story, stages.at(-1)?.rate])).toEqual([
      ['client-credentials', 2],
      ['refresh', 6],
    ])
  })

  test('in the usual mix comes to the rate as well', () => {
    const [part] = partsOf({ rate: 8, seconds: 2, scenarios: ['mix'] })
    const rates = part?.scenarios.map(({ stages }) => stages.at(-1)?.rate ?? 0) ?? []
    expect(rates.length).toBeGreaterThan(1)
    expect(rates.reduce((sum, rate) => sum + rate, 0)).toBeCloseTo(8, 9)
  })

  test('all over the world is a part for each region, as far away as it is', () => {
    const parts = partsOf({ workload: 'global', rate: 30, seconds: 24, scenarios: ['mix'], processes: 2 })
    expect(parts.map(({ region, distance, processes }) => [region, distance, processes])).toEqual(
      usualRegions.map(({ name, distanceMs }) => [name, { roundTripMs: distanceMs }, 2]),
    )
    for (const { scenarios } of parts)
      for (const { stages } of scenarios)
        expect(stages.reduce((sum, { seconds }) => sum + seconds, 0)).toBeCloseTo(24, 9)
  })

  test('is nothing where the target can bear nothing', () => {
    expect(partsOf({}, { ...target, capabilities: new Set() })).toEqual([{ scenarios: [], processes: 1 }])
  })
})
