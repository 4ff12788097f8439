import { describe, expect, test } from 'vitest'
import { histogramOf, noValues, quantile } from '../../../core/histogram.ts'
import type { EngineScenario, EngineSummary } from '../../../core/story.ts'
import { mergeSummaries, summaryIn } from '../../../harness/load/summary.ts'

const scenario = (name: string, more: Partial<EngineScenario> = {}): EngineScenario => ({
  name,
  story: 'tale',
  seconds: 10,
  requests: 4,
  iterations: 3,
  failed: 1,
  droppedIterations: 1,
  throttled: 1,
  heldBack: 5,
  latency: histogramOf([1, 2, 3, 4]),
  invariants: [
    { name: 'holds', observed: 3, broken: 1 },
    { name: 'is never seen', observed: 0, broken: 0 },
  ],
  ...more,
})

const summary = (...scenarios: readonly EngineScenario[]): EngineSummary => ({
  scenarios,
  exceptions: 2,
  undelivered: 1,
})

describe('what k6 says at its end', () => {
  test('is read as it was written', () => {
    const said = { ...summary(scenario('one'), scenario('two', { latency: noValues })), share: { index: 0, of: 2 } }
    expect(summaryIn(JSON.stringify(said))).toEqual(said)
  })

  test.each<readonly [string, unknown]>([
    ['a list', []],
    ['nothing', null],
    ['without scenarios', { exceptions: 0, undelivered: 0 }],
    ['without a count', { ...summary(), undelivered: undefined }],
    ['of less than nothing', summary(scenario('one', { iterations: -1 }))],
    ['of half a request', summary(scenario('one', { requests: 0.5 }))],
    ['without a distribution', { ...summary(), scenarios: [{ ...scenario('one'), latency: { p95: 3 } }] }],
    [
      'with a distribution of words',
      { ...summary(), scenarios: [{ ...scenario('one'), latency: { ...noValues, buckets: [['a', 1]] } }] },
    ],
  ])('is not read where it is %s', (_, said) => {
    expect(summaryIn(JSON.stringify(said))).toBeUndefined()
  })

  test.each([undefined, '', '{', '{"scenarios":['])('is not read where it is %j', (line) => {
    expect(summaryIn(line)).toBeUndefined()
  })
})

describe('several processes', () => {
  test('count together', () => {
    const { scenarios, exceptions, undelivered } = mergeSummaries([
      summary(scenario('one')),
      summary(scenario('one', { requests: 6, seconds: 12, invariants: [{ name: 'holds', observed: 4, broken: 2 }] })),
    ])
    expect([exceptions, undelivered]).toEqual([4, 2])
    expect(scenarios).toEqual([
      {
        name: 'one',
        story: 'tale',
        seconds: 12,
        requests: 10,
        iterations: 6,
        failed: 2,
        droppedIterations: 2,
        throttled: 2,
        heldBack: 10,
        latency: histogramOf([1, 2, 3, 4, 1, 2, 3, 4]),
        invariants: [
          { name: 'holds', observed: 7, broken: 3 },
          { name: 'is never seen', observed: 0, broken: 0 },
        ],
      },
    ])
  })

  test('have the quantiles of all that they measured, not the mean of theirs', () => {
    const quick = scenario('one', { latency: histogramOf(Array<number>(990).fill(10)) })
    const slow = scenario('one', { latency: histogramOf(Array<number>(10).fill(1000)) })
    const [merged] = mergeSummaries([summary(quick), summary(slow)]).scenarios
    expect(quantile(merged?.latency ?? noValues, 0.95)).toBeCloseTo(10, 1)
    expect(quantile(merged?.latency ?? noValues, 0.999)).toBeCloseTo(1000, -1)
  })

  test('keep their scenarios apart by name, in the order in which they come', () => {
    const { scenarios } = mergeSummaries([
      summary(scenario('b'), scenario('a')),
      summary(scenario('a'), scenario('c', { iterations: 9 })),
    ])
    expect(scenarios.map(({ name, iterations }) => [name, iterations])).toEqual([
      ['b', 3],
      ['a', 6],
      ['c', 9],
    ])
  })

  test('of which there is none have measured nothing', () => {
    expect(mergeSummaries([])).toEqual({ scenarios: [], exceptions: 0, undelivered: 0 })
  })
})
