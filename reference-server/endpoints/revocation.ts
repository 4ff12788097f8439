import type { Context, Endpoint } from '../context.ts'
import { findAccessToken } from '../find-token.ts'
import { nothing } from '../http.ts'
import { authenticateClient } from './client-authentication.ts'
import { denial, directParams } from './token.ts'

/** RFC 7009. */
export const revocationEndpoint =
  (context: Context): Endpoint =>
  async (request, url) => {
    const { enforce, store } = context
    try {
      const params = await directParams(context, request, url)
      const client = await enforce.revokingClient(
        async () => await authenticateClient(context, request, url, params, 'revocation'),
        params.get('token') ?? '',
        store,
      )
      const value = enforce.tokenIsNamed(params.get('token'))
      for (const kind of enforce.tokenTypesToSearch(params.get('token_type_hint'))) {
        const token =
          kind === 'refresh_token' ? await store.findRefreshToken(value) : await findAccessToken(context, value)
        if (token === undefined) continue
        enforce.revokerOwnsToken(client, token)
        if ('id' in token) enforce.accessTokenIsRevocable(token)
        if (enforce.revocationEndsGrant(kind) && token.grantId !== undefined)
          await enforce.endedGrant(token.grantId, store)
        if ('id' in token) await enforce.revokedAccessToken(token, store)
        return nothing(enforce.revocationStatus())
      }
      return nothing(enforce.unknownTokenRevoked())
    } catch (error) {
      return denial(context, request, error)
    }
  }
