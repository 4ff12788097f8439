import { importJWK, type JWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { discover } from '../../../harness/target/discovery.ts'
import { registerClients, registersFreely, whyNotForAWhile } from '../../../harness/target/registration.ts'
import { Secret } from '../../../harness/target/secret.ts'
import { failureOf, newHttp, serve, serveProvider } from './serve.ts'

const metadataOf = async (origin: string) => (await discover(origin, newHttp())).metadata

describe('at a certified server', () => {
  test('one client for each method is registered, can be used, and is removed', async () => {
    await using server = await serveProvider()
    const metadata = await metadataOf(server.origin)
    const { clients, remove } = await registerClients(metadata, {}, newHttp())

    expect(clients.map((client) => client.token_endpoint_auth_method)).toEqual([
      'client_secret_basic',
      'client_secret_post',
      'client_secret_jwt',
      'private_key_jwt',
      'none',
    ])
    expect(new Set(clients.map((client) => client.client_id)).size).toBe(5)
    for (const client of clients) {
      expect(await server.knows(client.client_id)).toBe(true)
      expect(client.grant_types).toContain('authorization_code')
      expect(client.scope).toBe('openid profile email offline_access')
      expect(client.client_secret !== undefined).toBe(client.token_endpoint_auth_method.startsWith('client_secret'))
    }
    const post = clients.find((client) => client.token_endpoint_auth_method === 'client_secret_post')
    const answer = await newHttp().send({
      method: 'POST',
      url: `${server.origin}/token`,
      headers: [['content-type', 'application/x-www-form-urlencoded']],
      body: `grant_type=client_credentials&client_id=${post?.client_id}&client_secret=${encodeURIComponent(post?.client_secret?.reveal() ?? '')}`,
    })
    expect(answer.status).toBe(200)

    expect(await remove()).toEqual([])
    for (const client of clients) expect(await server.knows(client.client_id)).toBe(false)
  })

  test('secrets do not print, and the key is private and of the algorithm that the server takes', async () => {
    await using server = await serveProvider({}, { enabledJWA: { clientAuthSigningAlgValues: ['RS256'] } })
    const { clients, remove } = await registerClients(await metadataOf(server.origin), {}, newHttp())
    const key = clients.find((client) => client.token_endpoint_auth_method === 'private_key_jwt')?.private_key
    const jwk = JSON.parse(key?.reveal() ?? '{}') as JWK

    expect(jwk).toMatchObject({ kty: 'RSA', alg: 'RS256', kid: 'assay' })
    expect(await importJWK(jwk)).toMatchObject({ type: 'private' })
    expect(JSON.stringify(clients)).not.toContain(jwk.d ?? 'absent')
    expect(JSON.stringify(clients)).toContain('"client_secret":"[secret]"')
    await remove()
  })

  test('there are two of the only confidential kind', async () => {
    await using server = await serveProvider({}, { clientAuthMethods: ['client_secret_basic', 'none'] })
    const { clients, remove } = await registerClients(await metadataOf(server.origin), {}, newHttp())
    expect(clients.map((client) => client.token_endpoint_auth_method)).toEqual([
      'client_secret_basic',
      'client_secret_basic',
      'none',
    ])
    expect(await remove()).toEqual([])
  })

  test('an initial access token opens what is closed', async () => {
    await using server = await serveProvider({ initialAccessToken: 'the-initial-token' })
    const metadata = await metadataOf(server.origin)

    expect(await registersFreely(metadata, newHttp())).toBe(false)
    expect(await failureOf(registerClients(metadata, {}, newHttp()), server.origin)).toMatch(
      /^REGISTRATION_FAILED: the server did not register a client with client_secret_basic: status 40[01] and \w+; (?:give an initial_access_token|name clients)/,
    )
    const wrong = await failureOf(
      registerClients(metadata, { initial_access_token: new Secret('another-token') }, newHttp()),
      server.origin,
    )
    expect(wrong).toBe(
      'REGISTRATION_FAILED: the server did not register a client with client_secret_basic: status 401 and invalid_token; give an initial_access_token under registration, or name clients in the target file',
    )
    const { clients, remove } = await registerClients(
      metadata,
      { initial_access_token: new Secret('the-initial-token') },
      newHttp(),
    )
    expect(clients).toHaveLength(5)
    expect(await remove()).toEqual([])
  })

  test('says why it does not let a client come and go', async () => {
    await using closed = await serveProvider({ initialAccessToken: 'the-initial-token' })
    const metadata = await metadataOf(closed.origin)
    const right = { initial_access_token: new Secret('the-initial-token') }

    expect(await whyNotForAWhile(metadata, right, newHttp())).toBeUndefined()
    expect(await whyNotForAWhile(metadata, {}, newHttp())).toMatch(
      /^the server did not register a client with client_secret_basic: status 40[01] /,
    )
  })

  test.each([
    ['HS512', 'HS512'],
    ['ES256', undefined],
    [undefined, undefined],
  ])('a client is held to the algorithm of MACs that the server answers: %s', async (answered, held) => {
    await using server = await serve(() => (_, response) => {
      const answer = { client_id: 'a', client_secret: 'b', token_endpoint_auth_signing_alg: answered }
      response.writeHead(201).end(JSON.stringify(answer))
    })
    const metadata = {
      issuer: server.origin,
      registration_endpoint: `${server.origin}/register`,
      token_endpoint_auth_methods_supported: ['client_secret_jwt'],
    }
    const { clients } = await registerClients(metadata, {}, newHttp())
    for (const client of clients) expect(client.token_endpoint_auth_signing_alg).toBe(held)
    expect(clients.length).toBeGreaterThan(0)
  })

  test('registersFreely leaves nothing behind', async () => {
    await using server = await serveProvider()
    const http = newHttp()
    expect(await registersFreely(await metadataOf(server.origin), http)).toBe(true)
    expect(http.exchanges.map(({ request, response }) => `${request.method} ${response?.status}`)).toEqual([
      'POST 201',
      'DELETE 204',
    ])
  })
})

describe('a server that does not play along', () => {
  /** Registers with a server whose every answer is this, and tells what was asked of it. */
  async function attempt(
    answer: (origin: string, count: number) => { readonly status: number; readonly body: string },
    methods = ['client_secret_basic', 'client_secret_post'],
  ) {
    const seen: string[] = []
    await using server = await serve((origin) => (request, response) => {
      seen.push(`${request.method} ${request.url}`)
      const { status, body } = request.method === 'DELETE' ? { status: 204, body: '' } : answer(origin, seen.length)
      response.writeHead(status).end(body)
    })
    const metadata = {
      issuer: server.origin,
      registration_endpoint: `${server.origin}/register`,
      token_endpoint_auth_methods_supported: methods,
    }
    const failure = await failureOf(registerClients(metadata, {}, newHttp()), server.origin)
    return { failure, seen }
  }

  test('is quoted by status and error code, not by what else it says', async () => {
    const body = JSON.stringify({ error: 'invalid_client_metadata', error_description: 'your token hunter2 is wrong' })
    expect((await attempt(() => ({ status: 400, body }))).failure).toBe(
      'REGISTRATION_FAILED: the server did not register a client with client_secret_basic: status 400 and invalid_client_metadata; name clients in the target file instead',
    )
  })

  test.each(['<html>', '[]', '{"error":{"a":1}}', '{"error":"\\u001b[2J"}', '{"client_id":7}'])(
    'may answer %s',
    async (body) => {
      expect((await attempt(() => ({ status: 200, body }))).failure).toBe(
        'REGISTRATION_FAILED: the server did not register a client with client_secret_basic: status 200; name clients in the target file instead',
      )
    },
  )

  test('leaves no client behind where a later one fails', async () => {
    const client = (origin: string) =>
      JSON.stringify({
        client_id: 'one',
        client_secret: 's',
        registration_client_uri: `${origin}/register/one`,
        registration_access_token: 'token-of-one',
      })
    const { failure, seen } = await attempt((origin, count) =>
      count === 1 ? { status: 201, body: client(origin) } : { status: 500, body: '' },
    )
    expect(failure).toMatch(
      /^REGISTRATION_FAILED: the server did not register a client with client_secret_post: status 500; /,
    )
    expect(seen).toEqual(['POST /register', 'POST /register', 'DELETE /register/one'])
  })

  test('leaves no client behind that cannot be used', async () => {
    const { failure, seen } = await attempt((origin) => ({
      status: 201,
      body: JSON.stringify({
        client_id: 'one',
        registration_client_uri: `${origin}/register/one`,
        registration_access_token: 'token-of-one',
      }),
    }))
    expect(failure).toMatch(
      /^REGISTRATION_FAILED: the server registered a client with client_secret_basic and gave it no client_secret; /,
    )
    expect(seen).toEqual(['POST /register', 'DELETE /register/one'])
  })

  test('may register another method than was asked for', async () => {
    const { failure } = await attempt(() => ({
      status: 201,
      body: JSON.stringify({ client_id: 'one', client_secret: 's', token_endpoint_auth_method: 'tls_client_auth' }),
    }))
    expect(failure).toMatch(
      /^REGISTRATION_FAILED: the server was asked for client_secret_basic and registered tls_client_auth; /,
    )
  })

  test('may take no method that we know', async () => {
    expect((await attempt(() => ({ status: 201, body: '{}' }), ['tls_client_auth'])).failure).toMatch(
      /^REGISTRATION_FAILED: the server lists none of client_secret_basic, /,
    )
  })

  test('cannot send our DELETE to somebody else, and the client that stays is told', async () => {
    const victims: string[] = []
    await using victim = await serve(() => (request, response) => {
      victims.push(`${request.method} ${request.url}`)
      response.end()
    })
    await using server = await serve(() => (_, response) => {
      response.writeHead(201).end(
        JSON.stringify({
          client_id: 'one',
          client_secret: 's',
          registration_client_uri: `${victim.origin}/precious`,
          registration_access_token: 'token-of-one',
        }),
      )
    })
    const metadata = { issuer: server.origin, registration_endpoint: `${server.origin}/register` }
    const { clients, remove } = await registerClients(metadata, {}, newHttp())
    expect(clients).toHaveLength(2)
    expect(await remove()).toEqual(['one', 'one'])
    expect(victims).toEqual([])
  })

  test('may be gone when its clients are to be removed', async () => {
    const server = await serve((origin) => (_, response) => {
      response.writeHead(201).end(
        JSON.stringify({
          client_id: 'one',
          client_secret: 's',
          registration_client_uri: `${origin}/register/one`,
          registration_access_token: 'token-of-one',
        }),
      )
    })
    const { remove } = await registerClients(
      { issuer: server.origin, registration_endpoint: `${server.origin}/register` },
      {},
      newHttp(),
    )
    await server[Symbol.asyncDispose]()
    expect(await remove()).toEqual(['one', 'one'])
  })

  test('may never answer', async () => {
    await using server = await serve(() => () => undefined)
    const metadata = { issuer: server.origin, registration_endpoint: `${server.origin}/register` }
    expect(await failureOf(registerClients(metadata, {}, newHttp(200)), server.origin)).toBe(
      'REGISTRATION_FAILED: the server did not register a client with client_secret_basic: POST /register: no answer within 200 ms; name clients in the target file instead',
    )
  })
})
