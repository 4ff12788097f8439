import type { Context } from './context.ts'
import { issueAccessToken } from './issue.ts'
import type { AuthorizationRequest, Grant, ReturnAddress, Session } from './model.ts'
import type { OAuthError } from './oauth-error.ts'
import type { ResponseParams } from './rules/redirect.ts'

/** RFC 6749 §4.1.2 and §4.2.2: the person agreed, the client gets what it asked for. */
export async function respondWithGrant(
  context: Context,
  request: AuthorizationRequest,
  session: Session,
  setCookies: readonly string[] = [],
): Promise<Response> {
  const { enforce, store, issuer } = context
  const grant: Grant = {
    id: enforce.newSecret(),
    clientId: request.client.clientId,
    sub: session.sub,
    scopes: request.scopes,
    authTime: session.authTime,
    revoked: false,
  }
  await store.saveGrant(grant)
  const granted = request.responseType === 'token' ? tokenParams : codeParams
  const params = { ...(await granted(context, request, grant)), iss: enforce.responseIss(issuer) }
  return deliver(context, request, request.responseMode, params, setCookies)
}

/** RFC 6749 §4.1.2.1 and §4.2.2.1. */
export function respondWithError(
  context: Context,
  to: ReturnAddress,
  error: OAuthError,
  setCookies: readonly string[] = [],
): Response {
  const { enforce, issuer } = context
  context.observe({ type: 'denied', error: error.code })
  const params = {
    error: enforce.authorizationError(error),
    ...enforce.errorExplanation(error),
    state: enforce.errorState(to.state),
    iss: enforce.errorIss(issuer),
  }
  return deliver(context, to, enforce.errorMode(to.responseMode), params, setCookies)
}

async function codeParams(context: Context, request: AuthorizationRequest, grant: Grant): Promise<ResponseParams> {
  const { enforce, store, clock, config } = context
  const value = enforce.codeText(enforce.newSecret('code'), request)
  await store.saveCode({
    value: enforce.codeKey(value),
    grantId: grant.id,
    clientId: grant.clientId,
    maxAgeAsked: request.maxAge !== undefined,
    expiresAt: clock.now() + config.lifetimes.code * 1000,
    ...(request.redirectUriSent && { redirectUri: request.redirectUri }),
    ...enforce.boundChallenge(request),
    ...(request.nonce !== undefined && { nonce: request.nonce }),
    ...(request.scopeAsked !== undefined && { scopeAsked: request.scopeAsked }),
  })
  return { code: value, state: enforce.codeState(request.state) }
}

async function tokenParams(context: Context, request: AuthorizationRequest, grant: Grant): Promise<ResponseParams> {
  const { enforce } = context
  const { response } = await issueAccessToken(context, {
    client: request.client,
    sub: grant.sub,
    scopes: grant.scopes,
    asked: request.scopeAsked,
    grantId: grant.id,
  })
  context.observe({ type: 'issued', grantType: 'implicit' })
  return { ...enforce.implicitResponse(response), state: enforce.implicitState(request.state) }
}

function deliver(
  context: Context,
  { redirectUri }: ReturnAddress,
  mode: ReturnAddress['responseMode'],
  params: ResponseParams,
  setCookies: readonly string[] = [],
): Response {
  const { enforce } = context
  switch (mode) {
    case 'query':
      return redirect(context, enforce.responseLocation(redirectUri, params), setCookies)
    case 'fragment':
      return redirect(context, enforce.fragmentLocation(redirectUri, params), setCookies)
    case 'form_post':
      return formPage(context, redirectUri, params, setCookies)
  }
}

function formPage(
  { enforce }: Context,
  redirectUri: string,
  params: ResponseParams,
  setCookies: readonly string[],
): Response {
  const headers = new Headers({ ...enforce.pageHeaders(), ...enforce.formPostHeaders() })
  for (const line of setCookies) headers.append('set-cookie', line)
  return new Response(enforce.formPostPage(enforce.formPostForm(redirectUri, params)), { headers })
}

export function redirect({ enforce }: Context, location: string, setCookies: readonly string[] = []): Response {
  const headers = new Headers({ location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
  for (const line of setCookies) headers.append('set-cookie', line)
  return new Response(null, { status: enforce.redirectStatus(), headers })
}
