import type { Context, Endpoint } from '../context.ts'
import { readCookie, readForm } from '../http.ts'
import type { AuthorizationRequest, Client, Session } from '../model.ts'
import { NotRedirectable, OAuthError } from '../oauth-error.ts'
import { errorPage } from '../pages.ts'
import { type Params, type RawParams, readParams } from '../parameters.ts'
import { beginInteraction, continueInteraction, errorRedirect, sessionOf } from '../sign-in.ts'

/** RFC 6749 §3.1, §4.1.1 and OpenID Connect Core §3.1.2.1. */
export const authorizationEndpoint =
  (context: Context): Endpoint =>
  async (request, url) => {
    try {
      const raw = request.method === 'POST' ? await readForm(request) : readParams(url.search.slice(1))
      return await authorize(context, request, raw)
    } catch (error) {
      if (error instanceof NotRedirectable || error instanceof OAuthError)
        return errorPage(context, error.message, request)
      throw error
    }
  }

async function authorize(context: Context, request: Request, raw: RawParams): Promise<Response> {
  const { enforce, store } = context
  enforce.whereToIsUnambiguous(raw)
  const params = enforce.authorizationParams(raw)
  const client = enforce.authorizingClientIsKnown(await store.findClient(params.get('client_id') ?? ''))
  const openid = params.get('scope')?.split(' ').includes('openid') ?? false
  const redirectUri = enforce.redirectUriOrDefault(client, params.get('redirect_uri'), openid)
  enforce.redirectUriMatches(client, redirectUri)

  // From here on the client learns of errors by redirect.
  try {
    enforce.authorizationParamsNotRepeated(raw)
    enforce.authorizationUnknownParams(params)
    const pending = readRequest(context, client, redirectUri, params)
    const session = await sessionOf(context, request)
    return await answerOrAsk(context, request, pending, session)
  } catch (error) {
    if (error instanceof OAuthError) return errorRedirect(context, redirectUri, params.get('state'), error)
    throw error
  }
}

function readRequest(
  { enforce, config }: Context,
  client: Client,
  redirectUri: string,
  params: Params,
): AuthorizationRequest {
  enforce.responseTypeIsCode(params.get('response_type'))
  enforce.clientMayAuthorize(client)
  const prompts = params.get('prompt')?.split(' ') ?? []
  enforce.promptIsConsistent(prompts)
  const challenge = params.get('code_challenge')
  enforce.challengeIsPresent(client, challenge)
  const method = enforce.challengeMethod(challenge, params.get('code_challenge_method'), config.plainPkce)
  enforce.challengeIsWellFormed(challenge, method)
  const maxAge = params.get('max_age')
  if (maxAge !== undefined && !/^\d{1,9}$/.test(maxAge))
    throw new OAuthError('invalid_request', 'max_age is not a number of seconds')
  const state = params.get('state')
  const nonce = params.get('nonce')
  return {
    kind: 'authorization',
    client,
    redirectUri,
    redirectUriSent: params.has('redirect_uri'),
    scopes: enforce.authorizationScope(client, params.get('scope'), prompts, config.scopes),
    prompts,
    ...(state !== undefined && { state }),
    ...(nonce !== undefined && { nonce }),
    ...(challenge !== undefined && { challenge }),
    ...(method !== undefined && { challengeMethod: method }),
    ...(maxAge !== undefined && { maxAge: Number(maxAge) }),
  }
}

async function answerOrAsk(
  context: Context,
  request: Request,
  pending: AuthorizationRequest,
  session: Session | undefined,
): Promise<Response> {
  const { enforce, clock } = context
  if (enforce.mustAuthenticate(pending, session, clock.now())) {
    enforce.nobodyIsAsked(pending, 'login')
    return await beginInteraction(context, pending, 'login', readCookie(request, 'assay_browser'))
  }
  return await continueInteraction(context, pending, session, readCookie(request, 'assay_browser'))
}
