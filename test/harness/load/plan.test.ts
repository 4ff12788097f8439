import { describe, expect, test } from 'vitest'
import { steady } from '../../../core/story.ts'
import { HarnessError } from '../../../harness/error.ts'
import { assertTellable, isFastInEngine, loadClients, planFor } from '../../../harness/load/plan.ts'
import { Secret } from '../../../harness/target/secret.ts'
import type { ClientAccount } from '../../../harness/target/target.ts'
import { clientSecret, targetAt } from '../runner/units.ts'

type Method = ClientAccount['token_endpoint_auth_method']

const account = (
  id: string,
  method: Method,
  grants: readonly string[],
  more: Partial<ClientAccount> = {},
): ClientAccount => ({
  client_id: id,
  token_endpoint_auth_method: method,
  redirect_uris: [`https://rp.example/${id}`],
  grant_types: grants,
  ...(method.startsWith('client_secret') && { client_secret: new Secret(clientSecret) }),
  ...more,
})

const keyOf = (jwk: object) => ({ private_key: new Secret(JSON.stringify(jwk)) })
const fastKey = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'a private part' }
const slowKey = { kty: 'RSA', n: 'n', e: 'AQAB', d: 'another private part' }

const issuer = 'https://as.example'
const options = { scenarios: [steady('tale', 1, 1, 1)], share: { index: 0, of: 1 }, companion: 'http://127.0.0.1:1/x' }

const planOf = (clients: readonly ClientAccount[]) => planFor(targetAt(issuer, { clients }), options)

describe('the clients of a load', () => {
  test('are the one with a secret and the most grants, an app without one, and one service for each method', () => {
    const clients = [
      account('app', 'none', ['authorization_code', 'refresh_token']),
      account('small', 'client_secret_basic', ['client_credentials']),
      account('large', 'client_secret_post', ['client_credentials', 'authorization_code']),
      account('another', 'client_secret_post', ['client_credentials']),
      account('keyed', 'private_key_jwt', ['client_credentials'], keyOf(fastKey)),
    ]
    const { service, app, services } = loadClients({ clients })
    expect([service?.client_id, app?.client_id]).toEqual(['large', 'app'])
    expect(new Map(services.map((one) => [one.client_id, one.token_endpoint_auth_method]))).toEqual(
      new Map([
        ['keyed', 'private_key_jwt'],
        ['large', 'client_secret_post'],
        ['small', 'client_secret_basic'],
      ]),
    )
  })

  test('are no app that cannot sign people in and refresh, and no service without the grant', () => {
    const { app, services } = loadClients({
      clients: [
        account('spa', 'none', ['authorization_code']),
        account('own', 'client_secret_basic', ['authorization_code']),
        account('web', 'client_secret_post', []),
      ],
    })
    expect(app).toBeUndefined()
    expect(services.map(({ client_id: id }) => id)).toEqual(['own'])
  })

  test('must be there where a client tells the story', () => {
    const target = targetAt(issuer, { clients: [account('app', 'none', ['authorization_code'])] })
    expect(() => assertTellable(target, [{ needs: ['client_credentials'] }])).toThrow(HarnessError)
    expect(() => assertTellable(target, [{ needs: ['saml_idp'] }])).not.toThrow()
    expect(() => assertTellable(target, [])).not.toThrow()
    expect(() => assertTellable(targetAt(issuer), [{ needs: ['client_credentials'] }])).not.toThrow()
  })
})

describe('a plan', () => {
  test('says of each client how it authenticates, and for whom', () => {
    const { client, services, publicClient } = planOf([
      account('own', 'client_secret_basic', ['client_credentials', 'authorization_code', 'refresh_token']),
      account('keyed', 'private_key_jwt', ['client_credentials'], {
        ...keyOf(fastKey),
        assertion_audience: `${issuer}/token`,
      }),
      account('app', 'none', ['authorization_code', 'refresh_token']),
      account('sharing', 'client_secret_jwt', ['client_credentials'], { token_endpoint_auth_signing_alg: 'HS512' }),
    ])
    expect(services[2]).toMatchObject({ client_id: 'sharing', method: 'client_secret_jwt', mac_alg: 'HS512' })
    expect(client).toMatchObject({
      client_id: 'own',
      client_secret: clientSecret,
      method: 'client_secret_basic',
      audience: issuer,
    })
    expect(services[1]).toMatchObject({
      client_id: 'keyed',
      client_secret: '',
      method: 'private_key_jwt',
      audience: `${issuer}/token`,
      private_key: fastKey,
    })
    expect(publicClient).toMatchObject({ client_id: 'app', method: 'none', redirect_uri: 'https://rp.example/app' })
  })

  test('has no private key that k6 could not sign with', () => {
    const own = account('own', 'client_secret_basic', ['client_credentials', 'authorization_code'])
    const plan = planOf([own, account('keyed', 'private_key_jwt', ['client_credentials'], keyOf(slowKey))])
    expect(plan.services.map(({ client_id: id }) => id)).toEqual(['own', 'keyed'])
    expect(JSON.stringify(plan)).not.toContain('another private part')
    expect([isFastInEngine(fastKey as never), isFastInEngine({ kty: 'EC', crv: 'P-384' })]).toEqual([true, false])
  })

  test('has the endpoints that the metadata name, and the people', () => {
    const target = targetAt(issuer, {
      metadata: { issuer, token_endpoint: `${issuer}/t`, jwks_uri: `${issuer}/keys`, introspection_endpoint: 7 },
      users: [{ username: 'alice', password: new Secret('pass'), sub: 'a' }],
    })
    const { endpoints, users, skew, openid } = planFor(target, { ...options, skew: 0.8 })
    expect(endpoints).toMatchObject({
      token: `${issuer}/t`,
      jwks: `${issuer}/keys`,
      introspection: '',
      authorization: '',
      metadata: target.metadataUrl,
    })
    expect(users).toEqual([{ username: 'alice', password: 'pass', sub: 'a' }])
    expect([skew, openid]).toEqual([0.8, false])
    expect(planFor(target, options).skew).toBe(0)
  })

  test('is what its process does, where it stands and whom it tells', () => {
    const hosts = { 'as.example:443': '127.0.0.1:1' }
    const share = { index: 1, of: 3, region: 'north' }
    expect(planFor(targetAt(issuer), { ...options, share, hosts })).toMatchObject({ ...options, share, hosts })
    expect(planFor(targetAt(issuer), options)).not.toHaveProperty('hosts')
  })
})
