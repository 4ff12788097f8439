import { createHash } from 'node:crypto'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { oidcDiscovery } from '../../core/spec/oidc-discovery.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { seconds } from '../clock.ts'
import { type Claims, type JoseHeader, signJwt } from '../jwt.ts'
import type { SigningKey } from '../keys.ts'
import { rule } from '../rule.ts'

export interface IdTokenFacts {
  readonly issuer: string
  readonly sub: string
  readonly clientId: string
  readonly now: number
  /** Seconds that the token lives. */
  readonly lifetime: number
  /** Seconds since the epoch. */
  readonly authTime: number
  /** Whether the request set a limit to the age of the sign-in. */
  readonly maxAgeAsked: boolean
  readonly nonce?: string
  readonly accessToken: string
}

/** Whoever asked with the scope openid gets an ID token, and another one with each refresh. */
export const idTokenIsDue = rule(
  [oidcCore.tokenIdToken],
  (scopes: readonly string[], _occasion: 'code' | 'refresh'): boolean => scopes.includes('openid'),
)

export const idTokenIssuer = rule(
  [oidcCore.idTokenIssuer, oidcDiscovery.issuerMember],
  (facts: IdTokenFacts): unknown => facts.issuer,
)

export const idTokenSubject = rule(
  [oidcCore.idTokenSubject, oidcCore.subjectUnique, oidcCore.userinfoSameSubject],
  (facts: IdTokenFacts): unknown => facts.sub,
)

export const idTokenAudience = rule([oidcCore.idTokenAudience], (facts: IdTokenFacts): unknown => facts.clientId)

export const idTokenTimes = rule(
  [oidcCore.idTokenExpiry, oidcCore.idTokenIssuedAt, oidcCore.maxAgeAuthTime],
  (facts: IdTokenFacts): Claims => ({
    iat: seconds(facts.now),
    exp: seconds(facts.now) + facts.lifetime,
    auth_time: facts.authTime,
  }),
)

export const idTokenNonce = rule(
  [oidcCore.idTokenNonce, rfc9700.nonceReturned],
  (facts: IdTokenFacts): unknown => facts.nonce,
)

/** The left half of the hash, by the hash that the signature algorithm uses: SHA-256 for RS256 and ES256. */
export const accessTokenHash = rule([oidcCore.atHashRight], (facts: IdTokenFacts): unknown =>
  createHash('sha256').update(facts.accessToken).digest().subarray(0, 16).toString('base64url'),
)

/** An ID token that comes with a refresh tells of the first authentication (OpenID Connect Core §12.2). */
export const refreshedIdToken = rule(
  [
    oidcCore.refreshIdTokenIssuer,
    oidcCore.refreshIdTokenSubject,
    oidcCore.refreshIdTokenAudience,
    oidcCore.refreshIdTokenAuthTime,
  ],
  (claims: Claims): Claims => claims,
)

export const joseHeader = rule(
  [oidcCore.signingKeyPublished, oidcCore.idTokenSigned],
  (key: SigningKey, typ: string): JoseHeader => ({ alg: key.alg, kid: key.kid, typ }),
)

export const signedIdToken = rule(
  [oidcCore.idTokenSigned, oidcCore.idTokenNotUnsecured],
  (header: JoseHeader, claims: Claims, key: SigningKey): string => signJwt(header, claims, key),
)
