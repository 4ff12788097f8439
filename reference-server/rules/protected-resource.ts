import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { rfc9068 } from '../../core/spec/rfc9068.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { Claims } from '../jwt.ts'
import type { AccessToken, Grant, RefreshToken, User } from '../model.ts'
import { rule } from '../rule.ts'

export const tokenIsCurrent = rule(
  [
    rfc6750.invalidToken,
    rfc6750.lifetimeLimited,
    rfc6749.tokenNotExpired,
    rfc7662.expiredInactive,
    rfc9068.expiryVerified,
  ],
  (token: AccessToken | RefreshToken, now: number): boolean => token.expiresAt > now,
)

export const tokenIsNotRevoked = rule(
  [rfc7009.refreshRevokesAccess, rfc6749.replayRevokes, rfc9700.replayRevokes],
  (_token: AccessToken | RefreshToken, grant: Grant | undefined): boolean => !grant?.revoked,
)

export const userinfoMethods = rule([oidcCore.userinfoGetAndPost], (): readonly ('GET' | 'POST')[] => ['GET', 'POST'])

export const userinfoHeaders = rule([oidcCore.userinfoJson], (): Readonly<Record<string, string>> => ({
  'content-type': 'application/json',
}))

export const userinfoClaims = rule(
  [oidcCore.userinfoSubject, oidcCore.userinfoSameSubject, oidcCore.scopeClaims],
  (user: User, token: AccessToken): Claims => ({
    ...Object.fromEntries(Object.entries(user.claims).filter(([name]) => claimsOfScopes(token.scopes).has(name))),
    sub: user.sub,
  }),
)

const scopeClaims: Readonly<Record<string, readonly string[]>> = {
  profile: ['name', 'family_name', 'given_name', 'preferred_username', 'zoneinfo', 'locale', 'updated_at'],
  email: ['email', 'email_verified'],
}

/** What a person who granted these lets be known of them. */
export const claimsOfScopes = (scopes: readonly string[]) =>
  new Set(scopes.flatMap((scope) => scopeClaims[scope] ?? []))
