import { createHash } from 'node:crypto'
import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK, type JWK, type JWTPayload } from 'jose'
import { objectOf } from '../harness/client/http.ts'
import { nestsDeeper } from '../harness/client/json-members.ts'
import type { ProtocolClient, Tokens } from '../harness/client/protocol-client.ts'
import { Untestable } from '../harness/error.ts'

/** An ID token as it came; nothing of it is verified. */
export interface IdToken {
  readonly token: string
  readonly header: { readonly alg?: string; readonly kid?: string }
  /** Every claim with whatever type it has. */
  readonly claims: Readonly<Record<keyof JWTPayload, unknown>>
}

/** The ID token of a grant; without one that can be read the unit cannot judge. */
export function idTokenOf({ idToken }: Pick<Tokens, 'idToken'>): IdToken {
  if (idToken === undefined) throw new Untestable('no ID token came with the tokens')
  const jwt = readJwt(idToken)
  if (jwt === undefined)
    throw new Untestable('the ID token cannot be read; register the client for one that is not encrypted')
  return jwt
}

/** The parts of any JWT, nothing verified; `undefined` for what is none, is encrypted, or nests too deep to be read. */
export function readJwt(token: string): IdToken | undefined {
  if (token.split('.', 2).some((part) => nestsDeeper(Buffer.from(part, 'base64url').toString()))) return undefined
  try {
    const { alg, kid, ...others } = decodeProtectedHeader(token)
    const texts = { ...(typeof alg === 'string' && { alg }), ...(typeof kid === 'string' && { kid }) }
    return { token, header: { ...others, ...texts }, claims: decodeJwt(token) }
  } catch {
    return undefined
  }
}

/** Which key verifies a token: the one that its header names, another of the key set, or none. */
export type VerifiedBy = 'named' | 'another' | 'none'

/** Tries the keys that the provider publishes; a MAC is tried with the client's secret (OpenID Connect Core §10.1). */
export async function verifyWithPublishedKeys(
  client: ProtocolClient,
  { token, header }: IdToken,
): Promise<{ readonly by: VerifiedBy; readonly keys: number; readonly right: readonly JWK[] }> {
  const { alg, kid } = header
  if (alg?.startsWith('HS')) {
    const secret = new TextEncoder().encode(client.secret)
    return { by: (await verifies(token, secret)) ? 'named' : 'none', keys: 1, right: [] }
  }
  const published = objectOf(await client.jwks())?.['keys']
  const keys = Array.isArray(published)
    ? published.filter((key): key is JWK => typeof key === 'object' && key !== null)
    : []
  const fitting = await Promise.all(keys.map(async (key) => ({ key, fits: await verifiesByJwk(token, key, alg) })))
  const right = fitting.flatMap(({ key, fits }) => (fits ? [key] : []))
  if (right.length === 0) return { by: 'none', keys: keys.length, right }
  const isNamed = keys.length === 1 && kid === undefined ? true : right.some((key) => key.kid === kid)
  return { by: isNamed ? 'named' : 'another', keys: keys.length, right }
}

async function verifiesByJwk(token: string, jwk: JWK, alg: string | undefined): Promise<boolean> {
  if (alg === undefined || jwk.kty === 'oct') return false
  try {
    return await verifies(token, await importJWK(jwk, alg))
  } catch {
    return false
  }
}

async function verifies(token: string, key: Parameters<typeof compactVerify>[1]): Promise<boolean> {
  try {
    await compactVerify(token, key)
    return true
  } catch {
    return false
  }
}

/** The at_hash of OpenID Connect Core §3.1.3.6; `undefined` for an algorithm whose hash is not known. */
export function accessTokenHash(accessToken: string, alg: string | undefined): string | undefined {
  const [, bits] = /^(?:RS|PS|ES|HS)(256|384|512)$/.exec(alg ?? '') ?? []
  if (bits === undefined) return undefined
  const hash = createHash(`sha${bits}`).update(accessToken).digest()
  return hash.subarray(0, hash.length / 2).toString('base64url')
}

/** The members of `aud`, whether it is a list or a single text. */
export const audiencesOf = ({ claims }: IdToken): readonly unknown[] =>
  Array.isArray(claims['aud']) ? claims['aud'] : [claims['aud']]

/** A claim in words. */
export const shown = (name: string, claims: Readonly<Record<string, unknown>>) =>
  `${name} ${JSON.stringify(claims[name])?.slice(0, 200) ?? 'absent'}`
