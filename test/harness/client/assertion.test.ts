import { decodeProtectedHeader, exportJWK, generateKeyPair, type JWK, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { signedAssertion, signingAlgorithmOf } from '../../../harness/client/assertion.ts'
import { Untestable } from '../../../harness/error.ts'
import { Secret } from '../../../harness/target/secret.ts'
import type { ClientAccount } from '../../../harness/target/target.ts'
import { targetAt } from '../runner/units.ts'

const issuer = 'https://as.example'

const account: ClientAccount = {
  client_id: 'app',
  token_endpoint_auth_method: 'private_key_jwt',
  redirect_uris: [],
  grant_types: ['client_credentials'],
}

const clientWith = (key: JWK) => ({
  account: { ...account, private_key: new Secret(JSON.stringify(key)) },
  target: targetAt(issuer),
  now: Date.now,
})

describe('a client assertion', () => {
  test.each<readonly [string, Partial<JWK>]>([
    ['RS256', {}],
    ['PS512', { alg: 'PS512' }],
    ['ES256', {}],
    ['ES384', { kid: 'own' }],
    ['ES512', {}],
    ['EdDSA', {}],
  ])('is signed by %s where the key says so, or is of that kind', async (alg, said) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
    const { alg: _, ...bare } = await exportJWK(privateKey)
    const key = { ...bare, ...said }
    expect(signingAlgorithmOf(key)).toBe(alg)

    const { payload, protectedHeader } = await jwtVerify(await signedAssertion(clientWith(key), {}), publicKey)
    expect(protectedHeader).toEqual({ alg, ...(said.kid !== undefined && { kid: said.kid }) })
    expect(payload).toMatchObject({ iss: 'app', sub: 'app', aud: issuer, jti: expect.any(String) })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60)
  })

  test.each(['HS256', 'HS384', 'HS512'] as const)('has a MAC by %s where a secret is shared', async (macAlg) => {
    const secret = 'a secret of more than sixty-four octets, in which there are öctets that are two'
    const sharing = {
      ...account,
      token_endpoint_auth_method: 'client_secret_jwt',
      client_secret: new Secret(secret),
    } as const
    const client = { account: sharing, target: targetAt(issuer), now: Date.now }

    const assertion = await signedAssertion(client, { macAlg })
    const { payload, protectedHeader } = await jwtVerify(assertion, new TextEncoder().encode(secret))
    expect(protectedHeader).toEqual({ alg: macAlg })
    expect(payload).toMatchObject({ iss: 'app', sub: 'app', aud: issuer, jti: expect.any(String) })
    const unless = { ...client, account: { ...sharing, token_endpoint_auth_signing_alg: macAlg } }
    expect(decodeProtectedHeader(await signedAssertion(unless, {}))).toEqual({ alg: macAlg })
    expect(decodeProtectedHeader(await signedAssertion(client, {}))).toEqual({ alg: 'HS256' })
  })

  test('cannot be had of a client without a key', async () => {
    const keyless = { account, target: targetAt(issuer), now: Date.now }
    await expect(signedAssertion(keyless, {})).rejects.toThrow(Untestable)
  })
})
