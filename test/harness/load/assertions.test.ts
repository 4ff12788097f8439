import { exportJWK, generateKeyPair, type JWK, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { assertionPool, assertionPools } from '../../../harness/load/assertions.ts'
import { Secret } from '../../../harness/target/secret.ts'
import type { ClientAccount } from '../../../harness/target/target.ts'
import { clientSecret, targetAt } from '../runner/units.ts'

const issuer = 'https://as.example'

const accountOf = (key: JWK, more: Partial<ClientAccount> = {}): ClientAccount => ({
  client_id: 'a/client',
  token_endpoint_auth_method: 'private_key_jwt',
  private_key: new Secret(JSON.stringify(key)),
  redirect_uris: [],
  grant_types: ['client_credentials'],
  ...more,
})

const secretKeeper: ClientAccount = {
  client_id: 'keeper',
  client_secret: new Secret(clientSecret),
  token_endpoint_auth_method: 'client_secret_basic',
  redirect_uris: [],
  grant_types: ['client_credentials'],
}

/** A key as a target file holds it, and what verifies what it has signed. */
async function pair(alg: string, more: Partial<JWK> = {}, options: Parameters<typeof generateKeyPair>[1] = {}) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, ...options })
  return { key: { ...(await exportJWK(privateKey)), ...more }, publicKey }
}

describe.each<readonly [string, string, Partial<JWK>]>([
  ['an RSA key', 'RS256', {}],
  ['an RSA key for PS384', 'PS384', { alg: 'PS384' }],
  ['an Ed25519 key', 'EdDSA', {}],
  ['a P-384 key', 'ES384', {}],
  ['a P-521 key', 'ES512', { kid: 'the key' }],
  ['a P-256 key', 'ES256', { alg: 'ES256', kid: 'own' }],
])('assertions by %s', (_, alg, more) => {
  test('verify, are for this client at this server, and good for a while', async () => {
    const { key, publicKey } = await pair(alg, more)
    const pool = assertionPool(accountOf(key), key, targetAt(issuer))
    const before = Math.floor(Date.now() / 1000)
    const [assertion = ''] = await pool.take(1)
    const { payload, protectedHeader } = await jwtVerify(assertion, publicKey, { audience: issuer })

    expect(protectedHeader).toEqual({ alg, ...(more.kid !== undefined && { kid: more.kid }) })
    expect(payload).toMatchObject({ iss: 'a/client', sub: 'a/client', aud: issuer, jti: expect.any(String) })
    expect(payload.iat).toBeGreaterThanOrEqual(before)
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(120)
  })

  test('are each given away once, and none has the jti of another', async () => {
    const { key, publicKey } = await pair(alg, more)
    const pool = assertionPool(accountOf(key), key, targetAt(issuer))
    await pool.fill(5)
    const taken = (await Promise.all([pool.take(3), pool.take(4), pool.take(1)])).flat()
    expect(taken).toHaveLength(8)
    const ids = await Promise.all(taken.map(async (one) => (await jwtVerify(one, publicKey)).payload.jti))
    expect(new Set(ids).size).toBe(8)
  })
})

test('an assertion is for whom the target file says', async () => {
  const { key, publicKey } = await pair('ES384')
  const account = accountOf(key, { assertion_audience: 'https://as.example/token' })
  const [assertion = ''] = await assertionPool(account, key, targetAt(issuer)).take(1)
  expect((await jwtVerify(assertion, publicKey)).payload.aud).toBe('https://as.example/token')
})

test('there are pools for those clients whose keys k6 cannot sign with fast enough', async () => {
  const [slow, fast] = [await pair('EdDSA'), await pair('ES256')]
  const clients = (account: ClientAccount) => targetAt(issuer, { clients: [secretKeeper, account] })
  expect([...assertionPools(clients(accountOf(slow.key))).keys()]).toEqual(['assertions/a%2Fclient'])
  expect([...assertionPools(clients(accountOf(fast.key))).keys()]).toEqual([])
  expect([...assertionPools(targetAt(issuer, { clients: [] })).keys()]).toEqual([])
})
