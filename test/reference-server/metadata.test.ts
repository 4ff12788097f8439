import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { basicCredentials } from '../../core/wire/basic.ts'
import type { Config } from '../../reference-server/config.ts'
import { exampleAccounts } from '../../reference-server/example.ts'
import { createServer } from '../../reference-server/server.ts'

const origin = 'https://as.example'
const accounts = exampleAccounts().config

/** The server as a function, and its document. */
async function served(config: Partial<Config> = {}) {
  const server = await createServer({ origin, config: { ...accounts, ...config } })
  const ask = async (path: string, init: RequestInit = {}) =>
    await server.fetch(new Request(path.startsWith('/') ? origin + path : path, init))
  const text = await (await ask('/.well-known/oauth-authorization-server')).text()
  return { ask, text, metadata: JSON.parse(text) as Readonly<Record<string, unknown>> }
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }

const basic = (id: string) => {
  const secret = accounts.clients.find(({ clientId }) => clientId === id)?.secret ?? ''
  return { authorization: basicCredentials(id, secret, (text) => Buffer.from(text, 'latin1').toString('base64')) }
}

const errorOf = async (response: Response) => ((await response.json()) as { error?: string }).error

describe('the metadata promise what the endpoints do', () => {
  const grantTypes = ['authorization_code', 'client_credentials', 'refresh_token'] as const

  test.each([[grantTypes], [['authorization_code']], [['client_credentials', 'refresh_token']]] as const)(
    'grants: %j',
    async (offered) => {
      const { ask, metadata } = await served({ grantTypes: offered })
      expect(metadata['grant_types_supported']).toEqual(offered)
      for (const grant of grantTypes) {
        const body = `grant_type=${grant}`
        const answer = await ask('/token', { method: 'POST', headers: { ...form, ...basic('basic client') }, body })
        const isKnown = answer.status === 200 || (await errorOf(answer)) !== 'unsupported_grant_type'
        expect([grant, isKnown]).toEqual([grant, offered.some((one) => one === grant)])
      }
    },
  )

  test('response types: those of the grants that begin at the authorization endpoint', async () => {
    expect((await served()).metadata['response_types_supported']).toEqual(['code'])
    expect((await served({ grantTypes: ['authorization_code', 'implicit'] })).metadata).toMatchObject({
      response_types_supported: ['code', 'token'],
    })
  })

  test.each([[['client_secret_basic', 'none']], [['private_key_jwt']], [['client_secret_post']]] as const)(
    'client authentication: %j',
    async (authMethods) => {
      const { ask, metadata } = await served({ authMethods })
      const signs = authMethods.some((one) => one === 'private_key_jwt')
      for (const endpoint of ['token', 'revocation', 'introspection']) {
        const listed = authMethods.filter((one) => endpoint !== 'introspection' || one !== 'none')
        expect(metadata[`${endpoint}_endpoint_auth_methods_supported`], endpoint).toEqual(listed)
        expect(metadata[`${endpoint}_endpoint_auth_signing_alg_values_supported`] !== undefined, endpoint).toBe(signs)
      }
      const takesBasic = authMethods.some((one) => one === 'client_secret_basic')
      for (const path of ['/token', '/revoke', '/introspect']) {
        const body = 'grant_type=client_credentials&token=none'
        const answer = await ask(path, { method: 'POST', headers: { ...form, ...basic('basic client') }, body })
        expect([path, answer.status]).toEqual([path, takesBasic ? 200 : 401])
      }
      const registration = await ask('/register', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          redirect_uris: ['https://rp.example/callback'],
          token_endpoint_auth_method: 'client_secret_basic',
        }),
      })
      expect(registration.status).toBe(takesBasic ? 201 : 400)
    },
  )

  test.each([
    ['registration', '/register', 'registration_endpoint'],
    ['introspection', '/introspect', 'introspection_endpoint'],
    ['revocation', '/revoke', 'revocation_endpoint'],
  ])('%s where it is on, and not where it is off', async (name, path, member) => {
    const on = await served()
    expect(on.metadata[member]).toBe(origin + path)
    expect((await on.ask(path, { method: 'POST' })).status).not.toBe(404)
    const off = await served({ [name]: false })
    expect(off.text).not.toContain(name)
    expect((await off.ask(path, { method: 'POST' })).status).toBe(404)
  })

  test('endpoints: each is somewhere, under the issuer', async () => {
    for (const issuerPath of ['', '/tenants/one', '/']) {
      const server = await createServer({ origin, config: { issuerPath } })
      const place = `${origin}/.well-known/oauth-authorization-server${issuerPath.replace(/\/$/, '')}`
      const metadata = (await (await server.fetch(new Request(place))).json()) as Record<string, string>
      const urls = Object.entries(metadata).filter(([member]) => /_endpoint$|^jwks_uri$/.test(member))
      expect(urls.length).toBe(7)
      for (const [member, url] of urls) {
        const { status, headers } = await server.fetch(new Request(url, { method: 'OPTIONS' }))
        expect([member, status, headers.has('allow')]).toEqual([member, 204, true])
      }
    }
  })

  test('scopes and claims: those that are configured', async () => {
    const { metadata } = await served({ scopes: ['openid', 'email'] })
    expect(metadata['scopes_supported']).toEqual(['openid', 'email'])
    expect(metadata['claims_supported']).toEqual(['sub', 'auth_time', 'email', 'email_verified'])
  })

  test('PKCE methods: plain where it is on', async () => {
    for (const plainPkce of [false, true])
      expect((await served({ plainPkce })).metadata['code_challenge_methods_supported']).toEqual(
        plainPkce ? ['S256', 'plain'] : ['S256'],
      )
  })
})

test('both documents hold the same, may be kept for a while unlike the keys, and do not change with who asks', async () => {
  const { ask, text } = await served()
  for (const place of ['oauth-authorization-server', 'openid-configuration']) {
    const answer = await ask(`/.well-known/${place}`, { headers: { 'x-forwarded-host': 'attacker.example' } })
    expect(answer.headers.get('cache-control')).toBe('public, max-age=60')
    expect(await answer.text()).toBe(text)
  }
  expect((await ask('/jwks')).headers.get('cache-control')).toBe('no-cache')
})

describe('signed metadata', () => {
  test('are not there unless the operator wants them', async () => {
    expect((await served()).metadata).not.toHaveProperty('signed_metadata')
  })

  test('say the same as what stands beside them, by a key that is published', async () => {
    const { ask, metadata } = await served({ signedMetadata: true })
    const { signed_metadata: signed, ...plain } = metadata
    const keys = createLocalJWKSet((await (await ask('/jwks')).json()) as JSONWebKeySet)
    const { payload } = await jwtVerify(String(signed), keys, { issuer: origin })
    expect(payload).toEqual({ iss: origin, ...plain })
  })
})
