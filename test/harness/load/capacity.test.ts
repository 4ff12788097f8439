import { describe, expect, test } from 'vitest'
import { type CapacityOptions, findCapacity } from '../../../harness/load/capacity.ts'
import { nobody } from '../runner/units.ts'
import { fakeEngine, unreadScript } from './fake-engine.ts'
import { stories } from './fake-run.ts'

/** A server whose p95 is 10 ms up to a rate, and 100 ms beyond; the promise is 25 ms. */
const engine = (limit: number, more = '{}') =>
  fakeEngine(
    'await begin()',
    `const rateOf = ({ stages }) => stages.at(-1).rate`,
    `const latencyOf = (v) => ({ count: 100, sum: 100 * v, min: v, max: v, buckets: [[Math.ceil(Math.log(v) / Math.log(1.01)), 100]] })`,
    `const measured = (one) => ({ ...scenarioOf(one), failed: 0, droppedIterations: 0, invariants: [],`,
    `  latency: latencyOf(rateOf(one) <= ${limit} ? 10 : 100), ...(${more}) })`,
    'summary({ scenarios: plan.scenarios.map(measured) })',
  )

const search = async (over: Partial<CapacityOptions>) =>
  await findCapacity(nobody, {
    engine: engine(100),
    script: unreadScript,
    stories,
    story: 'tale',
    from: 10,
    atMost: 10_000,
    holdSeconds: 3,
    within: 1.1,
    ...over,
  })

describe('the highest rate at which a promise is kept', () => {
  test('is found as closely as was asked, and tried once more', async () => {
    const { kept, broken = 0, steps, endedBecause } = await search({})
    expect(kept).toBeLessThanOrEqual(100)
    expect(broken).toBeGreaterThan(100)
    expect(broken / kept).toBeLessThanOrEqual(1.1)
    expect(steps.filter(({ rate }) => rate === kept)).toHaveLength(2)
    expect(endedBecause).toBeUndefined()
    expect(steps.slice(0, 5).map(({ rate }) => rate)).toEqual([10, 20, 40, 80, 160])
    expect(steps[4]?.because).toMatch(/^p95 \d+ ms, and at most 25 ms was promised$/)
  })

  test('is below where the search began, if need be', async () => {
    const { kept } = await search({ engine: engine(7), from: 100, within: 1.3 })
    expect(kept).toBeGreaterThan(4)
    expect(kept).toBeLessThanOrEqual(7)
  })

  test('is not known where no more was asked for', async () => {
    const { kept, broken, endedBecause } = await search({ atMost: 40 })
    expect([kept, broken]).toEqual([40, undefined])
    expect(endedBecause).toBe('it keeps its promise at 40, and no more was asked for')
  })

  test('is none where the promise is never kept', async () => {
    const { kept, endedBecause } = await search({ engine: engine(0) })
    expect(kept).toBe(0)
    expect(endedBecause).toBe('it does not even keep its promise at one iteration a second')
  })

  test.each([
    ['iterations that could not begin', '{ droppedIterations: 9 }', /^9 iterations could not begin/],
    ['iterations that failed', '{ failed: 10 }', /^10 of 20 iterations failed$/],
    ['a broken invariant', `{ invariants: [{ name: 'holds', observed: 20, broken: 1 }] }`, /^holds: broken 1 times$/],
    ['a wish for patience', '{ throttled: 1 }', /^the target asked for patience$/],
  ])('is not one with %s', async (_, more, because) => {
    const { kept, steps } = await search({ engine: engine(1e6, more), atMost: 40 })
    expect(kept).toBe(0)
    expect(steps[0]?.because).toMatch(because)
  })
})
