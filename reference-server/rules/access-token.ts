import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { rfc7519 } from '../../core/spec/rfc7519.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { rfc9068 } from '../../core/spec/rfc9068.ts'
import { seconds } from '../clock.ts'
import { type Claims, type JoseHeader, type ParsedJwt, signatureIsRight, signJwt } from '../jwt.ts'
import type { SigningKey } from '../keys.ts'
import type { AccessToken } from '../model.ts'
import { rule } from '../rule.ts'
import type { Store } from '../store.ts'

export const accessTokenHeader = rule(
  [rfc9068.typed, rfc9068.typWithoutPrefix],
  (key: SigningKey, _token: AccessToken): JoseHeader => ({ alg: key.alg, kid: key.kid, typ: 'at+jwt' }),
)

/** The person, or the client where it acts for itself. */
export const accessTokenSubject = rule(
  [rfc9068.subjectClaim, rfc9068.subjectIsPerson, rfc9068.subjectIsClient],
  (token: AccessToken): unknown => token.sub,
)

/** The default resource, which the server itself stands for; a request cannot ask for another yet. */
export const accessTokenAudience = rule(
  [rfc9068.audienceClaim, rfc9068.defaultAudience, rfc6750.audienceRestricted],
  (_token: AccessToken, issuer: string): unknown => issuer,
)

/** Seconds that a token lives: as many as the operator wants. */
export const accessTokenLifetime = rule([rfc6750.shortLived], (configured: number): number => configured)

export const accessTokenClaims = rule(
  [
    rfc9068.issuerClaim,
    rfc9068.issuerPublished,
    rfc9068.clientClaim,
    rfc9068.scopeClaim,
    rfc9068.issuedAtClaim,
    rfc9068.expiryClaim,
    rfc9068.tokenIdClaim,
    rfc9068.authenticationKept,
    rfc7519.jtiUnique,
  ],
  (token: AccessToken, issuer: string, sub: unknown, aud: unknown): Claims => ({
    iss: issuer,
    sub,
    aud,
    client_id: token.clientId,
    scope: token.scopes.join(' '),
    iat: seconds(token.issuedAt),
    exp: seconds(token.expiresAt),
    jti: token.id,
    auth_time: token.authTime,
  }),
)

export const signedAccessToken = rule(
  [rfc9068.signed, rfc9068.notUnsecured, rfc9068.asymmetric, rfc9068.keysPublished],
  (header: JoseHeader, claims: Claims, key: SigningKey): string => signJwt(header, claims, key),
)

/** By a key that this server signs with, or did until lately, and its algorithm; the header of the token only says which. */
export const tokenSignatureIsRight = rule(
  [
    rfc6750.invalidToken,
    rfc6750.integrityProtected,
    rfc6749.accessTokensUnforgeable,
    rfc6749.tokenValidated,
    rfc7662.signatureValidated,
    rfc9068.signatureVerified,
    rfc9068.unsecuredRefused,
    rfc9068.keysOfTheServer,
  ],
  (jwt: ParsedJwt, keys: readonly SigningKey[]): boolean => {
    const { kid, alg } = jwt.header
    const key = keys.find((one) => one.alg === alg && (kid === undefined || one.kid === kid))
    return key !== undefined && signatureIsRight(jwt, key.jwk, key.alg)
  },
)

/** The record of an access token that the server signed. It signs ID tokens as well, and these open nothing. */
export const recordOfJwt = rule(
  [rfc9068.typeVerified, rfc6750.invalidToken],
  async ({ header, claims }: ParsedJwt, store: Store): Promise<AccessToken | undefined> => {
    const { jti } = claims
    const isAccessToken = typeof header['typ'] === 'string' && /^(?:application\/)?at\+jwt$/i.test(header['typ'])
    return isAccessToken && typeof jti === 'string' ? await store.findAccessToken(jti) : undefined
  },
)
