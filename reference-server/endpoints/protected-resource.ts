import type { Context, Endpoint } from '../context.ts'
import { json, readForm } from '../http.ts'
import { parseJwt } from '../jwt.ts'
import type { AccessToken } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import { authenticateClient } from './client-authentication.ts'
import { denial } from './token.ts'

/** OpenID Connect Core §5.3. */
export const userinfoEndpoint =
  (context: Context): Endpoint =>
  async (request) => {
    const { enforce, config } = context
    let presented: string | undefined
    try {
      presented = enforce.bearerToken(request.headers.get('authorization'))
      const token = enforce.tokenIsGenuine(presented === undefined ? undefined : await findToken(context, presented))
      if (!(await isActive(context, token)))
        throw new OAuthError('invalid_token', 'the access token is no longer valid')
      enforce.tokenHasScope(token, 'openid')
      const user = config.users.find(({ sub }) => sub === token.sub)
      if (user === undefined) throw new OAuthError('invalid_token', 'the person is gone')
      return json(200, enforce.userinfoClaims(user, token), enforce.userinfoHeaders())
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error
      const told = presented === undefined && request.headers.get('authorization') === null ? undefined : error
      if (told !== undefined) context.observe({ type: 'denied', error: told.code })
      const { status, challenge } = enforce.bearerDenial(told)
      return new Response(null, {
        status,
        headers: { ...(challenge !== undefined && { 'www-authenticate': challenge }), 'cache-control': 'no-store' },
      })
    }
  }

/** RFC 7662. */
export const introspectionEndpoint =
  (context: Context): Endpoint =>
  async (request, url) => {
    const { enforce, issuer } = context
    try {
      const params = await directParams(context, request)
      await enforce.introspectionCaller(async () => await authenticateClient(context, request, url, params))
      const value = params.get('token')
      if (value === undefined) throw new OAuthError('invalid_request', 'token is missing')
      const token = await findToken(context, value)
      return json(
        200,
        token !== undefined && (await isActive(context, token))
          ? enforce.activeAnswer(token, issuer)
          : enforce.inactiveAnswer(token),
      )
    } catch (error) {
      return denial(context, request, error)
    }
  }

/** RFC 7009. */
export const revocationEndpoint =
  (context: Context): Endpoint =>
  async (request, url) => {
    const { enforce, store } = context
    try {
      const params = await directParams(context, request)
      const client = await authenticateClient(context, request, url, params)
      const value = params.get('token')
      if (value === undefined) throw new OAuthError('invalid_request', 'token is missing')
      for (const kind of enforce.tokenTypesToSearch(params.get('token_type_hint'))) {
        const token = kind === 'refresh_token' ? await store.findRefreshToken(value) : await findToken(context, value)
        if (token === undefined) continue
        enforce.revokerOwnsToken(client, token)
        if (enforce.revocationEndsGrant(kind) && token.grantId !== undefined) await store.revokeGrant(token.grantId)
        if ('id' in token) await enforce.revokedAccessToken(token, store)
        return new Response(null, { status: 200, headers: { 'cache-control': 'no-store' } })
      }
      return new Response(null, { status: enforce.unknownTokenRevoked(), headers: { 'cache-control': 'no-store' } })
    } catch (error) {
      return denial(context, request, error)
    }
  }

async function directParams({ enforce }: Context, request: Request) {
  const raw = await readForm(request)
  enforce.tokenParamsNotRepeated(raw)
  return enforce.tokenParams(raw)
}

/** The record of a token that this server issued and whose signature holds; `undefined` for anything else. */
async function findToken({ enforce, store, keys, config }: Context, value: string): Promise<AccessToken | undefined> {
  if (config.accessTokenFormat === 'opaque') return await store.findAccessToken(value)
  const jwt = parseJwt(value)
  if (jwt === undefined || !enforce.tokenSignatureIsRight(jwt, keys.ES256)) return undefined
  const { jti } = jwt.claims
  return typeof jti === 'string' ? await store.findAccessToken(jti) : undefined
}

async function isActive({ enforce, store, clock }: Context, token: AccessToken): Promise<boolean> {
  const grant = token.grantId === undefined ? undefined : await store.findGrant(token.grantId)
  return enforce.tokenIsCurrent(token, clock.now()) && enforce.tokenIsNotRevoked(token, grant)
}
