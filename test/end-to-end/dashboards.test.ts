import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startEmbedded, variationOf } from '../../cli/embedded.ts'
import { type ScenarioPlan, steady, type Story } from '../../core/story.ts'
import { watchedInvariants } from '../../dashboards/k6-series.ts'
import { recordings } from '../../dashboards/rules.ts'
import { findEngine } from '../../harness/load/engine.ts'
import type { LoadResult } from '../../harness/load/result.ts'
import { runLoad, scriptPath } from '../../harness/load/run.ts'
import { openTarget } from '../../harness/target/open.ts'
import { Secret } from '../../harness/target/secret.ts'
import type { Target } from '../../harness/target/target.ts'
import { exampleAccounts } from '../../reference-server/example.ts'
import { listen, type Listening } from '../../reference-server/listen.ts'
import { stories } from '../../scenarios/stories.ts'
import { committedDashboard } from '../dashboards/committed-dashboard.ts'
import { type Prometheus, type Sample, startPrometheus } from '../dashboards/prometheus.ts'
import { withVariables } from '../dashboards/promql.ts'

const { queries } = committedDashboard()

/** Nobody asks the companion of a run on one machine: what it tells Prometheus is looked at where it is made. */
const askedHere = queries.filter(({ panel }) => panel.title !== 'Invariants broken, beside k6')

/** Longer than all runs together, so that no panel has forgotten the first. */
const window = '2m'

const { config, privateKey, serviceProviderKey } = exampleAccounts()
const toClose: (() => Promise<unknown>)[] = []
let server: Listening
let prometheus: Prometheus
let load: LoadResult

async function press(target: Target, scenarios: readonly ScenarioPlan[]): Promise<LoadResult> {
  const engine = await findEngine()
  if (engine.state === 'missing') throw new Error(engine.because)
  return await runLoad(target, { engine, script: scriptPath('main.ts'), stories, parts: [{ scenarios }] }, () => {})
}

/** The server of the test as a target file would describe it. */
async function targetOf({ issuer }: Listening): Promise<Target> {
  const { target } = await openTarget({
    issuer,
    clients: config.clients.map((client) => ({
      client_id: client.clientId,
      token_endpoint_auth_method: client.authMethod,
      redirect_uris: client.redirectUris,
      grant_types: client.grantTypes,
      ...(client.secret !== undefined && { client_secret: new Secret(client.secret) }),
      ...(client.authMethod === 'private_key_jwt' && { private_key: new Secret(privateKey) }),
    })),
    users: config.users.map(({ username, password, sub }) => ({ username, password: new Secret(password), sub })),
    registration: { clients: false },
    control: { rotate_keys: { url: `${issuer}/rotate-keys` } },
    saml: {
      metadata_url: `${issuer}/saml/metadata`,
      service_providers: config.serviceProviders.map(({ entityId, acsUrls: [first, ...others], certificate }) => ({
        entity_id: entityId,
        acs_url: first,
        other_acs_urls: others,
        ...(certificate !== undefined && { private_key: new Secret(serviceProviderKey) }),
      })),
    },
  })
  return target
}

/** What a panel shows, all its lines together. */
async function shownBy(title: string, legend?: string): Promise<readonly Sample[]> {
  const asked = queries.filter((one) => one.panel.title === title && (legend === undefined || one.legend === legend))
  expect(asked, title).not.toEqual([])
  const answers = await Promise.all(asked.map(async ({ expr }) => await prometheus.query(withVariables(expr, window))))
  return answers.flat()
}

const valuesOf = (samples: readonly Sample[]) => samples.map(({ value }) => value)

beforeAll(async () => {
  server = await listen({ config, metrics: true, isControllable: true })
  toClose.push(server.close)
  prometheus = await startPrometheus(server)
  toClose.push(prometheus.close)
  for (const [name, value] of Object.entries(prometheus.k6)) vi.stubEnv(name, value)
  await prometheus.queryUntil('up{job="assay"}', ([sample]) => sample?.value === 1)

  load = await press(
    await targetOf(server),
    Object.keys(stories).map((story) => steady(story, 20, 10, 8)),
  )
  // Prometheus knows the last token once it has scraped what the server has to say.
  const figures = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text()
  const issued = [...figures.matchAll(/^assay_tokens_issued_total\S* (\d+)$/gm)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  )
  await prometheus.queryUntil('sum(assay_tokens_issued_total)', ([sample]) => sample?.value === issued)
}, 150_000)

afterAll(async () => {
  vi.unstubAllEnvs()
  for (const close of toClose.toReversed()) await close()
})

describe('after a load on the right server', () => {
  test('it was measured, and all its figures arrived', () => {
    expect(load).toMatchObject({ state: 'measured', warnings: [] })
  })

  test.each(askedHere.map((one) => [one.panel.title, one.legend, one.expr] as const))(
    'the panel "%s" shows %s',
    async (_, _legend, expr) => {
      const values = valuesOf(await prometheus.query(withVariables(expr, window)))
      expect(values.filter((value) => Number.isFinite(value))).not.toEqual([])
    },
  )

  test.each([
    'Invariants broken',
    'Iterations that threw',
    'Faults of the server',
    'Error ratio',
    'Unexpected answers',
    ...Object.entries<Story>(stories).flatMap(([story, told]) =>
      watchedInvariants(told).length > 0 ? [`Invariants broken, ${story}`] : [],
    ),
  ])('the panel "%s" says that there are none', async (title) => {
    expect(new Set(valuesOf(await shownBy(title)))).toEqual(new Set([0]))
  })

  test('replays stand where they were made: the stories make some, and all were denied', async () => {
    const replays = valuesOf(await shownBy('Replays denied, by credential'))
    expect(replays).toHaveLength(2)
    for (const perSecond of replays) expect(perSecond).toBeGreaterThan(0)
    expect(await prometheus.query('assay_oauth_errors_total{error="invalid_grant"} > 0')).toHaveLength(1)
  })

  test('each story has its latency at the client', async () => {
    const shown = await shownBy('Latency at the client')
    expect(new Set(shown.map(({ labels }) => labels['scenario']))).toEqual(new Set(Object.keys(stories)))
    for (const value of valuesOf(shown)) expect(value).toBeGreaterThan(0)
  })

  test.each([...new Set(recordings.groups.flatMap(({ rules }) => rules.map(({ record }) => record)))])(
    'the rule %s records',
    async (record) => {
      const recorded = await prometheus.queryUntil(record, (samples) => samples.length > 0)
      for (const value of valuesOf(recorded)) expect(value).toBeGreaterThanOrEqual(0)
    },
  )

  test('no invariant is missing from what is recorded, and nothing fires', async () => {
    // The others are judged from what k6 tells.
    const invariants = Object.values(stories).flatMap((story) =>
      Object.entries(story.invariants).flatMap(([name, one]) => ('by' in one ? [] : [name])),
    )
    const recorded = await prometheus.queryUntil(
      'assay:invariant_broken:ratio',
      (samples) => samples.length === invariants.length,
    )
    expect(new Set(recorded.map(({ labels }) => labels['invariant']))).toEqual(new Set(invariants))
    // Nothing but what the machine is too slow for, and what a storm does on purpose.
    expect(await prometheus.query('ALERTS{alertname!~"LatencyPromiseBroken|ReplayBurst"}')).toEqual([])
  })
})

describe('after a load on a server that takes a code again and again', () => {
  beforeAll(async () => {
    const mutant = await startEmbedded(variationOf({ mutant: 'code-is-single-use/accepts-any-replay' }))
    const { target, close } = await openTarget(mutant.settings)
    await press(target, [steady('authorization-code', 10, 3, 4)])
    await close()
    await mutant.close()
  })

  test('the dashboard names the invariant that is broken, and no other', async () => {
    const title = 'Invariants broken, authorization-code'
    expect(valuesOf(await shownBy(title, 'a spent code stays spent'))).toEqual([1])
    expect(valuesOf(await shownBy(title)).filter((share) => share > 0)).toEqual([1])
    expect(valuesOf(await shownBy('Invariants broken'))).toEqual([1])
  })

  test('the alert fires', async () => {
    const firing = await prometheus.queryUntil(
      'ALERTS{alertname="InvariantBroken",alertstate="firing"}',
      (samples) => samples.length > 0,
    )
    expect(firing.map(({ labels }) => [labels['scenario'], labels['invariant']])).toEqual([
      ['authorization-code', 'a spent code stays spent'],
    ])
  })
})

describe('after a load that went wrong', () => {
  beforeAll(async () => {
    const nobody = { ...(await targetOf(server)), users: [] }
    // Nobody can sign in, so iterations throw; and one virtual user cannot begin so many iterations.
    await press(nobody, [steady('authorization-code', 5, 2, 1), steady('client-credentials', 5000, 2, 1)])
  })

  test('the dashboard says how many iterations threw', async () => {
    const [count = 0] = valuesOf(await shownBy('Iterations that threw'))
    expect(count).toBeGreaterThan(0)
  })

  test('the dashboard says of which story iterations were dropped', async () => {
    const dropped = await shownBy('Iterations dropped')
    expect(dropped.find(({ labels }) => labels['scenario'] === 'client-credentials')?.value).toBeGreaterThan(0)
  })
})
