import { seconds } from './clock.ts'
import type { Context } from './context.ts'
import { readCookie } from './http.ts'
import type { AuthorizationRequest, Grant, Interaction, PendingRequest, Session } from './model.ts'
import type { OAuthError } from './oauth-error.ts'
import type { ResponseParams } from './rules/redirect.ts'
import { respondWithAssertion } from './saml/respond.ts'

/** So long a person has to answer a page: one hour, in milliseconds. */
const patience = 60 * 60 * 1000

/** The session of this browser, as long as it lives. */
export async function sessionOf({ store, clock, config }: Context, request: Request): Promise<Session | undefined> {
  const id = readCookie(request, 'assay_session')
  const session = id === undefined ? undefined : await store.findSession(id)
  return session !== undefined && seconds(clock.now()) - session.authTime < config.lifetimes.session
    ? session
    : undefined
}

/** Sends the person to a page and ties what waits for the answer to this browser. */
export async function beginInteraction(
  context: Context,
  request: PendingRequest,
  page: 'login' | 'consent',
  knownBrowser: string | undefined,
  authenticated = false,
): Promise<Response> {
  const { enforce, store, issuer } = context
  const browser = knownBrowser ?? enforce.newSecret()
  const interaction: Interaction = {
    id: enforce.newSecret(),
    browser,
    csrf: enforce.newSecret(),
    request,
    authenticated,
  }
  await store.saveInteraction(interaction, context.clock.now() + patience)
  return redirect(context, `${issuer}/${page}?interaction=${interaction.id}`, [
    cookie(context, 'assay_browser', browser),
  ])
}

/** Once it is known who the person is: asks for consent where it is wanting, else answers the application. */
export async function continueInteraction(
  context: Context,
  request: PendingRequest,
  session: Session | undefined,
  browser: string | undefined,
  setCookies: readonly string[] = [],
): Promise<Response> {
  const { enforce, store } = context
  if (session === undefined) throw new TypeError('nobody is signed in')
  if (request.kind === 'sso') return respondWithAssertion(context, request, session, setCookies)
  const consented = await store.findConsent(session.sub, request.client.clientId)
  if (request.prompts.includes('consent') || !request.scopes.every((scope) => consented.includes(scope))) {
    enforce.nobodyIsAsked(request, 'consent')
    const response = await beginInteraction(context, request, 'consent', browser, true)
    for (const line of setCookies) response.headers.append('set-cookie', line)
    return response
  }
  return await codeRedirect(context, request, session, setCookies)
}

/** RFC 6749 §4.1.2: the person agreed, the client gets a code. */
export async function codeRedirect(
  context: Context,
  request: AuthorizationRequest,
  session: Session,
  setCookies: readonly string[] = [],
): Promise<Response> {
  const { enforce, store, clock, config, issuer } = context
  const grant: Grant = {
    id: enforce.newSecret(),
    clientId: request.client.clientId,
    sub: session.sub,
    scopes: request.scopes,
    authTime: session.authTime,
    revoked: false,
  }
  await store.saveGrant(grant)
  const value = enforce.newSecret()
  await store.saveCode({
    value,
    grantId: grant.id,
    clientId: grant.clientId,
    maxAgeAsked: request.maxAge !== undefined,
    expiresAt: clock.now() + config.lifetimes.code * 1000,
    ...(request.redirectUriSent && { redirectUri: request.redirectUri }),
    ...(request.challenge !== undefined && { challenge: request.challenge }),
    ...(request.challengeMethod !== undefined && { challengeMethod: request.challengeMethod }),
    ...(request.nonce !== undefined && { nonce: request.nonce }),
  })
  return answer(
    context,
    request.redirectUri,
    { code: value, state: enforce.codeState(request.state), iss: issuer },
    setCookies,
  )
}

/** RFC 6749 §4.1.2.1. */
export const errorRedirect = (
  context: Context,
  redirectUri: string,
  state: string | undefined,
  error: OAuthError,
): Response => {
  context.observe({ type: 'denied', error: error.code })
  return answer(context, redirectUri, {
    error: error.code,
    error_description: error.message,
    state: context.enforce.errorState(state),
    iss: context.issuer,
  })
}

const answer = (context: Context, redirectUri: string, params: ResponseParams, setCookies: readonly string[] = []) =>
  redirect(context, context.enforce.responseLocation(redirectUri, params), setCookies)

export function redirect({ enforce }: Context, location: string, setCookies: readonly string[] = []): Response {
  const headers = new Headers({ location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
  for (const line of setCookies) headers.append('set-cookie', line)
  return new Response(null, { status: enforce.redirectStatus(), headers })
}

export const cookie = ({ issuer }: Context, name: string, value: string) => {
  const { protocol, pathname } = new URL(issuer)
  return `${name}=${value}; Path=${pathname}; HttpOnly; SameSite=Lax${protocol === 'https:' ? '; Secure' : ''}`
}
