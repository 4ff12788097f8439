import { seconds } from '../clock.ts'
import type { Context } from '../context.ts'
import { issueAccessToken } from '../issue.ts'
import type { Client, Grant } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import type { Params } from '../parameters.ts'
import type { TokenResponse } from '../rules/token-endpoint.ts'

/** RFC 6749 §4.3, without a refresh token. RFC 9700 §2.4 forbids it, so only an operator who lists the grant has it. */
export async function redeemPassword(context: Context, client: Client, params: Params): Promise<TokenResponse> {
  const { enforce, store, clock, config } = context
  const username = params.get('username')
  const password = params.get('password')
  if (username === undefined || password === undefined)
    throw new OAuthError('invalid_request', 'username or password is missing')
  const asked = params.get('scope')
  const { sub } = enforce.passwordIsRight(config.users, username, password)
  const grant: Grant = {
    id: enforce.newSecret(),
    clientId: client.clientId,
    sub,
    scopes: enforce.authorizationScope(client, asked, [], config.scopes),
    authTime: seconds(clock.now()),
    revoked: false,
  }
  await store.saveGrant(grant)
  const { response } = await issueAccessToken(context, { client, sub, scopes: grant.scopes, asked, grantId: grant.id })
  return response
}
