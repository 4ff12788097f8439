import { cwe } from '../../core/spec/cwe.ts'
import { oauth21 } from '../../core/spec/oauth21.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { Client, Grant, RefreshToken } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import { rule } from '../rule.ts'
import type { Store } from '../store.ts'

/** Each refresh begins the time anew: what nobody uses for so long is over. */
export const refreshTokenExpiry = rule(
  [rfc9700.refreshExpiresUnused],
  (now: number, lifetime: number): number => now + lifetime * 1000,
)

/** Looking a token up changes nothing, least of all what was revoked meanwhile. */
export const refreshTokenIsKnown = rule(
  [
    rfc6749.refreshValid,
    rfc6749.refreshTokensUnforgeable,
    rfc6749.invalidGrant,
    rfc7009.revokedAtOnce,
    rfc9700.refreshIntegrity,
  ],
  async (value: string, store: Store): Promise<RefreshToken> => {
    const token = await store.findRefreshToken(value)
    if (token === undefined) throw new OAuthError('invalid_grant', 'the refresh token is unknown')
    return token
  },
)

export const refreshTokenBelongsToClient = rule(
  [rfc6749.refreshBoundToClient, oauth21.refreshBoundToName],
  (token: RefreshToken, client: Client) => {
    if (token.clientId !== client.clientId)
      throw new OAuthError('invalid_grant', 'the refresh token was issued to another client')
  },
)

export const refreshTokenIsLive = rule(
  [rfc6749.refreshValid],
  (token: RefreshToken, grant: Grant | undefined, now: number) => {
    if (token.expiresAt <= now || grant === undefined)
      throw new OAuthError('invalid_grant', 'the refresh token has expired')
  },
)

/** A grant that was revoked, by its client or after a replay, refreshes nothing more. */
export const refreshedGrantIsAlive = rule(
  [
    rfc6749.replayRevokes,
    rfc9700.replayRevokes,
    rfc9700.refreshReplayDetected,
    rfc7009.refreshTokensRevocable,
    oauth21.refreshedGrantActive,
  ],
  (grant: Grant) => {
    if (grant.revoked) throw new OAuthError('invalid_grant', 'the grant was revoked')
  },
)

/** Whether a refresh replaces the token: for confidential clients that is the operator's choice. */
export const refreshTokenRotates = rule(
  [rfc9700.refreshRotatedForPublic],
  (client: Client, wanted: boolean): boolean => wanted || client.authMethod === 'none',
)

/** Only where tokens rotate: one that does not may be used again and again. */
export const refreshTokenIsSingleUse = rule(
  [rfc9700.refreshRotatedForPublic, cwe.failuresHandled],
  async (token: RefreshToken, rotates: boolean, store: Store) => {
    if (rotates && !(await store.spendRefreshToken(token.value)))
      throw new OAuthError('invalid_grant', 'the refresh token was already used')
  },
)

export const refreshReplayRevokes = rule([rfc9700.refreshReplayDetected], async (token: RefreshToken, store: Store) => {
  await store.revokeGrant(token.grantId)
})

/** What the refresh grants: what is asked for, within what was granted; all of it where nothing is asked for. */
export const refreshedScope = rule(
  [rfc6749.refreshScopeNotWidened, rfc6749.refreshScopeKept, rfc9700.refreshBoundToScope],
  (token: RefreshToken, scope: string | undefined): readonly string[] => {
    const asked = scope?.split(' ') ?? token.scopes
    if (!asked.every((one) => token.scopes.includes(one)))
      throw new OAuthError('invalid_scope', 'scope is more than was granted')
    return asked
  },
)

/** The scope of the token that takes the old one's place: never narrower, however little this refresh asked for. */
export const rotatedScope = rule(
  [rfc6749.rotatedRefreshSameScope],
  (token: RefreshToken, _refreshed: readonly string[]): readonly string[] => token.scopes,
)
