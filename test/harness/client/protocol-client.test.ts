import { createHash, generateKeyPairSync } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { decodeForm } from '../../../core/wire/form.ts'
import {
  challengeOf,
  describeArrival,
  ProtocolClient,
  type ProtocolClientParts,
  responseOf,
} from '../../../harness/client/protocol-client.ts'
import { type Arrival, browserlessAgent } from '../../../harness/client/user-agent.ts'
import { Untestable } from '../../../harness/error.ts'
import { Secret } from '../../../harness/target/secret.ts'
import type { ClientAccount, Target } from '../../../harness/target/target.ts'
import { targetAt } from '../runner/units.ts'
import { newHttp, serve } from '../target/serve.ts'
import { noHints } from './pages.ts'

interface Asked {
  readonly what: string
  readonly form: readonly (readonly [string, string])[]
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

type Reply = { readonly status?: number; readonly body?: unknown; readonly location?: string }

/** Keeps what it is asked for, and answers by path, `{}` where nothing is said. */
async function serveEcho(replies: Readonly<Record<string, Reply>> = {}) {
  const asked: Asked[] = []
  const served = await serve(() => (request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      const [path = '', query = ''] = (request.url ?? '').split('?')
      const form = decodeForm(request.method === 'GET' ? query : body)
      asked.push({ what: `${request.method} ${path}`, form, headers: request.headers, body })
      const { status = 200, body: answer = {}, location } = replies[path] ?? {}
      response
        .writeHead(status, { 'content-type': 'application/json', ...(location !== undefined && { location }) })
        .end(JSON.stringify(answer))
    })
  })
  return { ...served, asked, last: () => asked.at(-1) }
}

const confidential: ClientAccount = {
  client_id: 'a client',
  client_secret: new Secret('s€cret +%&:'),
  token_endpoint_auth_method: 'client_secret_basic',
  redirect_uris: ['https://rp.example/cb?keep=this', 'https://rp.example/other'],
  grant_types: ['authorization_code'],
  scope: 'api:read',
}

const endpoints = (origin: string): Target['metadata'] => ({
  issuer: origin,
  authorization_endpoint: `${origin}/authorize`,
  token_endpoint: `${origin}/token`,
  introspection_endpoint: `${origin}/introspect`,
  revocation_endpoint: `${origin}/revoke`,
  userinfo_endpoint: `${origin}/userinfo`,
  registration_endpoint: `${origin}/register`,
  jwks_uri: `${origin}/jwks`,
})

function clientOf(
  origin: string,
  account: Partial<ClientAccount> = {},
  parts: Partial<ProtocolClientParts> & Partial<Pick<Target, 'capabilities' | 'metadata' | 'registration'>> = {},
) {
  const http = newHttp()
  const target = targetAt(origin, {
    metadata: { ...endpoints(origin), ...parts.metadata },
    ...(parts.capabilities && { capabilities: parts.capabilities }),
    ...(parts.registration && { registration: parts.registration }),
  })
  return new ProtocolClient({
    target,
    account: { ...confidential, ...account },
    user: undefined,
    http,
    agent: browserlessAgent({ http, login: noHints }),
    now: () => Date.now(),
    ...parts,
  })
}

const code = {
  value: 'c+de',
  redirectUri: 'https://rp.example/cb?keep=this',
  verifier: 'v'.repeat(43),
  response: new Map(),
}

describe('the right requests', () => {
  const requests: readonly (readonly [string, (client: ProtocolClient) => Promise<unknown>, string, unknown])[] = [
    [
      'redeem',
      async (client) => await client.redeem(code),
      'POST /token',
      {
        grant_type: 'authorization_code',
        code: 'c+de',
        redirect_uri: 'https://rp.example/cb?keep=this',
        code_verifier: 'v'.repeat(43),
      },
    ],
    [
      'refresh',
      async (client) => await client.refresh('r'),
      'POST /token',
      { grant_type: 'refresh_token', refresh_token: 'r' },
    ],
    [
      'client credentials',
      async (client) => await client.clientCredentials(),
      'POST /token',
      { grant_type: 'client_credentials' },
    ],
    ['introspect', async (client) => await client.introspect('t'), 'POST /introspect', { token: 't' }],
    ['revoke', async (client) => await client.revoke('t'), 'POST /revoke', { token: 't' }],
  ]

  test.each(requests)('%s', async (_, send, what, form) => {
    await using server = await serveEcho()
    await send(clientOf(server.origin))
    expect(server.asked).toHaveLength(1)
    expect(server.last()).toMatchObject({
      what,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    })
    expect(Object.fromEntries(server.last()?.form ?? [])).toEqual(form)
  })

  test('what a bearer, a reader of metadata and a client to be ask', async () => {
    await using server = await serveEcho()
    const client = clientOf(server.origin)
    await client.userinfo('t')
    await client.userinfo(undefined, { method: 'POST', headers: [['x-more', '1']] })
    await client.metadata()
    await client.jwks()
    await client.register({ client_name: 'é' })
    await client.register('{not json')
    expect(
      server.asked.map(({ what, headers, body }) => [what, headers['authorization'], headers['x-more'], body]),
    ).toEqual([
      ['GET /userinfo', 'Bearer t', undefined, ''],
      ['POST /userinfo', undefined, '1', ''],
      ['GET /.well-known/openid-configuration', undefined, undefined, ''],
      ['GET /jwks', undefined, undefined, ''],
      ['POST /register', undefined, undefined, '{"client_name":"é"}'],
      ['POST /register', undefined, undefined, '{not json'],
    ])
    expect(server.last()?.headers['content-type']).toBe('application/json')
  })
})

describe('the wrong requests', () => {
  test('parameters replace, repeat or remove those that would be sent, and more may come', async () => {
    await using server = await serveEcho()
    const overrides = { code: ['a', 'b'], redirect_uri: undefined, code_verifier: '', extra: 'x' }
    await clientOf(server.origin).redeem(code, overrides)
    expect(server.last()?.form).toEqual([
      ['grant_type', 'authorization_code'],
      ['code', 'a'],
      ['code', 'b'],
      ['code_verifier', ''],
      ['extra', 'x'],
    ])
  })

  test('headers come beside those that would be sent', async () => {
    await using server = await serveEcho()
    await clientOf(server.origin).clientCredentials({}, { headers: [['x-more', '1']] })
    expect(server.last()?.headers).toMatchObject({ 'x-more': '1', authorization: expect.stringMatching(/^Basic /) })
  })
})

describe('how a client authenticates', () => {
  test('by Basic, both parts form-encoded', async () => {
    await using server = await serveEcho()
    await clientOf(server.origin).clientCredentials()
    const [, encoded = ''] = String(server.last()?.headers['authorization']).split(' ')
    expect(Buffer.from(encoded, 'base64').toString()).toBe('a+client:s%E2%82%ACcret+%2B%25%26%3A')
    expect(server.last()?.form).toEqual([['grant_type', 'client_credentials']])
  })

  test.each([
    ['client_secret_post', { client_id: 'a client', client_secret: 's€cret +%&:' }],
    ['none', { client_id: 'a client' }],
    ['nothing at all', {}],
  ] as const)('by %s, for one request', async (auth, form) => {
    await using server = await serveEcho()
    await clientOf(server.origin).clientCredentials({}, { auth })
    expect(server.last()?.headers['authorization']).toBeUndefined()
    expect(Object.fromEntries(server.last()?.form ?? [])).toEqual({ grant_type: 'client_credentials', ...form })
  })

  test('by what it registered, where nothing is said', async () => {
    await using server = await serveEcho()
    await clientOf(server.origin, { token_endpoint_auth_method: 'client_secret_post' }).clientCredentials()
    expect(new Map(server.last()?.form)).toContainEqual(['client_secret', 's€cret +%&:'])
  })

  test('as another client, by what that one registered', async () => {
    await using server = await serveEcho()
    const client = clientOf(server.origin)
    const other = client.as({ ...confidential, client_id: 'another', token_endpoint_auth_method: 'none' })
    await other.revoke('t')
    expect(server.last()).toMatchObject({
      form: expect.arrayContaining([['client_id', 'another']]),
      headers: expect.not.objectContaining({ authorization: expect.anything() }),
    })
    expect([other.target, other.agent, other.now]).toEqual([client.target, client.agent, client.now])
    expect(client.account.client_id).toBe('a client')
  })

  test('not at all where the target file has no secret', () => {
    const { client_secret: _, ...account } = confidential
    const client = clientOf('https://as.example')
    expect(client.secret).toBe('s€cret +%&:')
    const without = new ProtocolClient({ ...partsOf(client), account })
    expect(() => without.secret).toThrow(new Untestable('the client a client has no client_secret'))
  })
})

const partsOf = ({ target, account, user, agent, now }: ProtocolClient): ProtocolClientParts => ({
  target,
  account,
  user,
  http: newHttp(),
  agent,
  now,
})

describe('a client assertion', () => {
  const pairOf = (type: 'ec' | 'rsa') =>
    type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
  const now = Date.parse('2030-01-01T00:00:00Z')

  async function assertionFrom(type: 'ec' | 'rsa', assertion: Parameters<ProtocolClient['clientCredentials']>[1] = {}) {
    await using server = await serveEcho()
    const { privateKey, publicKey } = pairOf(type)
    const key = new Secret(JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'k1' }))
    const account = { token_endpoint_auth_method: 'private_key_jwt', private_key: key } as const
    const client = clientOf(server.origin, account, { now: () => now })
    await client.clientCredentials({}, assertion)
    await client.clientCredentials({}, assertion)
    const sent = server.asked.map(({ form }) => new Map(form))
    return { sent, origin: server.origin, publicKey, assertion: sent[0]?.get('client_assertion') ?? '' }
  }

  test.each([
    ['ec', 'ES256'],
    ['rsa', 'RS256'],
  ] as const)('with a key of type %s is right', async (type, alg) => {
    const { sent, origin, publicKey, assertion } = await assertionFrom(type)
    expect(Object.fromEntries(sent[0] ?? [])).toMatchObject({
      client_id: 'a client',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    })
    const { payload, protectedHeader } = await jwtVerify(assertion, publicKey, { currentDate: new Date(now) })
    expect(protectedHeader).toEqual({ alg, kid: 'k1' })
    expect(payload).toEqual({
      iss: 'a client',
      sub: 'a client',
      aud: origin,
      jti: expect.any(String),
      iat: now / 1000,
      exp: now / 1000 + 60,
    })
    expect(sent[1]?.get('client_assertion')).not.toBe(assertion)
  })

  test('takes other members, or none in their place', async () => {
    const claims = { aud: ['x'], jti: undefined, exp: 7, extra: true }
    const { publicKey, assertion } = await assertionFrom('ec', {
      assertion: { claims, header: { typ: 'x', kid: 'k2' } },
    })
    const { payload, protectedHeader } = await jwtVerify(assertion, publicKey, { currentDate: new Date(0) })
    expect(protectedHeader).toEqual({ alg: 'ES256', kid: 'k2', typ: 'x' })
    expect(payload).toEqual({ iss: 'a client', sub: 'a client', aud: ['x'], iat: now / 1000, exp: 7, extra: true })
  })

  test('is for the server under the name that the target file has for it', async () => {
    await using server = await serveEcho()
    const client = clientOf(server.origin, {
      token_endpoint_auth_method: 'private_key_jwt',
      private_key: new Secret(JSON.stringify(pairOf('ec').privateKey.export({ format: 'jwk' }))),
      assertion_audience: `${server.origin}/token`,
    })
    await client.clientCredentials()

    const sent = new Map(server.asked[0]?.form)
    expect(decodeJwt(sent.get('client_assertion') ?? '').aud).toBe(`${server.origin}/token`)
  })

  test('is signed with another key, or spoilt before it is sent', async () => {
    const other = pairOf('ec')
    const key = { ...other.privateKey.export({ format: 'jwk' }), alg: 'ES256' }
    const { publicKey, assertion } = await assertionFrom('ec', { assertion: { key } })
    await expect(jwtVerify(assertion, publicKey)).rejects.toThrow('signature verification failed')
    const verifies = await jwtVerify(assertion, await importJWK(other.publicKey.export({ format: 'jwk' }), 'ES256'), {
      currentDate: new Date(now),
    })
    expect(verifies.payload.iss).toBe('a client')

    const spoilt = await assertionFrom('ec', { assertion: { tamper: (whole) => `${whole}x` } })
    expect(decodeProtectedHeader(spoilt.assertion.slice(0, -1))).toEqual({ alg: 'ES256', kid: 'k1' })
    await expect(jwtVerify(spoilt.assertion, spoilt.publicKey)).rejects.toThrow('signature')
  })

  test('cannot be had without a key', async () => {
    const client = clientOf('http://127.0.0.1:1', { token_endpoint_auth_method: 'private_key_jwt' })
    await expect(client.clientCredentials()).rejects.toThrow(new Untestable('the client a client has no private_key'))
  })
})

describe('an authorization request', () => {
  test('is right, and new each time', () => {
    const client = clientOf('https://as.example', {}, { capabilities: new Set(['openid']) })
    const [first, second] = [client.authorizationParams(), client.authorizationParams({ scope: 'openid email' })]
    expect(first.params).toEqual({
      response_type: 'code',
      client_id: 'a client',
      redirect_uri: 'https://rp.example/cb?keep=this',
      scope: 'openid',
      state: expect.stringMatching(/^[\w-]{22}$/),
      nonce: expect.stringMatching(/^[\w-]{22}$/),
      code_challenge: createHash('sha256').update(first.verifier).digest('base64url'),
      code_challenge_method: 'S256',
    })
    expect(first.verifier).toMatch(/^[\w-]{43}$/)
    expect(second.params['scope']).toBe('openid email')
    for (const name of ['state', 'nonce', 'code_challenge']) expect(second.params[name]).not.toBe(first.params[name])
  })

  test('asks an OAuth server for what the client may have, without a nonce', () => {
    const { params } = clientOf('https://as.example').authorizationParams()
    expect(params['scope']).toBe('api:read')
    expect(params).not.toHaveProperty('nonce')
  })

  test('comes by GET or POST, and ends where the client is', async () => {
    const location = 'https://rp.example/cb?keep=this&code=abc&state=x'
    await using server = await serveEcho({ '/authorize': { status: 302, location } })
    const client = clientOf(server.origin)
    expect(await client.requestAuthorization({ state: 's' })).toEqual({ kind: 'redirect', location, status: 302 })
    expect(await client.requestAuthorization({ state: ['s', 't'] }, { method: 'POST' })).toMatchObject({ location })
    expect(server.asked.map(({ what, form }) => [what, form.filter(([name]) => name === 'state')])).toEqual([
      ['GET /authorize', [['state', 's']]],
      [
        'POST /authorize',
        [
          ['state', 's'],
          ['state', 't'],
        ],
      ],
    ])
  })

  test('ends at a redirect URI even where that lies at the server itself', async () => {
    const redirects: Record<string, Reply> = {}
    await using server = await serveEcho(redirects)
    const [registered, sent] = [`${server.origin}/cb`, `${server.origin}/other`]
    const client = clientOf(server.origin, { redirect_uris: [registered] })
    redirects['/authorize'] = { status: 302, location: `${registered}?code=1` }
    expect(await client.requestAuthorization()).toMatchObject({ kind: 'redirect' })
    redirects['/authorize'] = { status: 302, location: `${sent}?error=x` }
    expect(await client.requestAuthorization({ redirect_uri: sent })).toMatchObject({ kind: 'redirect' })
    expect(server.asked.map(({ what }) => what)).toEqual(['GET /authorize', 'GET /authorize'])
  })

  test('brings a code with what its redemption must repeat', async () => {
    const location = 'https://rp.example/other?code=abc&iss=x'
    await using server = await serveEcho({ '/authorize': { status: 302, location } })
    const issued = await clientOf(server.origin).authorize({ redirect_uri: 'https://rp.example/other' })
    expect(issued).toMatchObject({ value: 'abc', redirectUri: 'https://rp.example/other' })
    expect(issued.response.get('iss')).toBe('x')
    expect(new Map(server.last()?.form).get('code_challenge')).toBe(challengeOf(issued.verifier))
  })

  test.each<[string, Reply, string]>([
    [
      'an error',
      { status: 302, location: 'https://rp.example/cb?error=access_denied&id_token=secret' },
      'no code could be had: a redirect to https://rp.example/cb with error=access_denied',
    ],
    ['a page', { status: 400 }, 'no code could be had: a page with status 400 that is not HTML'],
  ])('that brings %s keeps the unit from judging', async (_, reply, because) => {
    await using server = await serveEcho({ '/authorize': reply })
    await expect(clientOf(server.origin).authorize()).rejects.toThrow(new Untestable(because))
  })
})

describe('tokens', () => {
  test('are handed over as they came', async () => {
    const body = { access_token: 'a', refresh_token: 'r', id_token: 'i', scope: 's', token_type: 'Bearer' }
    await using server = await serveEcho({ '/token': { body } })
    const client = clientOf(server.origin)
    expect(client.tokensOf(await client.clientCredentials())).toEqual({
      accessToken: 'a',
      refreshToken: 'r',
      idToken: 'i',
      scope: 's',
      body,
    })
  })

  test.each<[Reply, string]>([
    [{ status: 400, body: { error: 'invalid_grant' } }, '400 with invalid_grant'],
    [{ status: 200, body: [] }, '200 with no access_token'],
    [{ status: 200, body: { access_token: 7 } }, '200 with no access_token'],
    [{ status: 201, body: { access_token: 'a' } }, '201 with a token, and owes 200'],
  ])('that do not come keep the unit from judging: %j', async (reply, how) => {
    await using server = await serveEcho({ '/token': reply })
    const client = clientOf(server.origin)
    const answer = await client.clientCredentials()
    expect(() => client.tokensOf(answer)).toThrow(
      new Untestable(`no token could be had: the token endpoint answered ${how}`),
    )
  })

  test('to refresh with are asked for the way OpenID Connect has it, and must come', async () => {
    const location = 'https://rp.example/cb?keep=this&code=abc'
    await using server = await serveEcho({
      '/authorize': { status: 302, location },
      '/token': { body: { access_token: 'a', token_type: 'Bearer' } },
    })
    const client = clientOf(server.origin, {}, { capabilities: new Set(['openid']) })
    await expect(client.offlineGrant()).rejects.toThrow(new Untestable('the server issued no refresh token'))
    expect(Object.fromEntries(server.asked[0]?.form ?? [])).toMatchObject({
      scope: 'openid offline_access',
      prompt: 'consent',
    })
  })

  test('to refresh with are asked for without that scope where the server lists others alone', async () => {
    await using server = await serveEcho({
      '/authorize': { status: 302, location: 'https://rp.example/cb?keep=this&code=abc' },
      '/token': { body: { access_token: 'a', token_type: 'Bearer', refresh_token: 'r' } },
    })
    const metadata = { issuer: server.origin, scopes_supported: ['openid'] }
    const client = clientOf(server.origin, {}, { capabilities: new Set(['openid']), metadata })
    await expect(client.offlineGrant()).resolves.toMatchObject({ refreshToken: 'r' })
    expect(client.offlineScope).toBe('openid')
    expect(Object.fromEntries(server.asked[0]?.form ?? [])).toMatchObject({ scope: 'openid' })
  })
})

describe('a registration', () => {
  const registration = (uri: unknown, token: unknown) => ({
    status: 201,
    headers: [],
    body: JSON.stringify({ registration_client_uri: uri, registration_access_token: token }),
    truncated: false,
    url: '',
  })

  test('is read, updated and deleted by its token, or by another one', async () => {
    await using server = await serveEcho()
    const client = clientOf(server.origin)
    const management = { uri: `${server.origin}/register/1`, token: 'secret' }
    await client.readRegistration(management)
    await client.updateRegistration(management, { client_name: 'é' }, { token: 'another' })
    await client.deleteRegistration(management, { token: undefined })
    expect(server.asked.map(({ what, headers, body }) => [what, headers['authorization'], body])).toEqual([
      ['GET /register/1', 'Bearer secret', ''],
      ['PUT /register/1', 'Bearer another', '{"client_name":"é"}'],
      ['DELETE /register/1', undefined, ''],
    ])
  })

  test('shows the token of the target file, unless it is told another one', async () => {
    await using server = await serveEcho()
    const registration = { initial_access_token: new Secret('initial') }
    const client = clientOf(server.origin, {}, { registration })
    await client.register({})
    await client.register({}, { token: undefined, contentType: 'text/plain' })
    expect(server.asked.map(({ headers }) => [headers['authorization'], headers['content-type']])).toEqual([
      ['Bearer initial', 'application/json'],
      [undefined, 'text/plain'],
    ])
  })

  test('is removed where its answer says how', async () => {
    await using server = await serveEcho()
    await clientOf(server.origin).unregister(registration(`${server.origin}/register/1`, 'secret'))
    expect(server.last()).toMatchObject({ what: 'DELETE /register/1', headers: { authorization: 'Bearer secret' } })
  })

  test.each([
    ['another server', 'https://evil.example/register/1', 'secret'],
    ['nowhere', 'not a url', 'secret'],
    ['nothing', undefined, 'secret'],
    ['itself, without a token', 'http://127.0.0.1/register/1', undefined],
  ])('is left alone where its answer names %s', async (_, uri, token) => {
    await using server = await serveEcho()
    await clientOf(server.origin).unregister(registration(uri, token))
    expect(server.asked).toEqual([])
  })
})

test('what the metadata and the target file lack keeps the unit from judging', () => {
  const client = clientOf('https://as.example', { redirect_uris: [] })
  expect(() => client.endpoint('device_authorization_endpoint')).toThrow(
    new Untestable('the metadata has no device_authorization_endpoint'),
  )
  expect(() => client.redirectUri).toThrow(new Untestable('the client a client has no redirect_uris'))
})

describe('an arrival', () => {
  const redirect = (location: string): Arrival => ({ kind: 'redirect', location, status: 302 })
  const page = (type: string): Arrival => ({
    kind: 'page',
    status: 400,
    response: { status: 400, headers: [['Content-Type', type]], body: '', truncated: false, url: '' },
  })

  test.each<[Arrival, Readonly<Record<string, string>>, string]>([
    [
      redirect('https://rp.example/cb?code=1&code=2&state=s'),
      { code: '1', state: 's' },
      'a redirect to https://rp.example/cb with a code',
    ],
    [
      redirect('https://rp.example/cb?state=s#state=t&code=1'),
      { code: '1', state: 's' },
      'a redirect to https://rp.example/cb with a code',
    ],
    [
      redirect('https://rp.example/cb#error=x&code=1'),
      { code: '1', error: 'x' },
      'a redirect to https://rp.example/cb with error=x',
    ],
    [redirect('https://rp.example/cb'), {}, 'a redirect to https://rp.example/cb with neither a code nor an error'],
    [
      redirect('https://rp.example/cb#access_token=1'),
      { access_token: '1' },
      'a redirect to https://rp.example/cb with an access token',
    ],
    [
      {
        kind: 'form_post',
        action: 'https://rp.example/cb?a=secret',
        params: [
          ['code', '1'],
          ['code', '2'],
        ],
      },
      { code: '1' },
      'a redirect to https://rp.example/cb with a code',
    ],
    [page('text/html'), {}, 'a page with status 400'],
    [page('application/json'), {}, 'a page with status 400 that is not HTML'],
    [{ kind: 'stuck', because: 'the sign-in does not end' }, {}, 'the sign-in does not end'],
  ])('%j carries the first of each parameter, and is told without its secrets', (arrival, params, words) => {
    expect(Object.fromEntries(responseOf(arrival))).toEqual(params)
    expect(describeArrival(arrival)).toBe(words)
  })
})
