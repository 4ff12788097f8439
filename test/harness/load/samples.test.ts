import { createHmac } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { type SampleKind, sampleVerifier } from '../../../harness/load/samples.ts'
import { targetAt } from '../runner/units.ts'
import { serve, serveJson } from '../target/serve.ts'

type Pair = Awaited<ReturnType<typeof generateKeyPair>>

const jwkOf = async ({ publicKey }: Pair, more: Partial<JWK> = {}): Promise<JWK> => ({
  ...(await exportJWK(publicKey)),
  ...more,
})

const signed = async (
  { privateKey }: Pair,
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>> = {},
) => await new SignJWT({ ...claims }).setProtectedHeader({ alg: 'ES256', ...header }).sign(privateKey)

const soon = () => Math.floor(Date.now() / 1000) + 60

/** Judges tokens against a server that publishes these keys. */
async function judged(
  keys: readonly JWK[],
  tokensOf: (issuer: string) => Promise<readonly (readonly [SampleKind, string])[]>,
) {
  await using server = await serveJson(() => ({ '/jwks': { keys } }))
  const target = targetAt(server.origin, { metadata: { issuer: server.origin, jwks_uri: `${server.origin}/jwks` } })
  const verifier = sampleVerifier(target)
  for (const [kind, token] of await tokensOf(server.origin)) verifier.take(kind, token)
  return await verifier.judge()
}

describe('samples', () => {
  test('that are right are verified, whichever key without a kid signed them', async () => {
    const [one, two] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')]
    const verdict = await judged([await jwkOf(one), await jwkOf(two)], async (iss) => [
      ['access_token', await signed(one, { iss, exp: soon() })],
      ['id_token', await signed(two, { iss, exp: soon(), nonce: 'n' })],
    ])
    expect(verdict).toEqual({ verified: 2, rejected: 0, problems: [], signatures: { observed: 1, broken: 0 } })
  })

  test('that were right when they were taken are right, though they have expired since', async () => {
    const key = await generateKeyPair('ES256')
    const keys = { keys: [await jwkOf(key)] }
    const anHourAgo = new Date(Date.now() - 3_600_000)
    await using server = await serveJson(() => ({ '/jwks': keys }))
    const target = targetAt(server.origin, { metadata: { issuer: server.origin, jwks_uri: `${server.origin}/jwks` } })
    const verifier = sampleVerifier(target)
    const token = await signed(key, { iss: server.origin, exp: Math.floor(anHourAgo.getTime() / 1000) + 60 })
    verifier.take('id_token', token, anHourAgo)
    expect(await verifier.judge()).toMatchObject({ verified: 1, rejected: 0, problems: [] })
  })

  test('that are wrong are rejected, each counted, each flaw told once', async () => {
    const [own, foreign] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')]
    const verdict = await judged([await jwkOf(own)], async (iss) => [
      ['access_token', await signed(foreign, { iss, exp: soon(), jti: '1' })],
      ['access_token', await signed(foreign, { iss, exp: soon(), jti: '2' })],
      ['id_token', await signed(own, { iss: 'https://evil.example', exp: soon() })],
      ['id_token', await signed(own, { iss, exp: soon() - 3600 })],
      ['id_token', new UnsecuredJWT({ iss, exp: soon() }).encode()],
      ['id_token', 'not a token'],
      ['access_token', await signed(own, { iss, exp: soon() })],
    ])
    expect(verdict).toEqual({
      verified: 1,
      rejected: 6,
      problems: [
        'a sampled access_token is not valid: signature verification failed',
        'a sampled id_token is not valid: unexpected "iss" claim value',
        'a sampled id_token is not valid: "exp" claim timestamp check failed',
        'a sampled id_token is not valid: "alg" (Algorithm) Header Parameter value not allowed',
        'a sampled id_token is not valid: Invalid Compact JWS',
      ],
      // Of the ID tokens only the unsecured one has a signature that is nobody's.
      signatures: { observed: 4, broken: 1 },
    })
  })

  test('that none of several keys verifies are rejected', async () => {
    const [one, two, foreign] = [
      await generateKeyPair('ES256'),
      await generateKeyPair('ES256'),
      await generateKeyPair('ES256'),
    ]
    const verdict = await judged([await jwkOf(one), await jwkOf(two)], async (iss) => [
      ['id_token', await signed(foreign, { iss, exp: soon() })],
    ])
    expect(verdict).toMatchObject({
      rejected: 1,
      problems: ['a sampled id_token is not valid: none of the keys verifies its signature'],
      signatures: { observed: 1, broken: 1 },
    })
  })

  test('that one of several keys verifies are rejected for what else is wrong with them', async () => {
    const [one, two] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')]
    const verdict = await judged([await jwkOf(one), await jwkOf(two)], async () => [
      ['id_token', await signed(two, { iss: 'https://evil.example', exp: soon() })],
    ])
    expect(verdict).toMatchObject({
      rejected: 1,
      problems: ['a sampled id_token is not valid: unexpected "iss" claim value'],
      signatures: { observed: 1, broken: 0 },
    })
  })

  test('that nobody but the server can read are neither', async () => {
    const input = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}`
    const verdict = await judged([], async () => [
      ['access_token', 'opaque'],
      ['access_token', 'a.b.c'],
      ['access_token', `${input}.${createHmac('sha256', 'k').update(input).digest('base64url')}`],
    ])
    expect(verdict).toMatchObject({ verified: 0, rejected: 0, problems: [], signatures: { observed: 0 } })
  })

  test('that are the same are one too many', async () => {
    const verdict = await judged([], async () => [
      ['access_token', 'opaque'],
      ['access_token', 'another'],
      ['access_token', 'opaque'],
    ])
    expect(verdict).toMatchObject({ verified: 0, rejected: 1, problems: ['two sampled access_tokens are the same'] })
  })

  test('beyond the first 2000 are not kept', async () => {
    const many = Array.from({ length: 2100 }, (_, at) => ['access_token', at < 2000 ? `${at}` : 'same'] as const)
    expect(await judged([], async () => many)).toMatchObject({ verified: 0, rejected: 0, problems: [] })
  })
})

describe('keys that cannot be had are no fault of the tokens', () => {
  const takenAt = async (jwksUri: unknown) => {
    const key = await generateKeyPair('ES256')
    const issuer = 'http://127.0.0.1:1'
    const verifier = sampleVerifier(targetAt(issuer, { metadata: { issuer, jwks_uri: jwksUri } }))
    for (const jti of ['1', '2', '3']) verifier.take('id_token', await signed(key, { iss: issuer, exp: soon(), jti }))
    return await verifier.judge()
  }

  test.each<[unknown, string]>([
    [undefined, 'the metadata has no jwks_uri to verify them with'],
    ['nonsense', 'the metadata has no jwks_uri to verify them with'],
    ['http://127.0.0.1:1/jwks', 'the keys at jwks_uri cannot be had: GET /jwks: the connection was refused'],
  ])('%s', async (jwksUri, why) => {
    expect(await takenAt(jwksUri)).toEqual({
      verified: 0,
      rejected: 0,
      signatures: { observed: 0, broken: 0 },
      problems: [`the sampled tokens were not verified: ${why}`],
    })
  })

  test('and are asked for once', async () => {
    let asked = 0
    await using server = await serve(() => (_, response) => {
      asked += 1
      response.writeHead(500).end()
    })
    expect((await takenAt(`${server.origin}/jwks`)).problems).toHaveLength(1)
    expect(asked).toBe(1)
  })

  test('nor asked for where there is nothing to verify', async () => {
    const verifier = sampleVerifier(targetAt('http://127.0.0.1:1'))
    verifier.take('access_token', 'opaque')
    expect(await verifier.judge()).toMatchObject({ verified: 0, rejected: 0, problems: [] })
  })
})
