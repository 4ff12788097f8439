import { describe, expect, test } from 'vitest'
import { type LoadWish, loadOrder, shortLoad } from '../../cli/load-order.ts'
import type { TargetSettings } from '../../harness/target/settings.ts'
import { failureOf } from './screen.ts'

const inFile = { rate: 50, seconds: 30, scenarios: ['refresh'] }

describe('an order', () => {
  test.each<readonly [string, LoadWish, NonNullable<TargetSettings['load']>, object]>([
    ['of nothing in particular', {}, {}, { scenarios: [], rate: 20, seconds: 15, vus: 20 }],
    ['of the target file', {}, inFile, { ...inFile, vus: 50 }],
    [
      'of the command line, before the target file',
      { rate: 7, seconds: 1, scenarios: ['introspection'], vus: 3 },
      inFile,
      { rate: 7, seconds: 1, scenarios: ['introspection'], vus: 3 },
    ],
    ['of both', { rate: 2, scenarios: [] }, inFile, { ...inFile, rate: 2, vus: 10 }],
    ['of a high rate', { rate: 50_000 }, {}, { scenarios: [], rate: 50_000, seconds: 15, vus: 1000 }],
    ['of a fraction', { rate: 10.2 }, {}, { scenarios: [], rate: 10.2, seconds: 15, vus: 11 }],
  ])('%s', (_, said, load, order) => {
    expect(loadOrder(said, { load })).toEqual(order)
  })

  test('of a short load keeps to the scenarios of the target file, and to its own measure', () => {
    expect(loadOrder(shortLoad, { load: inFile })).toEqual({ ...shortLoad, scenarios: ['refresh'] })
  })

  test('of a scenario that is none is refused', () => {
    expect(failureOf(() => loadOrder({}, { load: { scenarios: ['refresch'] } }))).toBe(
      'USAGE: there is no scenario refresch; did you mean refresh?',
    )
    expect(failureOf(() => loadOrder({ scenarios: ['everything'] }, {}))).toBe(
      'USAGE: there is no scenario everything; there are client-credentials, authorization-code, refresh, introspection',
    )
  })
})
