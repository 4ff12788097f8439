import { formPost } from '../../core/spec/form-post.ts'
import { multipleResponseTypes } from '../../core/spec/multiple-response-types.ts'
import { oauth21 } from '../../core/spec/oauth21.ts'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { rfc8252 } from '../../core/spec/rfc8252.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import type { Config } from '../config.ts'
import type { AuthorizationRequest, Client, ResponseMode, ResponseType, Session } from '../model.ts'
import { NotRedirectable, OAuthError } from '../oauth-error.ts'
import type { Params, RawParams } from '../parameters.ts'
import { rule } from '../rule.ts'
import { seconds } from '../clock.ts'

export const authorizationMethods = rule(
  [rfc6749.getSupported, oidcCore.postSupported],
  (): readonly ('GET' | 'POST')[] => ['GET', 'POST'],
)

/** Leaves out what is empty, keeps the first of each; what repeats is refused by its own rule. */
export const authorizationParams = rule(
  [rfc6749.emptyParamsOmitted],
  (raw: RawParams): Params => new Map(raw.filter(([, value]) => value !== '').toReversed()),
)

/** Looked at before anything else: with two client_id, redirect_uri or response_mode nobody knows where an error belongs. */
export const whereToIsUnambiguous = rule([rfc6749.paramsNotRepeated], (raw: RawParams) => {
  for (const name of whereTo) {
    if (raw.filter(([key]) => key === name).length > 1) throw new NotRedirectable(`${name} is repeated`)
  }
})

/** All that the rule before has not looked at. */
export const authorizationParamsNotRepeated = rule(
  [rfc6749.paramsNotRepeated, rfc6749.authorizationInvalidRequest],
  (raw: RawParams) => {
    const name = repeated(raw.filter(([key]) => !whereTo.includes(key)))
    if (name !== undefined) throw new OAuthError('invalid_request', `${name} is repeated`)
  },
)

const whereTo: readonly string[] = ['client_id', 'redirect_uri', 'response_mode']

/** Parameters that the server has no use for do not matter. */
export const authorizationUnknownParams = rule(
  [rfc6749.unknownParamsIgnored, oidcCore.unknownParamsIgnored],
  (_params: Params) => {},
)

export const authorizingClientIsKnown = rule(
  [rfc6749.errorNotToBadUri, rfc9700.noOpenRedirect, rfc9700.noRedirectForWrongPair],
  (client: Client | undefined): Client => {
    if (client === undefined) throw new NotRedirectable('no client with this client_id is registered')
    return client
  },
)

/** Byte for byte, but for the port of a loopback address in a native client's URI (RFC 8252 §7.3). */
export const redirectUriMatches = rule(
  [
    rfc9700.exactRedirectUri,
    rfc6749.redirectUriRegistered,
    rfc6749.redirectUriComplete,
    rfc6749.redirectUriCompared,
    rfc7591.redirectUrisRegistered,
    rfc6749.implicitRedirectUriVerified,
    rfc6749.noOpenRedirector,
    rfc6749.errorNotToBadUri,
    oidcCore.redirectUriExact,
    rfc9700.noOpenRedirect,
    rfc9700.noRedirectForWrongPair,
    rfc9700.loopbackPortVaries,
    rfc8252.anyLoopbackPort,
    rfc8252.exactRedirectUri,
    rfc8252.completeUriRegistered,
    oauth21.redirectUrisRegistered,
    oauth21.redirectUriComplete,
  ],
  (client: Client, redirectUri: string, _params?: Params) => {
    const matches = client.redirectUris.some(
      (registered) =>
        registered === redirectUri ||
        (client.applicationType === 'native' && withoutLoopbackPort(registered) === withoutLoopbackPort(redirectUri)),
    )
    if (!matches) throw new NotRedirectable('redirect_uri is not registered for this client')
  },
)

/** What lies in the folder of a pattern: only names that no reader takes for a way out of it. */
export const patternCovers = rule(
  [rfc6749.redirectUriRegistered, rfc9700.noOpenRedirect],
  (pattern: string, redirectUri: string): boolean => {
    const folder = folderOf(pattern)
    if (folder === undefined || !redirectUri.startsWith(folder)) return false
    return /^(?:[\w~*-][\w.~*-]*\/?)*$/.test(redirectUri.slice(folder.length))
  },
)

/** `https://rp.example/apps/` of `https://rp.example/apps/*`; nothing where the URI is no pattern. */
export const folderOf = (uri: string): string | undefined => /^(.*\/)\*$/s.exec(uri)?.[1]

/** OAuth lets the only registered URI stand in for a missing one; OpenID Connect does not. */
export const redirectUriOrDefault = rule(
  [rfc6749.redirectUriNeededOfSeveral, oidcCore.redirectUriRequired],
  (client: Client, redirectUri: string | undefined, openid: boolean): string => {
    if (redirectUri !== undefined) return redirectUri
    const [only, ...others] = client.redirectUris
    if (openid || only === undefined || others.length > 0) throw new NotRedirectable('redirect_uri is missing')
    return only
  },
)

/**
 * How the client is answered. Where that is not known, no error could be told it either: the person sees a page. What is
 * granted with a token goes into no query, whoever asks for it.
 */
export const responseMode = rule(
  [
    multipleResponseTypes.codeDefaultsToQuery,
    multipleResponseTypes.tokenDefaultsToFragment,
    multipleResponseTypes.queryMode,
    multipleResponseTypes.fragmentMode,
    multipleResponseTypes.noTokenInQuery,
    formPost.responseInForm,
    oidcCore.unknownModeRefused,
    rfc8414.responseModes,
  ],
  (asked: string | undefined, responseType: string | undefined, supported: readonly ResponseMode[]): ResponseMode => {
    const own = defaultModeOf(responseType)
    if (asked === undefined) return own
    const mode = supported.find((one) => one === asked && (one !== 'query' || own === 'query'))
    if (mode === undefined) throw new NotRedirectable('response_mode is not supported for this response_type')
    return mode
  },
)

/** Whatever brings a token or an ID token, be it supported or not, is answered in the fragment. */
const defaultModeOf = (responseType = ''): ResponseMode =>
  responseType.split(' ').some((one) => one === 'token' || one === 'id_token') ? 'fragment' : 'query'

export const responseTypeIsSupported = rule(
  [rfc6749.responseTypeRequired, rfc6749.unsupportedResponseType],
  (responseType: string | undefined, supported: readonly ResponseType[]): ResponseType => {
    if (responseType === undefined) throw new OAuthError('invalid_request', 'response_type is missing')
    const known = supported.find((one) => one === responseType)
    if (known === undefined) throw new OAuthError('unsupported_response_type', 'response_type is not supported')
    return known
  },
)

/** Apps use codes, which PKCE protects and which bring refresh tokens. */
export const appsUseCodes = rule([rfc8252.noImplicit], (client: Client, responseType: ResponseType) => {
  if (client.applicationType === 'native' && responseType !== 'code')
    throw new OAuthError('unauthorized_client', 'a native app must ask for a code')
})

export const clientMayAuthorize = rule(
  [rfc6749.unauthorizedForCode, rfc6749.unauthorizedForToken],
  (client: Client, responseType: ResponseType) => {
    if (!client.grantTypes.includes(responseType === 'code' ? 'authorization_code' : 'implicit'))
      throw new OAuthError('unauthorized_client', 'the client may not use this response_type')
  },
)

/**
 * OpenID Connect ignores what it does not understand (Core §3.1.2.1), OAuth refuses it. offline_access without
 * prompt=consent is ignored rather than refused (Core §11).
 */
export const authorizationScope = rule(
  [
    rfc6749.authorizationScopeChecked,
    rfc6749.missingScopeDecided,
    rfc8414.scopesSupported,
    oidcCore.unknownScopeIgnored,
    oidcCore.offlineAccessConsent,
  ],
  (
    client: Client,
    scope: string | undefined,
    prompts: readonly string[],
    supported: readonly string[],
  ): readonly string[] => {
    const named =
      scope === undefined
        ? client.scopes.filter((one) => one !== 'openid' && one !== 'offline_access')
        : scope.split(' ')
    const asked = named.includes('openid') ? named.filter((one) => supported.includes(one)) : named
    const foreign = asked.find((one) => !client.scopes.includes(one))
    if (foreign !== undefined)
      throw new OAuthError('invalid_scope', 'scope holds a value that the client may not ask for')
    return [...new Set(asked)].filter((one) => one !== 'offline_access' || prompts.includes('consent'))
  },
)

export const challengeIsPresent = rule(
  [
    rfc8252.pkceRequired,
    rfc7636.challengeRequired,
    oauth21.challengeOfPublicClients,
    oauth21.challengeOfOtherClients,
    oauth21.codeNeedsChallenge,
    oauth21.challengeBesideNonce,
  ],
  (
    client: Client,
    challenge: string | undefined,
    nonce: string | undefined,
    required: Config['pkceRequired'] = 'always',
  ) => {
    const free = required === 'of public clients' || (required === 'without a nonce' && nonce !== undefined)
    if (challenge === undefined && (client.authMethod === 'none' || !free))
      throw new OAuthError('invalid_request', 'code_challenge is missing')
  },
)

/** A missing method means plain; what the server does not support is refused, never taken for something else. */
export const challengeMethod = rule(
  [
    rfc7636.unknownMethodRefused,
    rfc7636.methodDefaultsToPlain,
    rfc7636.methodCaseSensitive,
    rfc7636.s256Supported,
    rfc8252.pkceSupported,
    rfc9700.pkceSupported,
    rfc8414.challengeMethodsPublished,
  ],
  (
    challenge: string | undefined,
    method: string | undefined,
    plainSupported: boolean,
  ): 'S256' | 'plain' | undefined => {
    if (challenge === undefined) {
      if (method !== undefined)
        throw new OAuthError('invalid_request', 'code_challenge_method stands without code_challenge')
      return undefined
    }
    if (method === 'S256') return 'S256'
    if ((method ?? 'plain') === 'plain' && plainSupported) return 'plain'
    throw new OAuthError('invalid_request', 'code_challenge_method is not supported')
  },
)

export const challengeIsWellFormed = rule(
  [rfc7636.challengeSyntax],
  (challenge: string | undefined, method: 'S256' | 'plain' | undefined) => {
    const pattern = method === 'S256' ? /^[A-Za-z0-9_-]{43}$/ : /^[A-Za-z0-9._~-]{43,128}$/
    if (challenge !== undefined && !pattern.test(challenge))
      throw new OAuthError('invalid_request', 'code_challenge is malformed')
  },
)

export const promptIsConsistent = rule([oidcCore.promptNoneAlone], (prompts: readonly string[]) => {
  if (prompts.includes('none') && prompts.length > 1)
    throw new OAuthError('invalid_request', 'prompt none stands beside another value')
})

/** Whether the person must sign in (again) before the request can be answered. */
export const mustAuthenticate = rule(
  [oidcCore.promptLogin, oidcCore.maxAge],
  (request: AuthorizationRequest, session: Session | undefined, now: number): boolean => {
    if (session === undefined || request.prompts.includes('login')) return true
    return request.maxAge !== undefined && seconds(now) - session.authTime > request.maxAge
  },
)

/** With prompt=none nobody is asked anything: what would need a page is an error. */
export const nobodyIsAsked = rule(
  [oidcCore.promptNone, oidcCore.loginRequired],
  (request: AuthorizationRequest, needed: 'login' | 'consent') => {
    if (request.prompts.includes('none')) {
      throw new OAuthError(
        needed === 'login' ? 'login_required' : 'consent_required',
        `the person would have to be asked for ${needed}`,
      )
    }
  },
)

/**
 * An error sends the person to an application that anybody may have registered, so they are signed in first, unless they
 * are to see nothing of the request.
 */
export const errorWaitsForSignIn = rule(
  [rfc9700.personSignedInFirst],
  (session: Session | undefined, prompt: string | undefined): boolean =>
    session === undefined && !(prompt?.split(' ').includes('none') ?? false),
)

/** Others can take on the name of an app, but not an https URI that it claims: elsewhere each request is asked about. */
export const earlierConsentCounts = rule(
  [rfc6749.repeatedNotAutomatic, rfc8252.personAsked, rfc8252.earlierConsentForgotten],
  ({ client, redirectUri }: AuthorizationRequest): boolean =>
    client.authMethod !== 'none' || redirectUri.startsWith('https:'),
)

export const repeated = (raw: RawParams): string | undefined => {
  const seen = new Set<string>()
  return raw.find(([name]) => seen.has(name) || !seen.add(name))?.[0]
}

/** `http://127.0.0.1:51004/cb` and `http://[::1]/cb` without their port; any other URI as it is. */
const withoutLoopbackPort = (uri: string) =>
  uri.replace(/^(http:\/\/(?:127\.0\.0\.1|\[::1\])):[0-9]{1,5}(?=[/?]|$)/, '$1')
