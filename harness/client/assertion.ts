import { randomUUID } from 'node:crypto'
import { importJWK, type JWK, SignJWT } from 'jose'
import type { MacAlg } from '../../core/mac-alg.ts'
import { Untestable } from '../error.ts'
import type { ClientAccount, Target } from '../target/target.ts'

/** Members of a client assertion that replace the right ones; `undefined` leaves one out. */
export interface AssertionOverrides {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  /** What becomes of the signed assertion before it is sent. */
  readonly tamper?: (assertion: string) => string
  /** Signs with this key instead of the client's own. */
  readonly key?: JWK
  /** Makes the MAC by this algorithm instead of the client's own. */
  readonly macAlg?: MacAlg
}

/** A client assertion by OpenID Connect Core §9 and RFC 7523 §3, right but for the overrides. Valid for one minute. */
export async function signedAssertion(
  client: { readonly account: ClientAccount; readonly target: Target; readonly now: () => number },
  overrides: AssertionOverrides,
): Promise<string> {
  const { account, target } = client
  const key = overrides.key ?? ownKeyOf(account, overrides.macAlg)
  const alg = signingAlgorithmOf(key)
  const claims = { ...assertionClaims(account, target, { now: client.now(), life: 60 }), ...overrides.claims }
  const present = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
  const header = { alg, ...(key.kid !== undefined && { kid: key.kid }), ...overrides.header }
  const signed = await new SignJWT(present).setProtectedHeader({ ...header, alg }).sign(await importJWK(key, alg))
  return overrides.tamper?.(signed) ?? signed
}

function ownKeyOf(account: ClientAccount, macAlg: MacAlg | undefined): JWK {
  const { client_id: id, client_secret: secret, private_key: privateKey } = account
  if (account.token_endpoint_auth_method === 'client_secret_jwt' && secret !== undefined)
    return sharedKey(secret.reveal(), macAlg ?? account.token_endpoint_auth_signing_alg)
  if (privateKey === undefined) throw new Untestable(`the client ${id} has no private_key`)
  return JSON.parse(privateKey.reveal()) as JWK
}

/** What makes a MAC by a secret: the octets of its UTF-8 (OpenID Connect Core §9). */
export const sharedKey = (secret: string, alg: MacAlg = 'HS256'): JWK => ({
  kty: 'oct',
  k: Buffer.from(secret).toString('base64url'),
  alg,
})

/** The claims of a client assertion that is made now, in milliseconds since the epoch, and good for so many seconds. */
export function assertionClaims(
  account: ClientAccount,
  { issuer }: Pick<Target, 'issuer'>,
  { now, life }: { readonly now: number; readonly life: number },
) {
  const iat = Math.floor(now / 1000)
  return {
    iss: account.client_id,
    sub: account.client_id,
    // Which of its names a server goes by is settled outside the protocol (RFC 7523 §3).
    aud: account.assertion_audience ?? issuer,
    jti: randomUUID(),
    iat,
    exp: iat + life,
  }
}

/** What a key signs with, as it says itself, or else as keys of its kind do. */
export const signingAlgorithmOf = ({ alg, kty, crv }: JWK): string =>
  alg ?? (kty === 'RSA' ? 'RS256' : kty === 'OKP' ? 'EdDSA' : (algorithms.get(crv ?? '') ?? 'ES256'))

const algorithms: ReadonlyMap<string, string> = new Map([
  ['P-384', 'ES384'],
  ['P-521', 'ES512'],
])
