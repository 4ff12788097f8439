import { describe, expect, test } from 'vitest'
import { histogramOf, noValues, quantile } from '../../../core/histogram.ts'
import { steady } from '../../../core/story.ts'
import { HarnessError } from '../../../harness/error.ts'
import { type LoadOptions, runLoad } from '../../../harness/load/run.ts'
import type { RunEvent } from '../../../harness/runner/events.ts'
import { Secret } from '../../../harness/target/secret.ts'
import { clientSecret, nobody, targetAt } from '../runner/units.ts'
import { fakeEngine, fakeLatencies, unreadScript } from './fake-engine.ts'
import { because, load, part, stories } from './fake-run.ts'

describe('a run that gives figures', () => {
  test('is told with its promises, its invariants and its warnings', async () => {
    const { result, events } = await load(['await begin()', 'summary()'])
    const distribution = histogramOf(fakeLatencies)
    const [p95, p99] = [quantile(distribution, 0.95), quantile(distribution, 0.99)]
    expect(result).toEqual({
      state: 'measured',
      engine: 'v2.2.0',
      seconds: 2,
      scenarios: [
        {
          scenario: 'tale',
          requests: 100,
          requestsPerSecond: 50,
          iterations: 20,
          droppedIterations: 1,
          failures: 1,
          throttled: 0,
          heldBack: 0,
          latency: expect.objectContaining({ min: 10, p95, p99, max: 50 }),
          distribution,
          promises: [
            { metric: 'p95', bound: 25, actual: p95, kept: true },
            { metric: 'p99', bound: 30, actual: p99, kept: false },
          ],
          invariants: [
            { name: 'holds', observed: 20, broken: 1 },
            { name: 'nothing comes twice', observed: 0, broken: 0 },
          ],
        },
      ],
      regions: [],
      timeline: expect.any(Array),
      generator: expect.objectContaining({ processes: 1 }),
      warnings: ['tale completed 19 of 20 iterations; see whether the target answers in time'],
      samples: { verified: 0, rejected: 0 },
    })
    expect(events.filter(({ type }) => type === 'load-finished')).toEqual([{ type: 'load-finished', result }])
  })

  test('gets its plan by the environment, and no other secret of ours', async () => {
    process.env['ASSAY_TEST_SECRET'] = 'not for k6'
    const engine = fakeEngine('say([process.argv.slice(2), Object.keys(process.env).sort(), plan])', 'summary()')
    await load([], { engine })
    delete process.env['ASSAY_TEST_SECRET']
    expect(engine.said()).toEqual([
      ['run', '--quiet', '--no-usage-report', '--log-format=raw', '-'],
      ['ASSAY_PLAN', 'GOGC', 'GOMEMLIMIT', 'HOME', 'K6_AUTO_EXTENSION_RESOLUTION', 'PATH'],
      expect.objectContaining({
        issuer: 'http://127.0.0.1:1',
        client: expect.objectContaining({ client_id: 'own', client_secret: clientSecret }),
        users: [{ username: 'alice', password: 'the-password-of-alice' }],
        scenarios: [steady('tale', 10, 2, 3)],
        companion: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{20,}$/),
      }),
    ])
  })

  test('names what its iterations threw, without its secrets', async () => {
    const says = 'assay-exception tale: no answer from https://as.example/cb?code=a-secret-code&state=x'
    const { result } = await load([
      `console.error(${JSON.stringify(says)} + ' for ' + plan.client.client_secret + plan.users[0].password)`,
      `console.error('assay-exception tale: another')`,
      'summary({ exceptions: 7 })',
    ])
    expect(result).toMatchObject({
      state: 'measured',
      warnings: [
        '7 iterations threw: tale: no answer from https://as.example/cb?code=[code 1]&state=x for [client_secret 1][password 1]',
        'tale completed 19 of 20 iterations; see whether the target answers in time',
      ],
    })
  })

  test('that saw nothing keeps and breaks no promise, and says so', async () => {
    const nothing = { seconds: 0, requests: 0, iterations: 0, failed: 0, droppedIterations: 9, invariants: [] }
    const { result } = await load([
      `const nothing = ${JSON.stringify({ ...nothing, latency: noValues })}`,
      'summary({ scenarios: [{ ...scenarioOf(plan.scenarios[0]), ...nothing }] })',
    ])
    expect(result).toMatchObject({
      scenarios: [{ requestsPerSecond: 0, failures: 0, latency: {}, promises: [] }],
      warnings: ['tale completed no iteration; see whether the target answers in time'],
    })
  })

  test('counts although k6 was not content', async () => {
    expect((await load(['summary()', 'process.exitCode = 99'])).result).toMatchObject({ state: 'measured' })
  })
})

describe('a run that gives none says why', () => {
  test.each<[string, readonly string[], string]>([
    ['it ends', [], 'k6 exited with code 0 and gave no figures'],
    [
      'it fails',
      [`console.error('first words')`, `console.error('the script has no default function')`, 'process.exitCode = 107'],
      'k6 exited with code 107 and gave no figures: the script has no default function',
    ],
    [
      'it throws',
      [`console.error('GoError: panic')`, `process.kill(process.pid, 'SIGKILL')`, 'await new Promise(() => {})'],
      'k6 was killed and gave no figures: GoError: panic',
    ],
    [
      'its last words quote a secret',
      [`console.error('cannot parse ' + plan.client.client_secret + ' of access_token=abcdefghij')`],
      'k6 exited with code 0 and gave no figures: cannot parse [client_secret 1] of access_token=[access_token 1]',
    ],
    [
      'its last words have a secret where they are cut',
      [`console.error('x'.repeat(290) + plan.client.client_secret + 'y'.repeat(100))`],
      `k6 exited with code 0 and gave no figures: ${'x'.repeat(290)}[client_se`,
    ],
    [
      'it was ready',
      [`console.error('words')`, `console.error('assay-ready')`],
      'k6 exited with code 0 and gave no figures: words',
    ],
    ['it prints something else', [`console.log('{}')`], 'k6 exited with code 0 and gave no figures'],
    [
      'its figures are cut off',
      [`console.log('assay-summary {"scenarios":[')`],
      'k6 exited with code 0 and gave no figures',
    ],
    ['its figures are none', [`console.log('assay-summary null')`], 'k6 exited with code 0 and gave no figures'],
    ['its figures are words', ['summary({ exceptions: "many" })'], 'k6 exited with code 0 and gave no figures'],
    [
      'its figures lack some',
      ['summary({ scenarios: [{ story: "tale" }] })'],
      'k6 exited with code 0 and gave no figures',
    ],
  ])('%s', async (_, lines, expected) => {
    expect(because(await load(lines))).toBe(expected)
  })

  test('it is not there', async () => {
    const engine = { path: `${process.cwd()}/no-such-k6`, version: 'v2.2.0' }
    expect(because(await load([], { engine }))).toMatch(/^k6 could not be started: .*ENOENT/)
  })

  test('it hangs', async () => {
    const hangs = ['await begin()', `console.error('waiting')`, 'setInterval(() => {}, 1000)']
    expect(because(await load(hangs, { parts: [part(0)], graceMs: 500 }))).toBe(
      'k6 did not end in time and was killed: waiting',
    )
  })

  test('one of several ends before all are there, and the others are not waited for', async () => {
    const { result, events } = await load(
      [
        `const first = process.argv.some((one) => one === '--execution-segment=0:1/3')`,
        `if (first) { console.error('the first cannot go on'); process.exit(107) }`,
        'await begin()',
        'summary()',
      ],
      { parts: [{ ...part(), processes: 3 }] },
    )
    expect(because({ result })).toBe('k6 exited with code 107 and gave no figures: the first cannot go on')
    expect(events.filter(({ type }) => type === 'load-finished')).toEqual([])
  })
})

describe('in the course of a run', () => {
  test('it is told how far it has come, and at the end how it went', async () => {
    const { result, events } = await load([
      'const begins = Math.floor((await begin()) / 1000)',
      `await tell({ seconds: [[begins, 20, 1, [[100, 20]]], [begins + 1, 10, 0, [[200, 10]]]] })`,
      `await new Promise((resolve) => setTimeout(resolve, 1500))`,
      'summary()',
    ])
    const progress = events.filter((event) => event.type === 'load-progress')
    expect(progress[0]).toMatchObject({ scenarios: ['tale'], elapsed: expect.any(Number), of: 2 })
    if (result.state === 'not-run') throw new Error(result.because)
    expect(result.timeline).toMatchObject([
      { at: 1, rate: 20, failures: 1, latency: { p50: expect.closeTo(1.01 ** 100, 1) } },
      { at: 2, rate: 10, failures: 0, latency: { p50: expect.closeTo(1.01 ** 200, 1) } },
    ])
  })
})

describe('a run that is interrupted', () => {
  /** Interrupts k6 once it has said that it is ready. */
  const interrupted = async (lines: readonly string[], options: Partial<LoadOptions> = {}) => {
    const stop = new AbortController()
    const engine = fakeEngine(...lines, 'say("ready")')
    const events: RunEvent[] = []
    const result = await runLoad(
      nobody,
      { engine, script: unreadScript, stories, parts: [part(60)], signal: stop.signal, ...options },
      (event) => {
        events.push(event)
        if (event.type === 'load-progress' && engine.hasSaid()) stop.abort()
      },
    )
    return { result, events }
  }

  test('tells what was measured until then', async () => {
    const ends = ['setInterval(() => {}, 1000)', `process.on('SIGINT', () => { summary(); process.exit(105) })`]
    const { result, events } = await interrupted(ends)
    expect(result).toMatchObject({ state: 'measured', scenarios: [{ requests: 100 }] })
    expect(events[0]).toEqual({ type: 'load-progress', scenarios: ['tale'], elapsed: expect.any(Number), of: 60 })
  })

  test('ends although k6 does not listen', async () => {
    const ignores = ['setInterval(() => {}, 1000)', `process.on('SIGINT', () => console.error('not now'))`]
    expect(because(await interrupted(ignores, { graceMs: 300 }))).toBe('k6 was killed and gave no figures: not now')
  })

  test('before it began starts nothing', async () => {
    const { result, events } = await load(['summary()'], { signal: AbortSignal.abort() })
    expect([result, events]).toEqual([{ state: 'not-run', because: 'it was interrupted' }, []])
  })
})

describe('the client that makes the load', () => {
  const account = (
    clientId: string,
    method: 'client_secret_post' | 'none',
    grants: readonly string[],
    secret?: string,
  ) => ({
    client_id: clientId,
    token_endpoint_auth_method: method,
    redirect_uris: ['https://rp.example/cb'],
    grant_types: grants,
    ...(secret !== undefined && { client_secret: new Secret(secret) }),
  })

  test('is the confidential one with the most grants', async () => {
    const clients = [
      account('public', 'none', ['a', 'b', 'c']),
      account('small', 'client_secret_post', ['a'], clientSecret),
      account('large', 'client_secret_post', ['a', 'b'], clientSecret),
    ]
    const engine = fakeEngine('say(plan.client)')
    await load([], { engine }, targetAt('http://127.0.0.1:1', { clients }))
    expect(engine.said()).toMatchObject({ client_id: 'large', method: 'client_secret_post' })
  })

  test('must be there', async () => {
    const clients = [account('public', 'none', ['a'])]
    await expect(load([], {}, targetAt('http://127.0.0.1:1', { clients }))).rejects.toThrow(HarnessError)
  })
})
