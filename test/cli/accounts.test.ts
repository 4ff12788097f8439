import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { servedAccounts } from '../../cli/accounts.ts'
import { failureOf } from './screen.ts'

const environment = {
  ALICE_PASSWORD: 'of alice',
  BOB_PASSWORD: 'of bob',
  ASSAY_BASIC_SECRET: 'of basic',
  ASSAY_POST_SECRET: 'of post',
  ASSAY_MAC_SECRET: 'of mac',
}

/** Every secret by whom it belongs to. */
const secretsOf = ({ config }: ReturnType<typeof servedAccounts>) =>
  Object.fromEntries([
    ...config.users.map(({ username, password }) => [username, password]),
    ...config.clients.map(({ clientId, secret }) => [clientId, secret]),
  ])

describe('on loopback', () => {
  test('secrets are those of the environment', () => {
    expect(secretsOf(servedAccounts(environment, true))).toEqual({
      alice: 'of alice',
      bob: 'of bob',
      'assay-basic': 'of basic',
      'assay-post': 'of post',
      'assay-mac': 'of mac',
      'assay-public': undefined,
    })
  })

  test('secrets that are not set, or empty, are known to everybody', () => {
    expect(secretsOf(servedAccounts({ ALICE_PASSWORD: '' }, true))).toEqual({
      alice: 'alice',
      bob: 'bob',
      'assay-basic': 'assay-basic-secret',
      'assay-post': 'assay-post-secret',
      'assay-mac': 'assay-mac-secret-of-32-octets-or-more',
      'assay-public': undefined,
    })
  })

  test('clients authenticate in a way that the server knows', () => {
    const { config, told } = servedAccounts(environment, true, { authMethods: ['client_secret_post'] })
    expect(config.clients.map(({ clientId }) => clientId)).toEqual(['assay-post'])
    expect(new Map(told).get('clients')).toBe('assay-post, and any that registers itself')
  })
})

describe('elsewhere', () => {
  test('nobody exists whose secret is not set', () => {
    const { config, told } = servedAccounts({ BOB_PASSWORD: 'of bob', ASSAY_POST_SECRET: 'of post' }, false)
    expect(config.users.map(({ username }) => username)).toEqual(['bob'])
    expect(config.clients.map(({ clientId }) => clientId)).toEqual(['assay-post', 'assay-public'])
    expect(told.map(([, said]) => said).join('\n')).not.toContain('alice')
  })

  test('nobody at all, and how to change that', () => {
    const { config, told } = servedAccounts({}, false)
    expect(config.users).toEqual([])
    expect(told).toContainEqual(['people', 'none: set ALICE_PASSWORD and BOB_PASSWORD'])
  })
})

test('what is told holds no secret', () => {
  const told = JSON.stringify(servedAccounts(environment, true).told)
  for (const secret of Object.values(environment)) expect(told).not.toContain(secret)
})

describe('the client that signs', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'mine', alg: 'ES256' }

  test('exists where its key is set, and the server has its public half', () => {
    const { config } = servedAccounts({ ASSAY_JWT_KEY: JSON.stringify(jwk) }, false)
    const { kty, crv, x, y, kid, alg } = jwk as Readonly<Record<string, unknown>>
    expect(config.clients.find(({ clientId }) => clientId === 'assay-jwt')).toMatchObject({
      authMethod: 'private_key_jwt',
      keys: [{ kty, crv, x, y, kid, alg }],
    })
    expect(JSON.stringify(config)).not.toContain(String(jwk.d))
  })

  test('has a key that can be read', () => {
    for (const text of ['no JSON', '{}', '{"kty":"oct","k":"AAAA"}'])
      expect(failureOf(() => servedAccounts({ ASSAY_JWT_KEY: text }, true))).toBe(
        'USAGE: ASSAY_JWT_KEY is no private JWK in JSON; export an RSA or EC key as a JWK on one line, or unset the variable',
      )
  })
})
