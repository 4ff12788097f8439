import { redirect, respondWithError, respondWithGrant } from './authorization-response.ts'
import { seconds } from './clock.ts'
import { urlOf } from './config.ts'
import type { Context } from './context.ts'
import { readCookie } from './http.ts'
import type { Interaction, PendingRequest, Session } from './model.ts'
import { OAuthError } from './oauth-error.ts'
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
  { session, id }: { readonly session?: Session; readonly id?: string } = {},
): Promise<Response> {
  const { enforce, store, config, issuer } = context
  const browser = knownBrowser ?? enforce.newSecret()
  const interaction: Interaction = {
    id: id ?? enforce.newSecret(),
    browser,
    csrf: enforce.newSecret(),
    request,
    ...(session !== undefined && { session }),
  }
  await store.saveInteraction(interaction, context.clock.now() + patience)
  return redirect(context, `${urlOf(issuer, config.paths[page])}?interaction=${interaction.id}`, [
    cookie(context, 'assay_browser', browser),
  ])
}

/** Lets a request that waits for a person go on in another browser, and in none but that from now on. */
export async function moveInteraction({ enforce, store, clock }: Context, interaction: Interaction) {
  const moved = { ...interaction, browser: enforce.newSecret(), csrf: enforce.newSecret() }
  await store.saveInteraction(moved, clock.now() + patience)
  return moved
}

/** Once it is known who the person is: asks for consent where it is wanting, else answers the application. */
export async function continueInteraction(
  context: Context,
  request: PendingRequest,
  session: Session | undefined,
  browser: string | undefined,
  setCookies: readonly string[] = [],
  id?: string,
): Promise<Response> {
  const { enforce, store, config } = context
  if (session === undefined) throw new TypeError('nobody is signed in')
  if (request.kind === 'sso') return respondWithAssertion(context, request, session, setCookies)
  if (request.kind === 'failed') {
    const { code, description } = request.error
    return respondWithError(context, request, new OAuthError(code, description), setCookies)
  }
  const isRemembered = config.rememberConsent && enforce.earlierConsentCounts(request)
  const consented = isRemembered ? await store.findConsent(session.sub, request.client.clientId) : undefined
  if (enforce.consentIsWanting(request, consented)) {
    enforce.nobodyIsAsked(request, 'consent')
    const response = await beginInteraction(context, request, 'consent', browser, {
      session,
      ...(id !== undefined && { id }),
    })
    for (const line of setCookies) response.headers.append('set-cookie', line)
    return response
  }
  return await respondWithGrant(context, request, session, setCookies)
}

export const cookie = ({ issuer }: Context, name: string, value: string) => {
  const { protocol, pathname } = new URL(issuer)
  return `${name}=${value}; Path=${pathname}; HttpOnly; SameSite=Lax${protocol === 'https:' ? '; Secure' : ''}`
}
