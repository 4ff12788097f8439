import type { Context, Endpoint, Place } from '../context.ts'
import { challenged, json, jsonText, readRequest } from '../http.ts'
import { issueAccessToken, issueIdToken } from '../issue.ts'
import type { Client, TokenGrantType } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import type { Params } from '../parameters.ts'
import type { TokenResponse } from '../rules/token-endpoint.ts'
import { authenticateClient } from './client-authentication.ts'
import { redeemPassword } from './password-grant.ts'

/** RFC 6749 §3.2. */
export const tokenEndpoint =
  (context: Context): Endpoint =>
  async (request, url) => {
    const { enforce } = context
    try {
      const params = await directParams(context, request, url)
      enforce.tokenUnknownParams(params)
      const client = await authenticateClient(context, request, url, params, 'token')
      const grantType = enforce.grantTypeIsSupported(
        enforce.grantTypeIsPresent(params.get('grant_type')),
        context.config.grantTypes,
      )
      enforce.clientMayUseGrant(client, grantType)
      const response = await grants[grantType](context, client, params)
      context.observe({ type: 'issued', grantType })
      const body = enforce.tokenResponseText(enforce.tokenResponseBody(response))
      return jsonText(200, body, enforce.tokenResponseHeaders())
    } catch (error) {
      return denial(context, request, error)
    }
  }

/** The parameters of a direct request: each once, none empty. */
export async function directParams({ enforce }: Context, request: Request, url: Place): Promise<Params> {
  const raw = await readRequest(request, url, enforce.formPairs)
  enforce.inputIsLookedThrough(raw)
  enforce.tokenParamsNotRepeated(raw)
  return enforce.tokenParams(raw)
}

/** The answer to a direct request that failed (RFC 6749 §5.2); what is no OAuth error goes on up. */
export function denial({ enforce, observe }: Context, request: Request, error: unknown): Response {
  if (!(error instanceof OAuthError)) throw error
  observe({ type: 'denied', error: error.code })
  const usedHeader = request.headers.has('authorization')
  const challenge = enforce.clientChallenge(error, usedHeader)
  return json(enforce.errorStatus(error, usedHeader), enforce.errorBody(error), {
    ...enforce.tokenResponseHeaders(),
    ...enforce.errorHeaders(),
    ...challenged(challenge),
  })
}

type Redeem = (context: Context, client: Client, params: Params) => Promise<TokenResponse>

/** RFC 6749 §4.1.3, RFC 7636 §4.6. */
const redeemCode: Redeem = async (context, client, params) => {
  const { enforce, store, clock, config } = context
  const value = params.get('code')
  if (value === undefined) throw new OAuthError('invalid_request', 'code is missing')
  const code = await enforce.codeIsKnown(enforce.codeKey(value), store)
  enforce.codeBelongsToClient(code, client)
  enforce.codeIsFresh(code, clock.now())
  const redirectUri = params.get('redirect_uri')
  enforce.redirectUriIsRepeated(code, redirectUri)
  enforce.redirectUriIsTheSame(code, redirectUri)
  const verifier = enforce.receivedVerifier(params.get('code_verifier'))
  enforce.verifierHasChallenge(code, verifier)
  enforce.verifierIsPresent(code, verifier, client)
  enforce.verifierIsWellFormed(verifier)
  enforce.verifierMatchesChallenge(code, verifier, enforce.methodToVerifyBy(code, params), client)
  try {
    await enforce.codeIsSingleUse(code, store)
  } catch (error) {
    if (error instanceof OAuthError) context.observe({ type: 'replayed', credential: 'code' })
    await enforce.replayRevokes(code, store)
    throw error
  }

  const grant = await store.findGrant(code.grantId)
  if (grant === undefined) throw new OAuthError('invalid_grant', 'the grant is gone')
  const { token, response } = await issueAccessToken(context, {
    client,
    sub: grant.sub,
    scopes: grant.scopes,
    asked: code.scopeAsked,
    grantId: grant.id,
    authTime: grant.authTime,
  })
  const isAskedFor = grant.scopes.includes('offline_access') || !grant.scopes.includes('openid')
  const refreshToken =
    (isAskedFor || config.refreshTokens === 'always') && client.grantTypes.includes('refresh_token')
      ? await newRefreshToken(context, client, grant.id, grant.scopes)
      : undefined
  return {
    ...response,
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    ...(enforce.idTokenIsDue(grant.scopes, 'code') && {
      id_token: issueIdToken(context, client, grant, token, code),
    }),
  }
}

/** RFC 6749 §6, RFC 9700 §4.14.2. */
const refresh: Redeem = async (context, client, params) => {
  const { enforce, store, clock, config } = context
  const value = params.get('refresh_token')
  if (value === undefined) throw new OAuthError('invalid_request', 'refresh_token is missing')
  const token = await enforce.refreshTokenIsKnown(value, store)
  enforce.refreshTokenBelongsToClient(token, client)
  const grant = await store.findGrant(token.grantId)
  enforce.refreshTokenIsLive(token, grant, clock.now())
  if (grant === undefined) throw new OAuthError('invalid_grant', 'the grant is gone')
  const scopes = enforce.refreshedScope(token, params.get('scope'))
  const rotates = enforce.refreshTokenRotates(client, config.rotateRefreshTokens)
  try {
    enforce.refreshedGrantIsAlive(grant)
    await enforce.refreshTokenIsSingleUse(token, rotates, store)
  } catch (error) {
    // A token of a grant that was revoked may be in honest hands: it need not have been used before.
    if (error instanceof OAuthError && !grant.revoked)
      context.observe({ type: 'replayed', credential: 'refresh_token' })
    await enforce.refreshReplayRevokes(token, store)
    throw error
  }

  const { token: accessToken, response } = await issueAccessToken(context, {
    client,
    sub: grant.sub,
    scopes,
    asked: params.get('scope') ?? token.scopes.join(' '),
    grantId: grant.id,
    authTime: grant.authTime,
  })
  const next = rotates
    ? await newRefreshToken(context, client, grant.id, enforce.rotatedScope(token, scopes))
    : undefined
  return {
    ...response,
    ...(next !== undefined && { refresh_token: next }),
    ...(enforce.idTokenIsDue(scopes, 'refresh') && {
      id_token: issueIdToken(context, client, grant, accessToken, { refreshed: true }),
    }),
  }
}

/** RFC 6749 §4.4. */
const clientCredentials: Redeem = async (context, client, params) => {
  const { enforce } = context
  enforce.clientIsConfidential(client)
  const asked = params.get('scope')
  const scopes = enforce.clientCredentialsScope(client, asked)
  const { response } = await issueAccessToken(context, { client, sub: client.clientId, scopes, asked })
  return {
    ...response,
    ...(enforce.clientCredentialsRefresh(asked) && {
      refresh_token: await newRefreshToken(context, client, '', scopes),
    }),
  }
}

const grants: Readonly<Record<TokenGrantType, Redeem>> = {
  authorization_code: redeemCode,
  client_credentials: clientCredentials,
  password: redeemPassword,
  refresh_token: refresh,
}

async function newRefreshToken(
  { enforce, store, clock, config }: Context,
  client: Client,
  grantId: string,
  scopes: readonly string[],
): Promise<string> {
  const value = enforce.newSecret('refresh token')
  await store.saveRefreshToken({
    value,
    grantId,
    clientId: client.clientId,
    scopes,
    expiresAt: enforce.refreshTokenExpiry(clock.now(), config.lifetimes.refreshToken),
  })
  return value
}
