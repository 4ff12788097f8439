import { respondWithError } from '../authorization-response.ts'
import { responseTypesOf } from '../config.ts'
import type { Context, Endpoint } from '../context.ts'
import { readCookie, readRequest } from '../http.ts'
import type { AuthorizationRequest, Client, ReturnAddress, Session } from '../model.ts'
import { NotRedirectable, OAuthError } from '../oauth-error.ts'
import { errorPage } from '../pages.ts'
import type { Params, RawParams } from '../parameters.ts'
import { beginInteraction, continueInteraction, sessionOf } from '../sign-in.ts'

/** RFC 6749 §3.1, §4.1.1 and OpenID Connect Core §3.1.2.1. */
export const authorizationEndpoint =
  (context: Context): Endpoint =>
  async (request, url) => {
    try {
      return await authorize(context, request, await readRequest(request, url, context.enforce.formPairs))
    } catch (error) {
      if (error instanceof NotRedirectable || error instanceof OAuthError)
        return errorPage(context, error.message, request)
      throw error
    }
  }

async function authorize(context: Context, request: Request, raw: RawParams): Promise<Response> {
  const { enforce, store, config } = context
  enforce.inputIsLookedThrough(raw)
  enforce.whereToIsUnambiguous(raw)
  const params = enforce.authorizationParams(raw)
  const client = enforce.authorizingClientIsKnown(await store.findClient(params.get('client_id') ?? ''))
  const openid = params.get('scope')?.split(' ').includes('openid') ?? false
  const redirectUri = enforce.redirectUriOrDefault(client, params.get('redirect_uri'), openid)
  const isCovered =
    config.redirectUriPatterns && client.redirectUris.some((pattern) => enforce.patternCovers(pattern, redirectUri))
  if (!isCovered) enforce.redirectUriMatches(client, redirectUri, params)
  const state = params.get('state')
  const to: ReturnAddress = {
    redirectUri,
    responseMode: enforce.responseMode(params.get('response_mode'), params.get('response_type'), config.responseModes),
    ...(state !== undefined && { state }),
  }

  // From here on the client learns of errors by a response.
  try {
    enforce.authorizationParamsNotRepeated(raw)
    enforce.authorizationUnknownParams(params)
    const pending = pendingRequest(context, client, to, params)
    const session = await sessionOf(context, request)
    return await answerOrAsk(context, request, pending, session)
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    if (!enforce.errorWaitsForSignIn(await sessionOf(context, request), params.get('prompt')))
      return respondWithError(context, to, error)
    const { code, message: description } = error
    const failed = { ...to, kind: 'failed', client, error: { code, description } } as const
    return await beginInteraction(context, failed, 'login', readCookie(request, 'assay_browser'))
  }
}

function pendingRequest(
  { enforce, config }: Context,
  client: Client,
  to: ReturnAddress,
  params: Params,
): AuthorizationRequest {
  const responseType = enforce.responseTypeIsSupported(params.get('response_type'), responseTypesOf(config))
  enforce.clientMayAuthorize(client, responseType)
  enforce.appsUseCodes(client, responseType)
  const prompts = params.get('prompt')?.split(' ') ?? []
  enforce.promptIsConsistent(prompts)
  const challenge = params.get('code_challenge')
  const nonce = params.get('nonce')
  if (responseType === 'code') enforce.challengeIsPresent(client, challenge, nonce, config.pkceRequired)
  const method = enforce.challengeMethod(challenge, params.get('code_challenge_method'), config.plainPkce)
  enforce.challengeIsWellFormed(challenge, method)
  const maxAge = params.get('max_age')
  if (maxAge !== undefined && !/^\d{1,9}$/.test(maxAge))
    throw new OAuthError('invalid_request', 'max_age is not a number of seconds')
  const scope = params.get('scope')
  return {
    ...to,
    kind: 'authorization',
    client,
    responseType,
    redirectUriSent: params.has('redirect_uri'),
    scopes: enforce.authorizationScope(client, scope, prompts, config.scopes),
    prompts,
    ...(scope !== undefined && { scopeAsked: scope }),
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
