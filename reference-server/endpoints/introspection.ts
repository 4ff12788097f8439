import { authMethodsAt } from '../config.ts'
import type { Context, Endpoint, Place } from '../context.ts'
import { findAccessToken, isActive } from '../find-token.ts'
import { challenged, json, nothing } from '../http.ts'
import type { AccessToken, Client, RefreshToken } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import type { Params } from '../parameters.ts'
import type { DescribedToken } from '../rules/introspection.ts'
import { authenticateClient } from './client-authentication.ts'
import { denial, directParams } from './token.ts'

/** RFC 7662. */
export const introspectionEndpoint =
  (context: Context): Endpoint =>
  async (request, url) => {
    const { enforce } = context
    try {
      const params = await directParams(context, request, url)
      const caller = await callerOf(context, request, url, params)
      const value = params.get('token')
      if (value === undefined) throw new OAuthError('invalid_request', 'token is missing')
      const hint = params.get('token_type_hint')
      const { token, described } = await enforce.tokenIsLookedUp(value, context.store, async () => {
        const found =
          (await tokenOf(context, value, hint)) ?? (await enforce.tokenOfAnotherKind(value, caller, context.store))
        return { token: found, described: found && (await describe(context, found)) }
      })
      const isTold = described !== undefined && enforce.callerMayKnow(caller, described)
      return json(
        200,
        isTold ? enforce.activeAnswer(described) : enforce.inactiveAnswer(token),
        enforce.introspectionHeaders(),
      )
    } catch (error) {
      return error instanceof OAuthError && error.code === 'invalid_token'
        ? bearerRefused(context, error)
        : denial(context, request, error)
    }
  }

/** The client that asks: authenticated as anywhere, or known by a bearer token where the operator lets it be. */
async function callerOf(context: Context, request: Request, url: Place, params: Params): Promise<Client> {
  const { enforce, config, store } = context
  const bearer = config.introspectionByBearer ? enforce.bearerToken(request.headers.get('authorization')) : undefined
  return await enforce.introspectionCaller(
    async () => {
      if (bearer === undefined) return await authenticateClient(context, request, url, params, 'introspection')
      const token = await findAccessToken(context, bearer)
      const { clientId } = enforce.introspectionBearer(token, token !== undefined && (await isActive(context, token)))
      return enforce.clientIsKnown(await store.findClient(clientId))
    },
    authMethodsAt('introspection', config),
  )
}

function bearerRefused({ enforce, observe }: Context, error: OAuthError): Response {
  observe({ type: 'denied', error: error.code })
  return nothing(401, challenged(enforce.bearerDenial(error).challenge))
}

async function tokenOf(context: Context, value: string, hint: string | undefined) {
  const { enforce, store } = context
  for (const kind of enforce.tokenTypesToDescribe(hint)) {
    const token = kind === 'refresh_token' ? await store.findRefreshToken(value) : await findAccessToken(context, value)
    if (token !== undefined) return token
  }
  return undefined
}

/** What there is to tell of a token; nothing where it is good no more. */
async function describe(context: Context, token: AccessToken | RefreshToken): Promise<DescribedToken | undefined> {
  const { enforce, store, config, issuer } = context
  if (!(await isActive(context, token))) return undefined
  if ('value' in token) {
    if (!enforce.refreshTokenIsUnspent(await store.isRefreshTokenSpent(token.value))) return undefined
    const sub = (await store.findGrant(token.grantId))?.sub
    return { token, issuer, sub, username: nameOf(context, sub), audience: undefined, jti: undefined }
  }
  const { sub } = token
  const audience = enforce.accessTokenAudience(token, issuer)
  const jti = config.accessTokenFormat === 'opaque' ? undefined : token.id
  return { token, issuer, sub, username: nameOf(context, sub), audience, jti }
}

const nameOf = ({ config }: Context, sub: string | undefined) => config.users.find((one) => one.sub === sub)?.username
