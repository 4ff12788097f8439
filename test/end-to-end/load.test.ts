import { describe, expect, test } from 'vitest'
import type { LoadResult, ScenarioResult } from '../../harness/load/result.ts'
import type { Report } from '../../harness/reports/report.ts'
import { findingsOf } from '../../harness/reports/standing.ts'
import { type Answer, startOdd } from '../fixtures/odd-servers.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { assay, reportIn } from './assay.ts'
import { runOn } from './finished.ts'
import { targetFor } from './target-file.ts'

type Measured = Extract<LoadResult, { readonly state: 'measured' }>

function measured({ load }: Report): Measured {
  if (load?.state === 'measured') return load
  throw new Error(load?.because ?? 'there was no load')
}

/** What a load on the embedded server came to. */
async function loaded(...args: readonly string[]) {
  const folder = temporaryFolder()
  const { exit } = await assay(['load', ...args], { folder })
  const report = reportIn(folder)
  return { exit, report, load: measured(report) }
}

const begun = ({ iterations, droppedIterations }: ScenarioResult) => iterations + droppedIterations

/** Hands out tokens, each another one; or does something else, by the number of the request. */
const tokens = (
  elsewise: (number: number) => Answer | undefined = () => undefined,
): Readonly<Record<string, Answer>> => {
  let asked = 0
  return {
    '/token': (response, origin, request) => {
      asked += 1
      const number = asked
      const other = elsewise(number)
      if (other !== undefined) return other(response, origin, request)
      respond(response, number)
    },
  }
}

const respond = (response: Parameters<Answer>[0], number: number) =>
  response
    .writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify({ access_token: `token ${number}`, token_type: 'Bearer', expires_in: 60 }))

describe('several processes', () => {
  test('begin as many iterations as one does, of each scenario', async () => {
    const order = ['--scenario', 'mix', '--rate', '24', '--seconds', '4']
    const one = await loaded(...order)
    const three = await loaded(...order, '--processes', '3')

    expect([one.load.generator.processes, three.load.generator.processes]).toEqual([1, 3])
    expect(three.load.scenarios.map(({ scenario }) => scenario)).toEqual(
      one.load.scenarios.map(({ scenario }) => scenario),
    )
    for (const [at, scenario] of one.load.scenarios.entries()) {
      const other = three.load.scenarios[at]
      const difference = Math.abs(begun(scenario) - (other === undefined ? 0 : begun(other)))
      expect(difference, scenario.scenario).toBeLessThanOrEqual(1)
    }
    for (const { load, report } of [one, three]) {
      expect(load.warnings).toEqual([])
      expect(report.summary).toMatchObject({ findings: 0, broken: 0, untestable: 0 })
    }
  })

  test('measure together what one measures', async () => {
    /** Milliseconds, one after the other: half of the requests take less than 200, and half of them more. */
    const delays = [40, 80, 120, 160, 200, 240, 280, 320, 360]
    const slowly = (number: number): Answer => {
      const delay = delays[number % delays.length]
      return (response) => void setTimeout(() => respond(response, number), delay)
    }
    const order = ['load', 'target.yaml', '--no-preflight', '--scenario', 'client-credentials']
    const measure = async (...more: readonly string[]) => {
      await using server = await startOdd(tokens(slowly))
      const { report } = await runOn(targetFor(server.origin), [...order, '--rate', '30', '--seconds', '3', ...more])
      const [scenario] = measured(report).scenarios
      if (scenario === undefined) throw new Error('no scenario was run')
      return scenario
    }
    const [one, three] = [await measure(), await measure('--processes', '3')]

    expect(Math.abs(begun(one) - begun(three))).toBeLessThanOrEqual(1)
    expect(three.requests).toBe(three.iterations)
    expect(three.distribution.count).toBe(three.requests)
    const [alone = 0, together = 0] = [one.latency['p50'], three.latency['p50']]
    expect(Math.abs(together - alone) / alone).toBeLessThanOrEqual(0.1)
  })
})

test('a day of several regions is told for each of them, and they are the whole', async () => {
  const { load, report } = await loaded('--workload', 'global', '--scenario', 'mix', '--seconds', '6', '--rate', '40')

  expect(load.regions.map(({ region }) => region)).toEqual(['europe', 'america', 'asia'])
  expect(load.generator.processes).toBe(3)
  expect(report.summary).toMatchObject({ findings: 0, broken: 0, untestable: 0 })
  for (const whole of load.scenarios) {
    const parts = load.regions.flatMap(({ scenarios }) => scenarios.filter((one) => one.scenario === whole.scenario))
    expect(parts, whole.scenario).toHaveLength(3)
    const sum = (of: (part: ScenarioResult) => number) => parts.reduce((all, part) => all + of(part), 0)
    for (const figure of ['requests', 'iterations', 'droppedIterations', 'failures', 'throttled', 'heldBack'] as const)
      expect(
        sum((part) => part[figure]),
        `${whole.scenario}: ${figure}`,
      ).toBe(whole[figure])
    expect(
      sum(({ distribution }) => distribution.count),
      whole.scenario,
    ).toBe(whole.distribution.count)
    for (const { name } of parts[0]?.invariants ?? []) {
      const observed = ({ invariants }: ScenarioResult) => invariants.find((one) => one.name === name)?.observed ?? 0
      expect(sum(observed), `${whole.scenario}: ${name}`).toBe(observed(whole))
    }
  }
  // An answer from the other side of the world takes its way, however quick the server is.
  const fastest = load.regions.map(({ scenarios }) => Math.min(...scenarios.map(({ latency }) => latency['min'] ?? 0)))
  for (const [at, roundTrip] of [10, 90, 180].entries()) expect(fastest[at]).toBeGreaterThanOrEqual(roundTrip)
})

test('a server that asks for patience is given it, and breaks nothing', async () => {
  const patience: Answer = (response) =>
    void response.writeHead(429, { 'retry-after': '1', 'content-type': 'application/json' }).end('{}')
  await using server = await startOdd(tokens((number) => (number % 10 === 0 ? patience : undefined)))
  const order = ['--scenario', 'client-credentials', '--rate', '30', '--seconds', '4', '--vus', '6']
  const { exit, report, stdout } = await runOn(targetFor(server.origin), ['load', 'target.yaml', ...order])
  const { scenarios, timeline, warnings } = measured(report)

  const [scenario] = scenarios
  expect(scenario).toMatchObject({ failures: 0, droppedIterations: 0 })
  const { iterations = 0, throttled = 0, heldBack = 0, requests = 0, invariants = [] } = scenario ?? {}
  expect(throttled).toBeGreaterThan(0)
  expect(heldBack).toBeGreaterThan(0)
  expect(requests).toBe(iterations - heldBack)
  expect(timeline.reduce((sum, { failures }) => sum + failures, 0)).toBe(0)
  expect(invariants.filter(({ broken }) => broken > 0)).toEqual([])
  expect(report.outcomes.flatMap(findingsOf)).toEqual([])
  expect(exit).not.toBe(1)
  const warning = `the target asked for patience ${throttled} times in client-credentials, and ${heldBack} iterations were left out for it: lower the rate`
  expect(warnings).toEqual([warning])
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(warning)
})
