import { createHmac } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import type { TokenKind } from '../../../core/told.ts'
import { type OnJudged, type SampleVerdict, sampleVerifier } from '../../../harness/load/samples.ts'
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
  tokensOf: (issuer: string) => Promise<readonly (readonly [TokenKind, string])[]>,
) {
  await using server = await serveJson(() => ({ '/jwks': { keys } }))
  const target = targetAt(server.origin, { metadata: { issuer: server.origin, jwks_uri: `${server.origin}/jwks` } })
  const verifier = sampleVerifier(target)
  for (const [kind, token] of await tokensOf(server.origin)) verifier.take('tale', { kind, token, at: Date.now() })
  return told(await verifier.judge())
}

/** A verdict, with what was found of the signatures of the ID tokens of the story. */
const told = ({ signatures, ...verdict }: SampleVerdict) => ({ ...verdict, signatures: signatures('tale', 'id_token') })

describe('samples', () => {
  test('that are right are verified, whichever key without a kid signed them', async () => {
    const [one, two] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')]
    const verdict = await judged([await jwkOf(one), await jwkOf(two)], async (iss) => [
      ['access_token', await signed(one, { iss, exp: soon() })],
      ['id_token', await signed(two, { iss, exp: soon(), nonce: 'n' })],
    ])
    expect(verdict).toEqual({ verified: 2, rejected: 0, problems: [], signatures: { observed: 1, broken: 0 } })
  })

  test('are counted for the story and the kind that they are of, each told once it is judged', async () => {
    const key = await generateKeyPair('ES256')
    const keys = [await jwkOf(key)]
    await using server = await serveJson(() => ({ '/jwks': { keys } }))
    const target = targetAt(server.origin, { metadata: { issuer: server.origin, jwks_uri: `${server.origin}/jwks` } })
    const judgedOnes: Parameters<OnJudged>[] = []
    const verifier = sampleVerifier(target, (...one) => void judgedOnes.push(one))
    const token = await signed(key, { iss: server.origin, exp: soon() })
    verifier.take('one', { kind: 'id_token', token, at: Date.now() })
    verifier.take('other', { kind: 'access_token', token, at: Date.now() })
    verifier.take('other', { kind: 'access_token', token: new UnsecuredJWT({}).encode(), at: Date.now() })
    const { signatures } = await verifier.judge()
    expect(signatures('one', 'id_token')).toEqual({ observed: 1, broken: 0 })
    expect(signatures('other', 'access_token')).toEqual({ observed: 2, broken: 1 })
    expect(signatures('other', 'id_token')).toEqual({ observed: 0, broken: 0 })
    expect(judgedOnes).toEqual([
      ['id_token', true],
      ['access_token', true],
      ['access_token', false],
    ])
  })

  test.each<readonly [string, (key: JWK, kid: string) => JWK, (before: JWK, next: JWK) => readonly JWK[]]>([
    ['published beside another', (key, kid) => ({ ...key, kid }), (before, next) => [before, next]],
    ['put in the place of another, and neither has a name', (key) => key, (_, next) => [next]],
  ])('are verified by a key that was meanwhile %s', async (_, named, published) => {
    const [first, next] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')]
    const [before, after] = [named(await jwkOf(first), 'first'), named(await jwkOf(next), 'next')]
    let keys: readonly JWK[] = [before]
    await using server = await serveJson(() => ({ '/jwks': { keys } }))
    const target = targetAt(server.origin, { metadata: { issuer: server.origin, jwks_uri: `${server.origin}/jwks` } })
    const verifier = sampleVerifier(target)
    const take = async (key: Pair, { kid }: JWK) => {
      const token = await signed(key, { iss: server.origin, exp: soon() }, kid === undefined ? {} : { kid })
      verifier.take('tale', { kind: 'id_token', token, at: Date.now() })
      return told(await verifier.judge())
    }
    expect(await take(first, before)).toMatchObject({ verified: 1, rejected: 0 })
    keys = published(before, after)
    expect(await take(next, after)).toMatchObject({ verified: 2, rejected: 0 })
    expect(await take(await generateKeyPair('ES256'), named({}, 'of nobody'))).toMatchObject({
      rejected: 1,
      signatures: { observed: 3, broken: 1 },
    })
  })

  test('that were right when they were taken are right, though they have expired since', async () => {
    const key = await generateKeyPair('ES256')
    const keys = { keys: [await jwkOf(key)] }
    const anHourAgo = new Date(Date.now() - 3_600_000)
    await using server = await serveJson(() => ({ '/jwks': keys }))
    const target = targetAt(server.origin, { metadata: { issuer: server.origin, jwks_uri: `${server.origin}/jwks` } })
    const verifier = sampleVerifier(target)
    const token = await signed(key, { iss: server.origin, exp: Math.floor(anHourAgo.getTime() / 1000) + 60 })
    verifier.take('tale', { kind: 'id_token', token, at: anHourAgo.getTime() })
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

  test('are left out where more come than can be verified meanwhile', async () => {
    const many = Array.from({ length: 2100 }, () => ['id_token', 'not a token'] as const)
    const { rejected, problems } = await judged([], async () => many)
    expect(rejected).toBeGreaterThanOrEqual(2000)
    expect(rejected).toBeLessThan(2100)
    expect(problems).toHaveLength(1)
  })

  test.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['a list', []],
    ['keys that are none', { keys: [null, 7, {}, { kty: 'EC' }, { kty: 'EC', crv: 'P-256', x: '', y: '' }] }],
    ['a key set of its own making', { keys: { alg: 'ES256' } }],
  ])('are judged where the key set is %s', async (_, document) => {
    const key = await generateKeyPair('ES256')
    await using server = await serveJson(() => ({ '/jwks': document }))
    const target = targetAt(server.origin, { metadata: { issuer: server.origin, jwks_uri: `${server.origin}/jwks` } })
    const verifier = sampleVerifier(target)
    const token = await signed(key, { iss: server.origin, exp: soon() })
    verifier.take('tale', { kind: 'id_token', token, at: Date.now() })
    const { verified, problems } = await verifier.judge()
    expect([verified, problems.length]).toEqual([0, 1])
  })
})

describe('keys that cannot be had are no fault of the tokens', () => {
  const takenAt = async (jwksUri: unknown) => {
    const key = await generateKeyPair('ES256')
    const issuer = 'http://127.0.0.1:1'
    const verifier = sampleVerifier(targetAt(issuer, { metadata: { issuer, jwks_uri: jwksUri } }))
    for (const jti of ['1', '2', '3']) {
      const token = await signed(key, { iss: issuer, exp: soon(), jti })
      verifier.take('tale', { kind: 'id_token', token, at: Date.now() })
    }
    return told(await verifier.judge())
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
    verifier.take('tale', { kind: 'access_token', token: 'opaque', at: Date.now() })
    expect(await verifier.judge()).toMatchObject({ verified: 0, rejected: 0, problems: [] })
  })
})
