import { createPublicKey, type JsonWebKey, type KeyObject, sign, verify } from 'node:crypto'
import type { SigningAlg, SigningKey } from './keys.ts'

export type Claims = Readonly<Record<string, unknown>>
export type JoseHeader = Readonly<Record<string, unknown>>

/** A signed JWT in compact form. Synchronous: with ES256 the signature costs less than the way to a thread and back. */
export function signJwt(header: JoseHeader, claims: Claims, key: SigningKey): string {
  const input = `${encodedHeader(header)}.${encodedPart(claims)}`
  return `${input}.${signatureOf(input, key)}`
}

/** Headers differ with the key and the type alone: what was encoded last is most often wanted next. */
let last = { json: '', encoded: '' }

function encodedHeader(header: JoseHeader): string {
  const json = JSON.stringify(header)
  if (json !== last.json) last = { json, encoded: Buffer.from(json).toString('base64url') }
  return last.encoded
}

const signatureOf = (input: string, key: SigningKey) =>
  sign(
    digestFor(key.alg),
    Buffer.from(input),
    key.alg === 'ES256' ? { key: key.privateKey, dsaEncoding: 'ieee-p1363' } : key.privateKey,
  ).toString('base64url')

/** What is hashed before it is signed; Ed25519 hashes by itself. */
export const digestFor = (alg: SigningAlg): 'sha256' | null => (alg === 'EdDSA' ? null : 'sha256')

export interface ParsedJwt {
  readonly header: JoseHeader
  readonly claims: Claims
  readonly input: string
  readonly signature: string
}

/** The parts of a compact JWT, nothing verified; `undefined` where it is none. */
export function parseJwt(token: string): ParsedJwt | undefined {
  const parts = token.split('.')
  const [header, claims, signature] = parts
  if (parts.length !== 3 || header === undefined || claims === undefined || signature === undefined) return undefined
  const parsed = [decodeObject(header), decodeObject(claims)] as const
  if (parsed[0] === undefined || parsed[1] === undefined) return undefined
  return { header: parsed[0], claims: parsed[1], input: `${header}.${claims}`, signature }
}

/** Whether the signature is right for this key and this algorithm. The algorithm is the verifier's choice, never the token's. */
export function signatureIsRight(jwt: ParsedJwt, jwk: JsonWebKey, alg: SigningAlg): boolean {
  if (!/^[\w-]+$/.test(jwt.signature)) return false
  if (jwk.kty !== keyTypes[alg]) return false
  const key = publicKeyOf(jwk)
  const options = alg === 'ES256' ? ({ key, dsaEncoding: 'ieee-p1363' } as const) : key
  return verify(digestFor(alg), Buffer.from(jwt.input), options, Buffer.from(jwt.signature, 'base64url'))
}

const keyTypes: Readonly<Record<SigningAlg, string>> = { RS256: 'RSA', ES256: 'EC', EdDSA: 'OKP' }

/** Keys of clients that were seen before: to read one takes as long as to verify with it. */
const publicKeys = new WeakMap<JsonWebKey, KeyObject>()

function publicKeyOf(jwk: JsonWebKey): KeyObject {
  const known = publicKeys.get(jwk)
  if (known !== undefined) return known
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  publicKeys.set(jwk, key)
  return key
}

/** A part of a JWT. */
export const encodedPart = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function decodeObject(part: string): Claims | undefined {
  if (!/^[\w-]+$/.test(part)) return undefined
  try {
    const value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Claims) : undefined
  } catch {
    return undefined
  }
}
