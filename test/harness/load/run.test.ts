import { describe, expect, test } from 'vitest'
import type { Story } from '../../../core/story.ts'
import { rfc6749 } from '../../../core/spec/rfc6749.ts'
import { HarnessError } from '../../../harness/error.ts'
import { type LoadOptions, runLoad } from '../../../harness/load/run.ts'
import type { LoadResult } from '../../../harness/load/result.ts'
import type { RunEvent } from '../../../harness/runner/events.ts'
import { Secret } from '../../../harness/target/secret.ts'
import { clientSecret, nobody, targetAt } from '../runner/units.ts'
import { fakeEngine } from './fake-engine.ts'

const stories: Readonly<Record<string, Story>> = {
  tale: {
    title: 'a tale',
    needs: [],
    promise: { p95: 20, p99: 30 },
    invariants: { holds: { proves: [rfc6749.noStore] } },
  },
}

async function load(
  lines: readonly string[],
  options: Partial<LoadOptions> = {},
  target = nobody,
): Promise<{ readonly result: LoadResult; readonly events: readonly RunEvent[] }> {
  const events: RunEvent[] = []
  const result = await runLoad(
    target,
    {
      engine: fakeEngine(...lines),
      script: 'main.ts',
      stories,
      scenarios: [{ story: 'tale', rate: 10, seconds: 2, vus: 3 }],
      ...options,
    },
    (event) => events.push(event),
  )
  return { result, events }
}

const because = ({ result }: { readonly result: LoadResult }) =>
  result.state === 'not-run' ? result.because : result.state

describe('a run that gives figures', () => {
  test('is told with its promises, its invariants and its warnings', async () => {
    const { result, events } = await load(['summary()'])
    expect(result).toEqual({
      state: 'measured',
      engine: 'v2.2.0',
      seconds: 2,
      scenarios: [
        {
          scenario: 'tale',
          requests: 40,
          requestsPerSecond: 20,
          iterations: 20,
          droppedIterations: 1,
          failures: 1,
          latency: { p50: 10, p95: 20, p99: 40 },
          promises: [
            { metric: 'p95', bound: 20, actual: 20, kept: true },
            { metric: 'p99', bound: 30, actual: 40, kept: false },
          ],
          invariants: [{ name: 'holds', observed: 20, broken: 1 }],
        },
      ],
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
      ['run', '--quiet', '--no-usage-report', '--log-format=raw', 'main.ts'],
      ['ASSAY_PLAN', 'HOME', 'K6_AUTO_EXTENSION_RESOLUTION', 'PATH'],
      {
        issuer: 'http://127.0.0.1:1',
        endpoints: {
          authorization: '',
          token: 'http://127.0.0.1:1/token',
          introspection: '',
          revocation: '',
          userinfo: '',
        },
        client: {
          client_id: 'own',
          client_secret: clientSecret,
          method: 'client_secret_basic',
          redirect_uri: 'https://rp.example/cb',
        },
        users: [{ username: 'alice', password: 'the-password-of-alice' }],
        openid: false,
        scenarios: [{ story: 'tale', rate: 10, seconds: 2, vus: 3 }],
        sampleEvery: 50,
      },
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
    const nothing = {
      story: 'tale',
      seconds: 0,
      requests: 0,
      iterations: 0,
      completed: 0,
      droppedIterations: 9,
      latency: {},
      invariants: [],
    }
    const { result } = await load([`summary({ scenarios: [${JSON.stringify(nothing)}] })`])
    expect(result).toMatchObject({
      scenarios: [{ requestsPerSecond: 0, failures: 0, promises: [] }],
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
      'a token comes last',
      [`console.error('words')`, `console.error('assay-sample access_token a-secret-token')`],
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
    const hangs = [`console.error('waiting')`, 'setInterval(() => {}, 1000)']
    const scenarios = [{ story: 'tale', rate: 1, seconds: 0, vus: 1 }]
    expect(because(await load(hangs, { scenarios, graceMs: 1500 }))).toMatch(
      /^k6 did not end in time and was killed(?:: waiting)?$/,
    )
  })

  test('it prints without end, and none of it is kept', async () => {
    const floods = [
      `const flood = (stream) => { while (stream.write('x'.repeat(65536))); stream.once('drain', () => flood(stream)) }`,
      'flood(process.stdout)',
      'flood(process.stderr)',
    ]
    const before = process.memoryUsage().rss
    const scenarios = [{ story: 'tale', rate: 1, seconds: 0, vus: 1 }]
    expect(because(await load(floods, { scenarios, graceMs: 1500 }))).toMatch(/^k6 did not end in time and was killed/)
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000)
  })
})

describe('a run that is interrupted', () => {
  /** Interrupts k6 once it has said that it is ready. */
  const interrupted = async (lines: readonly string[], options: Partial<LoadOptions> = {}) => {
    const stop = new AbortController()
    const engine = fakeEngine(...lines, 'say("ready")')
    const events: RunEvent[] = []
    const scenarios = [{ story: 'tale', rate: 1, seconds: 60, vus: 1 }]
    const result = await runLoad(
      nobody,
      { engine, script: 'main.ts', stories, scenarios, signal: stop.signal, ...options },
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
    expect(result).toMatchObject({ state: 'measured', scenarios: [{ requests: 40 }] })
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
