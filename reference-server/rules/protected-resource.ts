import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { seconds } from '../clock.ts'
import { type Claims, type ParsedJwt, signatureIsRight } from '../jwt.ts'
import type { SigningKey } from '../keys.ts'
import type { AccessToken, Client, Grant, User } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import { rule } from '../rule.ts'
import type { Store } from '../store.ts'

/** The bearer token of the Authorization header; `undefined` where there is none. */
export const bearerToken = rule(
  [rfc6750.headerSupported, oidcCore.userinfoBearer],
  (authorization: string | null): string | undefined =>
    /^bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(authorization ?? '')?.[1],
)

export const tokenIsGenuine = rule([rfc6750.invalidToken], (token: AccessToken | undefined): AccessToken => {
  if (token === undefined) throw new OAuthError('invalid_token', 'the access token is unknown')
  return token
})

export const tokenIsCurrent = rule(
  [rfc6750.invalidToken, rfc7662.expiredInactive],
  (token: AccessToken, now: number): boolean => token.expiresAt > now,
)

export const tokenIsNotRevoked = rule(
  [rfc7009.refreshRevokesAccess, rfc6749.replayRevokes],
  (_token: AccessToken, grant: Grant | undefined): boolean => !grant?.revoked,
)

export const tokenHasScope = rule([rfc6750.insufficientScope], (token: AccessToken, scope: string) => {
  if (!token.scopes.includes(scope))
    throw new OAuthError('insufficient_scope', `the access token lacks the scope ${scope}`)
})

export interface Denial {
  readonly status: number
  readonly challenge?: string
}

/** A request that carried no token is told only how to authenticate. */
export const bearerDenial = rule(
  [
    rfc6750.challenge,
    rfc6750.challengeBearer,
    rfc6750.noErrorWithoutToken,
    rfc6750.invalidToken,
    rfc6750.insufficientScope,
    oidcCore.userinfoError,
  ],
  (error: OAuthError | undefined): Denial => {
    if (error === undefined) return { status: 401, challenge: 'Bearer realm="userinfo"' }
    return {
      status: error.code === 'insufficient_scope' ? 403 : 401,
      challenge: `Bearer realm="userinfo", error="${error.code}"`,
    }
  },
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

/** The name of a public client is no secret, so it authorizes nobody. */
export const introspectionCaller = rule(
  [rfc7662.callerAuthorized],
  async (authenticate: () => Promise<Client>): Promise<void> => {
    const client = await authenticate()
    if (client.authMethod === 'none')
      throw new OAuthError('invalid_client', 'introspection needs an authenticated client')
  },
)

export const activeAnswer = rule([rfc7662.activeMember], (token: AccessToken, issuer: string): Claims => ({
  active: true,
  iss: issuer,
  client_id: token.clientId,
  sub: token.sub,
  scope: token.scopes.join(' '),
  token_type: 'Bearer',
  iat: seconds(token.issuedAt),
  exp: seconds(token.expiresAt),
}))

/** What is not active is not described: the caller could be guessing. */
export const inactiveAnswer = rule(
  [rfc7662.inactiveSaysNothing, rfc7662.unknownTokenInactive],
  (_token: AccessToken | undefined): Claims => ({ active: false }),
)

export const revokerOwnsToken = rule(
  [rfc7009.ownTokensOnly],
  (client: Client, token: { readonly clientId: string }) => {
    if (token.clientId !== client.clientId)
      throw new OAuthError('invalid_grant', 'the token was issued to another client')
  },
)

/** A hint is a shortcut, never a filter: every type is looked for, whatever it says. */
export const tokenTypesToSearch = rule(
  [rfc7009.unknownHintIgnored, rfc7009.invalidHintIgnored],
  (_hint: string | undefined): readonly ('access_token' | 'refresh_token')[] => ['refresh_token', 'access_token'],
)

/** A revoked refresh token takes its whole grant along. */
export const revocationEndsGrant = rule(
  [rfc7009.refreshTokensRevocable, rfc7009.refreshRevokesAccess, rfc7009.revokedAtOnce],
  (kind: 'access_token' | 'refresh_token'): boolean => kind === 'refresh_token',
)

export const unknownTokenRevoked = rule([rfc7009.invalidTokenIsOk], (): number => 200)

const scopeClaims: Readonly<Record<string, readonly string[]>> = {
  profile: ['name', 'family_name', 'given_name', 'preferred_username', 'zoneinfo', 'locale', 'updated_at'],
  email: ['email', 'email_verified'],
}

const claimsOfScopes = (scopes: readonly string[]) => new Set(scopes.flatMap((scope) => scopeClaims[scope] ?? []))

/** The key that this server signed with, and its algorithm; what the token's header says does not matter. */
export const tokenSignatureIsRight = rule(
  [rfc6750.invalidToken, rfc7662.signatureValidated],
  (jwt: ParsedJwt, key: SigningKey): boolean => signatureIsRight(jwt, key.jwk, key.alg),
)

export const revokedAccessToken = rule(
  [rfc7009.revokedAtOnce, rfc7662.revokedInactive],
  async (token: AccessToken, store: Store) => {
    await store.removeAccessToken(token.id)
  },
)
