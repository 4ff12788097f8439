import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import type { AccessToken, Client } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import { rule } from '../rule.ts'
import type { Store } from '../store.ts'

/** Whoever holds a token need not be the client that it was issued to, so the token does not speak for its client. */
export const revokingClient = rule(
  [rfc7009.clientNamed],
  async (authenticate: () => Promise<Client>, _token: string, _store: Store): Promise<Client> => await authenticate(),
)

export const tokenIsNamed = rule([rfc7009.errorsAsAtToken], (token: string | undefined): string => {
  if (token === undefined) throw new OAuthError('invalid_request', 'token is missing')
  return token
})

/** A hint is a shortcut, never a filter: every type is looked for, whatever it says. */
export const tokenTypesToSearch = rule(
  [rfc7009.unknownHintIgnored, rfc7009.invalidHintIgnored],
  (_hint: string | undefined): readonly ('access_token' | 'refresh_token')[] => ['refresh_token', 'access_token'],
)

export const revokerOwnsToken = rule(
  [rfc7009.ownTokensOnly, rfc7009.foreignTokenReported],
  (client: Client, token: { readonly clientId: string }) => {
    if (token.clientId !== client.clientId)
      throw new OAuthError('invalid_grant', 'the token was issued to another client')
  },
)

/** Every access token is looked up where it is used, so each can be revoked. */
export const accessTokenIsRevocable = rule(
  [rfc7009.accessTokensRevocable, rfc7009.unsupportedTypeReported],
  (_token: AccessToken) => {},
)

/** A revoked refresh token takes its whole grant along. */
export const revocationEndsGrant = rule(
  [rfc7009.refreshTokensRevocable, rfc7009.refreshRevokesAccess, rfc7009.revokedAtOnce],
  (kind: 'access_token' | 'refresh_token'): boolean => kind === 'refresh_token',
)

export const endedGrant = rule([rfc7009.revokedAtOnce], async (grantId: string, store: Store) => {
  await store.revokeGrant(grantId)
})

export const revokedAccessToken = rule(
  [rfc7009.accessTokensRevocable, rfc7009.revokedAtOnce, rfc7662.revokedInactive],
  async (token: AccessToken, store: Store) => {
    await store.removeAccessToken(token.id)
  },
)

export const revocationStatus = rule([rfc7009.revokedIsOk], (): number => 200)

export const unknownTokenRevoked = rule([rfc7009.invalidTokenIsOk], (): number => 200)
