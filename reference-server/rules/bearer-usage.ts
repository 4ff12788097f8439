import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { rfc9068 } from '../../core/spec/rfc9068.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { AccessToken } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import { readParams } from '../parameters.ts'
import { rule } from '../rule.ts'
import { printable } from './token-endpoint.ts'

/** The bearer token of the Authorization header; `undefined` where there is none. */
export const bearerToken = rule(
  [rfc6750.headerSupported, rfc6750.headerSyntax, oidcCore.userinfoBearer],
  (authorization: string | null): string | undefined =>
    /^bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(authorization ?? '')?.[1],
)

/** The bearer tokens that a body carries: a form may, whatever else it holds, and nothing but a form. */
export const tokensInForm = rule(
  [rfc6750.formConditions],
  (contentType: string | null, body: string): readonly string[] =>
    /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType ?? '') ? tokensIn(body) : [],
)

/** The one token of a request, wherever it stands; `undefined` where it has none. */
export const tokenComesOnce = rule([rfc6750.invalidRequest], (brought: readonly string[]): string | undefined => {
  if (brought.length > 1) throw new OAuthError('invalid_request', 'the access token comes more than once')
  return brought[0]
})

/** The headers of what is answered to a token that stood in the URI. */
export const queryAnswerHeaders = rule([rfc6750.queryAnswerPrivate], (): Readonly<Record<string, string>> => ({
  'cache-control': 'no-store, private',
}))

export const tokenIsGenuine = rule(
  [rfc6750.invalidToken, rfc6749.tokenValidated, rfc9068.invalidTokenReported],
  (token: AccessToken | undefined): AccessToken => {
    if (token === undefined) throw new OAuthError('invalid_token', 'the access token is unknown')
    return token
  },
)

export const tokenHasScope = rule(
  [
    rfc6750.insufficientScope,
    rfc6750.scopeRestricted,
    rfc6749.tokenScopeCovers,
    rfc9068.authorizationClaimsUsed,
    rfc9700.actionsRestricted,
  ],
  (token: AccessToken, scope: string) => {
    if (!token.scopes.includes(scope))
      throw new OAuthError('insufficient_scope', `the access token lacks the scope ${scope}`)
  },
)

export interface Denial {
  readonly status: number
  readonly challenge?: string
}

/** A request that carried no token is told only how to authenticate. */
export const bearerDenial = rule(
  [
    rfc6750.challenge,
    rfc6750.challengeBearer,
    rfc6750.challengeParams,
    rfc6750.challengeParamsOnce,
    rfc6750.challengeScopeCharset,
    rfc6750.challengeErrorCharset,
    rfc6750.challengeErrorUri,
    rfc6750.noErrorWithoutToken,
    rfc6750.errorTold,
    rfc6750.invalidRequest,
    rfc6750.invalidToken,
    rfc6750.insufficientScope,
    rfc9068.invalidTokenReported,
    rfc6749.resourceErrorTold,
    oidcCore.userinfoError,
  ],
  (error: OAuthError | undefined): Denial => {
    if (error === undefined) return { status: 401, challenge: challengeOf({}) }
    const { code, message } = error
    return {
      status: code === 'insufficient_scope' ? 403 : code === 'invalid_request' ? 400 : 401,
      challenge: challengeOf({
        error: code,
        error_description: printable(message),
        ...(code === 'insufficient_scope' && { scope: 'openid' }),
      }),
    }
  },
)

/** A challenge of RFC 6750 §3; no value needs escaping. */
export const challengeOf = (params: Readonly<Record<string, string>>): string =>
  `Bearer ${Object.entries({ realm: 'userinfo', ...params })
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`

/** The bearer tokens of a form or query. */
export const tokensIn = (text: string): readonly string[] =>
  readParams(text).flatMap(([name, value]) => (name === 'access_token' ? [value] : []))
