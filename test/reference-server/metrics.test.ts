import { readFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Redactor } from '../../core/redact.ts'
import { HttpClient } from '../../harness/client/http.ts'
import { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { browserlessAgent } from '../../harness/client/user-agent.ts'
import { openTarget } from '../../harness/target/open.ts'
import { Secret } from '../../harness/target/secret.ts'
import { exampleAccounts } from '../../reference-server/example.ts'
import { listen, type ListenOptions } from '../../reference-server/listen.ts'
import type { Observation } from '../../reference-server/observe.ts'
import { createServer } from '../../reference-server/server.ts'

const { config } = exampleAccounts()

async function started(options: ListenOptions = {}) {
  const server = await listen({ metrics: true, ...options, config: { ...config, ...options.config } })
  onTestFinished(server.close)
  const origin = `http://127.0.0.1:${server.port}`
  return { ...server, origin, figures: async () => await figuresOf(`${origin}/metrics`) }
}

/** Every series of a scrape with its value: `name{label="value"}` to number. */
async function figuresOf(url: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(url)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  return read(await response.text())
}

const read = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )

const credentials = (clientId: string) => {
  const secret = config.clients.find((client) => client.clientId === clientId)?.secret ?? ''
  return { client_id: clientId, client_secret: secret }
}

const post = async (url: string, form: Readonly<Record<string, string>>) =>
  await fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })

/** A person, a browser and a client, taken from the side of the harness. */
async function clientOf(issuer: string) {
  const { target } = await openTarget({
    issuer,
    clients: [
      {
        client_id: 'post-client',
        token_endpoint_auth_method: 'client_secret_post',
        client_secret: new Secret(credentials('post-client').client_secret),
        redirect_uris: ['https://rp.example/callback'],
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
    users: config.users.map(({ username, password, sub }) => ({ username, password: new Secret(password), sub })),
  })
  const [account] = target.clients
  if (account === undefined) throw new Error('the target has no client')
  const http = new HttpClient({ timeoutMs: 5000, redactor: new Redactor() })
  const agent = browserlessAgent({ http, login: target.login })
  return new ProtocolClient({ target, account, user: target.users[0], http, agent, now: () => Date.now() })
}

describe('GET /metrics', () => {
  test('is there only where it is asked for', async () => {
    const { origin } = await started({ metrics: false })
    expect((await fetch(`${origin}/metrics`)).status).toBe(404)
  })

  test('lies beside the issuer, whatever its path', async () => {
    const { issuer, origin, figures } = await started({ config: { issuerPath: '/tenant' } })
    expect(issuer).toBe(`${origin}/tenant`)
    expect((await fetch(`${issuer}/metrics`)).status).toBe(404)
    expect((await figures()).get('assay_http_requests_total{endpoint="unmatched",method="other",status="404"}')).toBe(1)
  })

  test('starts with zero for what may never happen', async () => {
    const { figures } = await started()
    const before = await figures()
    for (const series of [
      'assay_http_requests_total{endpoint="/token",method="POST",status="500"}',
      'assay_http_request_duration_seconds_count{endpoint="/register/*",method="DELETE"}',
      'assay_tokens_issued_total{grant_type="refresh_token"}',
      'assay_oauth_errors_total{endpoint="/token",error="invalid_grant"}',
      'assay_replays_total{credential="code"}',
      'assay_store_entries{kind="code"}',
    ])
      expect(before.get(series), series).toBe(0)
    expect(before.get('assay_store_entries{kind="client"}')).toBe(config.clients.length)
  })

  test('tells of the process and of what is built', async () => {
    const { figures } = await started()
    const names = [...(await figures()).keys()]
    expect(names).toContain(`assay_build_info{version="0.1.0",node="${process.version}"}`)
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
    ])
      expect(names).toContain(name)
  })

  test('keeps two servers of one process apart', async () => {
    const [one, other] = [await started(), await started()]
    await fetch(`${one.origin}/jwks`)
    const series = 'assay_http_requests_total{endpoint="/jwks",method="GET",status="200"}'
    expect((await one.figures()).get(series)).toBe(1)
    expect((await other.figures()).get(series)).toBeUndefined()
  })
})

describe('what is counted', () => {
  test('answers, by endpoint, method and status, with the time they took', async () => {
    const { issuer, figures } = await started()
    await post(`${issuer}/token`, { ...credentials('post-client'), grant_type: 'client_credentials' })
    await post(`${issuer}/token`, { ...credentials('post-client'), grant_type: 'client_credentials' })
    await post(`${issuer}/token`, {
      client_id: 'post-client',
      client_secret: 'wrong',
      grant_type: 'client_credentials',
    })

    const after = await figures()
    expect(after.get('assay_http_requests_total{endpoint="/token",method="POST",status="200"}')).toBe(2)
    expect(after.get('assay_http_requests_total{endpoint="/token",method="POST",status="401"}')).toBe(1)
    expect(after.get('assay_http_request_duration_seconds_count{endpoint="/token",method="POST"}')).toBe(3)
    expect(after.get('assay_http_request_duration_seconds_sum{endpoint="/token",method="POST"}')).toBeGreaterThan(0)
    expect(after.get('assay_tokens_issued_total{grant_type="client_credentials"}')).toBe(2)
    expect(after.get('assay_oauth_errors_total{endpoint="/token",error="invalid_client"}')).toBe(1)
    expect(after.get('assay_store_entries{kind="access_token"}')).toBe(2)
  })

  test('a fault of the server as 500', async () => {
    const { issuer, figures } = await started({
      swap: {
        tokenResponseBody: () => {
          throw new TypeError('on purpose')
        },
      },
    })
    const shown = console.error
    onTestFinished(() => void (console.error = shown))
    console.error = () => {}
    const answer = await post(`${issuer}/token`, { ...credentials('post-client'), grant_type: 'client_credentials' })
    expect(answer.status).toBe(500)
    expect((await figures()).get('assay_http_requests_total{endpoint="/token",method="POST",status="500"}')).toBe(1)
  })

  test('errors told by redirect, by the resource server and at registration', async () => {
    const { issuer, figures } = await started()
    await fetch(
      `${issuer}/authorize?client_id=post-client&response_type=nope&prompt=none&redirect_uri=https://rp.example/callback`,
      {
        redirect: 'manual',
      },
    )
    await fetch(`${issuer}/userinfo`, { headers: { authorization: 'Bearer unknown' } })
    await fetch(`${issuer}/userinfo`)
    await fetch(`${issuer}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: 'no JSON',
    })
    await fetch(`${issuer}/register/unknown`)

    const after = await figures()
    const errors = [...after].filter(([series, count]) => series.startsWith('assay_oauth_errors_total') && count > 0)
    expect(Object.fromEntries(errors)).toEqual({
      'assay_oauth_errors_total{endpoint="/authorize",error="unsupported_response_type"}': 1,
      'assay_oauth_errors_total{endpoint="/userinfo",error="invalid_token"}': 1,
      'assay_oauth_errors_total{endpoint="/register",error="invalid_client_metadata"}': 1,
      'assay_oauth_errors_total{endpoint="/register/*",error="invalid_token"}': 1,
    })
  })

  test('a replay for each spent code or refresh token, and none for what merely fails', async () => {
    const { issuer, figures } = await started()
    const client = await clientOf(issuer)
    const replays = async (credential: string) =>
      (await figures()).get(`assay_replays_total{credential="${credential}"}`)

    await client.redeem(await client.authorize(), { code_verifier: 'x'.repeat(43) })
    await client.refresh('unknown')
    expect([await replays('code'), await replays('refresh_token')]).toEqual([0, 0])

    const code = await client.authorize()
    await client.redeem(code)
    await client.redeem(code)
    expect(await replays('code')).toBe(1)

    const { refreshToken } = await client.offlineGrant()
    await client.refresh(refreshToken)
    await client.refresh(refreshToken)
    expect(await replays('refresh_token')).toBe(1)
  })

  test('no replay for a refresh token that nobody used, of a grant that its client revoked', async () => {
    const { issuer, figures } = await started()
    const client = await clientOf(issuer)
    const { refreshToken } = await client.offlineGrant()
    await client.revoke(refreshToken)
    expect((await client.refresh(refreshToken)).status).toBe(400)
    expect((await figures()).get('assay_replays_total{credential="refresh_token"}')).toBe(0)
  })

  test('nothing under a name that comes from a request', async () => {
    const { issuer, figures } = await started()
    const before = new Set((await figures()).keys())
    const mark = 'x-marks-the-spot'
    await fetch(`${issuer}/${mark}`)
    await fetch(`${issuer}/register/${mark}`)
    await fetch(`${issuer}/jwks`, { method: 'PROPFIND' })
    await post(`${issuer}/token?${mark}=${mark}`, { grant_type: mark, client_id: mark, scope: mark, code: mark })
    await fetch(`${issuer}/authorize?client_id=${mark}&response_type=${mark}`)

    const added = [...(await figures()).keys()].filter((series) => !before.has(series))
    expect(added.filter((series) => series.startsWith('assay_http_requests_total'))).toEqual([
      'assay_http_requests_total{endpoint="unmatched",method="other",status="404"}',
      'assay_http_requests_total{endpoint="/register/*",method="GET",status="401"}',
      'assay_http_requests_total{endpoint="unmatched",method="other",status="405"}',
      'assay_http_requests_total{endpoint="/token",method="POST",status="401"}',
      'assay_http_requests_total{endpoint="/authorize",method="GET",status="400"}',
    ])
    expect(added.filter((series) => series.includes(mark) || series.includes('PROPFIND'))).toEqual([])
  })
})

describe('the port', () => {
  const request = () => new Request('http://127.0.0.1:9/jwks')

  test('is told of an answer after it was made', async () => {
    const seen: Observation[] = []
    const server = await createServer({ origin: 'http://127.0.0.1:9', config, observe: (one) => void seen.push(one) })
    await server.fetch(request())
    expect(seen).toEqual([
      { type: 'answered', endpoint: '/jwks', method: 'GET', status: 200, seconds: expect.any(Number) as number },
    ])
  })

  test('fails no request when it throws, and is heard of once', async () => {
    const heard: unknown[] = []
    const shown = console.error
    onTestFinished(() => void (console.error = shown))
    console.error = (...words: unknown[]) => void heard.push(words)
    const server = await createServer({
      origin: 'http://127.0.0.1:9',
      config,
      observe: () => {
        throw new Error('the observer is broken')
      },
    })
    expect((await server.fetch(request())).status).toBe(200)
    expect((await server.fetch(request())).status).toBe(200)
    expect(heard).toHaveLength(1)
  })

  test('is all that leads from the server to its metrics, so that it runs where they do not', () => {
    const folder = new URL('../../reference-server/', import.meta.url)
    const seen = new Set<string>()
    const packages = new Set<string>()
    const visit = (module: URL) => {
      if (seen.has(module.href)) return
      seen.add(module.href)
      for (const [, name = ''] of readFileSync(module, 'utf8').matchAll(/^(?:import|export|\}).*from '([^']+)'/gm)) {
        if (name.startsWith('.')) visit(new URL(name, module))
        else packages.add(name)
      }
    }
    visit(new URL('server.ts', folder))
    expect(seen).toContain(new URL('observe.ts', folder).href)
    expect(seen).not.toContain(new URL('metrics.ts', folder).href)
    expect([...packages].filter((name) => name === 'prom-client' || name === 'node:http')).toEqual([])
  })
})
