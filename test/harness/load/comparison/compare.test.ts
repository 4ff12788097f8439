import { describe, expect, test } from 'vitest'
import { compare, type CompareOptions, compareWithStored } from '../../../../harness/load/comparison/compare.ts'
import { usualBar } from '../../../../harness/load/comparison/judge.ts'
import { targetAt } from '../../runner/units.ts'
import { serve } from '../../target/serve.ts'
import { fakeEngine, unreadScript } from '../fake-engine.ts'
import { stories } from '../fake-run.ts'

const [first, second] = [targetAt('http://127.0.0.1:1'), targetAt('http://127.0.0.1:2')]

/** Measures each block of the first server with some 10 ms, and of the second with so many times as much. */
const engine = (factor: number, more = '{}') =>
  fakeEngine(
    'await begin()',
    `const slowness = plan.issuer.endsWith(':2') ? ${factor} : 1`,
    `const took = (name) => slowness * (10 + Number(name.replace(/\\D/g, '') || 0) % 7 / 10)`,
    `const latencyOf = (v) => ({ count: 100, sum: 100 * v, min: v, max: v, buckets: [[Math.ceil(Math.log(v) / Math.log(1.01)), 100]] })`,
    `const holding = { invariants: [{ name: 'holds', observed: 20, broken: 0 }] }`,
    `summary({ scenarios: plan.scenarios.map((one) => ({ ...scenarioOf(one), failed: 0, ...holding, latency: latencyOf(took(one.name)), ...(${more}) })) })`,
    'say(plan.scenarios)',
  )

const options = (over: Partial<CompareOptions>): CompareOptions => ({
  engine: engine(1),
  script: unreadScript,
  stories,
  story: 'tale',
  rate: 10,
  blockSeconds: 0.01,
  vus: 2,
  pairsAtOnce: 10,
  pairsAtMost: 20,
  bar: { ...usualBar, resamples: 1000 },
  seed: 1,
  ...over,
})

describe('two servers', () => {
  test('of which the second is slower: it has regressed, and that is soon enough known', async () => {
    const { standings, pairs } = await compare({ target: first }, { target: second }, options({ engine: engine(1.5) }))
    expect(standings.map(({ metric, verdict }) => [metric, verdict])).toEqual([
      ['p50', 'regressed'],
      ['p95', 'regressed'],
      ['p99', 'regressed'],
    ])
    expect(standings[0]?.ratio).toBeCloseTo(1.5, 1)
    expect(pairs).toHaveLength(10)
  })

  test('that are equally fast: neither is worse', async () => {
    const { standings, broken } = await compare({ target: first }, { target: second }, options({}))
    expect(standings.map(({ verdict }) => verdict)).toEqual(['not worse', 'not worse', 'not worse'])
    expect(broken).toEqual([])
  })

  test('of which one cannot be pressed: the other is not waited for', async () => {
    const halting = fakeEngine('if (plan.issuer.endsWith(":2")) process.exit(107)', 'await begin()', 'summary()')
    const running = compare({ target: first }, { target: second }, options({ engine: halting }))
    await expect(running).rejects.toMatchObject({ code: 'LOAD_ENGINE_FAILED', message: expect.stringContaining('107') })
  })

  test('are pressed in turns: no two blocks at once, the order of each pair by chance', async () => {
    const told = engine(1)
    await compare({ target: first }, { target: second }, options({ engine: told, pairsAtMost: 10, blockSeconds: 1 }))
    const plans = told.said() as readonly { readonly name: string; readonly after: number }[]
    const starts = plans.map(({ after }) => after)
    // One side has one turn of each pair, and a turn of its own to warm up.
    expect(plans.map(({ name }) => name)).toEqual(['warm-up', ...Array.from({ length: 10 }, (_, at) => `block-${at}`)])
    const turns = starts.slice(1).map((after) => Math.round(after / 1.25) - 2)
    expect(turns.map((turn) => Math.floor(turn / 2))).toEqual(Array.from({ length: 10 }, (_, at) => at))
    expect(new Set(turns.map((turn) => turn % 2))).toEqual(new Set([0, 1]))
  })

  test('one of which breaks what must hold: it is told which, and how often', async () => {
    const breaking = `plan.issuer.endsWith(':2') && one.name === 'block-3' ? { invariants: [{ name: 'holds', observed: 20, broken: 2 }] } : {}`
    const { broken } = await compare({ target: first }, { target: second }, options({ engine: engine(1, breaking) }))
    expect(broken).toEqual([{ side: 'second', invariant: 'holds', times: 2 }])
  })

  test('that tell Prometheus what they use: a request of each is known by its cost', async () => {
    let seconds = 0
    await using server = await serve(() => (_, response) => {
      seconds += 0.5
      response.end(`# HELP process_cpu_seconds_total x\nprocess_cpu_seconds_total ${seconds}\n`)
    })
    const metricsUrl = `${server.origin}/metrics`
    const { standings } = await compare(
      { target: first, metricsUrl },
      { target: second, metricsUrl },
      options({ pairsAtMost: 10 }),
    )
    expect(standings.map(({ metric }) => metric)).toContain('server cpu')
  })

  test('one of which was measured before: it is held against what is stored of that', async () => {
    const { pairs } = await compare({ target: first }, { target: second }, options({ engine: engine(1) }))
    const held = async (factor: number) =>
      await compareWithStored({ target: second }, pairs, options({ engine: engine(factor) }))
    expect((await held(1)).standings.map(({ verdict }) => verdict)).not.toContain('regressed')
    expect((await held(2)).standings.map(({ verdict }) => verdict)).toEqual(['regressed', 'regressed', 'regressed'])
  })

  test('where k6 does not run: it is said why', async () => {
    const silent = options({ engine: fakeEngine(`console.error('no such script')`, 'process.exitCode = 107') })
    await expect(compare({ target: first }, { target: second }, silent)).rejects.toThrow('no such script')
  })
})
