import { oauth21 } from '../../core/spec/oauth21.ts'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { rfc7519 } from '../../core/spec/rfc7519.ts'
import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { Client, GrantType, TokenGrantType } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import type { Params, RawParams } from '../parameters.ts'
import { randomText } from '../random-text.ts'
import { rule } from '../rule.ts'
import { repeated } from './authorization-request.ts'

export const tokenMethods = rule([rfc6749.tokenPostOnly], (): readonly ('GET' | 'POST' | 'PUT')[] => ['POST'])

export const tokenParamsNotRepeated = rule([rfc6749.tokenParamsNotRepeated], (raw: RawParams) => {
  const name = repeated(raw)
  if (name !== undefined) throw new OAuthError('invalid_request', `${printable(name)} is repeated`)
})

export const tokenParams = rule(
  [rfc6749.tokenEmptyParamsOmitted, rfc6749.paramsCaseSensitive],
  (raw: RawParams): Params => new Map(raw.filter(([, value]) => value !== '')),
)

/** Parameters that the server has no use for do not matter. */
export const tokenUnknownParams = rule([rfc6749.tokenUnknownParamsIgnored], (_params: Params) => {})

export const grantTypeIsPresent = rule([rfc6749.invalidRequest], (grantType: string | undefined): string => {
  if (grantType === undefined) throw new OAuthError('invalid_request', 'grant_type is missing')
  return grantType
})

export const grantTypeIsSupported = rule(
  [rfc6749.unsupportedGrantType, rfc6749.paramsCaseSensitive, rfc9700.passwordGrantRefused, rfc8414.grantTypes],
  (grantType: string, supported: readonly GrantType[]): TokenGrantType => {
    const known = supported.find((one): one is TokenGrantType => one === grantType && one !== 'implicit')
    if (known === undefined) throw new OAuthError('unsupported_grant_type', 'grant_type is not supported')
    return known
  },
)

export const clientMayUseGrant = rule([rfc6749.unauthorizedClient], (client: Client, grantType: string) => {
  if (!client.grantTypes.includes(grantType))
    throw new OAuthError('unauthorized_client', 'the client may not use this grant_type')
})

export const clientIsConfidential = rule([rfc6749.clientCredentialsConfidential], (client: Client) => {
  if (client.authMethod === 'none')
    throw new OAuthError('unauthorized_client', 'public clients may not use client credentials')
})

export const clientCredentialsScope = rule(
  [rfc6749.invalidScope, rfc6749.scopeCaseSensitive, rfc6749.scopeOrderFree, rfc7591.scopeLimits],
  (client: Client, scope: string | undefined): readonly string[] => {
    const own = client.scopes.filter((one) => one.startsWith('api:'))
    const asked = scope?.split(' ') ?? own
    // OpenID Connect Core §11: offline_access is ignored where nobody consents to it.
    const heeded = asked.filter((one) => one !== 'offline_access' || !client.scopes.includes(one))
    if (!heeded.every((one) => own.includes(one)))
      throw new OAuthError('invalid_scope', 'scope holds a value that the client may not ask for')
    return [...new Set(heeded.length === 0 ? own : heeded)]
  },
)

/** There is nobody whose consent a refresh token would carry on: the client can always ask again. */
export const clientCredentialsRefresh = rule(
  [rfc6749.noRefreshForClientCredentials],
  (_asked: string | undefined): boolean => false,
)

/** 256 bits from the system's source, for codes, tokens and identifiers alike. */
export const newSecret = rule(
  [rfc6749.tokensUnguessable, rfc6749.tokensHardToGuess, rfc6750.referencesUnguessable, rfc7519.jtiUnique],
  (_of?: 'code' | 'access token' | 'refresh token'): string => randomText(),
)

/** Spelt as on the wire: it is sent as it is. */
export type TokenResponse = {
  readonly access_token: string
  readonly token_type: string
  readonly expires_in: number
  readonly scope?: string
  readonly refresh_token?: string
  readonly id_token?: string
}

export const tokenResponseBody = rule(
  [
    rfc6749.tokenResponse,
    rfc6749.tokenExpiryIsNumber,
    rfc6749.expirySyntax,
    rfc6749.scopeSyntax,
    rfc6749.tokenTypeSyntax,
    rfc6749.paramNameSyntax,
    rfc6749.tokenSyntax,
    rfc6749.scopeReturnedWhenChanged,
    oidcCore.tokenTypeBearer,
    oauth21.scopeReturned,
    oauth21.noNullMembers,
  ],
  (response: TokenResponse): Readonly<Record<string, unknown>> => response,
)

export const tokenResponseText = rule(
  [rfc6749.tokenResponseParamsNotRepeated],
  (body: Readonly<Record<string, unknown>>): string => JSON.stringify(body),
)

export const tokenResponseHeaders = rule(
  [rfc6749.noStore, rfc6749.pragmaNoCache, rfc6749.tokenResponseJson],
  (): Readonly<Record<string, string>> => ({
    'content-type': 'application/json',
    'cache-control': 'no-store',
    pragma: 'no-cache',
  }),
)

/** What a failed request is told: the code of the registry and a description in the characters that RFC 6749 §5.2 allows. */
export const errorBody = rule(
  [rfc6749.errorJson, rfc6749.errorCharset, rfc6749.errorDescriptionCharset, rfc6749.errorUri, oauth21.noNullMembers],
  (error: OAuthError): Readonly<Record<string, unknown>> => ({
    error: error.code,
    error_description: printable(error.message),
  }),
)

export const errorHeaders = rule([rfc6749.errorType], (): Readonly<Record<string, string>> => ({
  'content-type': 'application/json',
}))

export const errorStatus = rule(
  [rfc6749.errorStatus, rfc6749.invalidClientStatus],
  (error: OAuthError, _usedHeader: boolean): number => (error.code === 'invalid_client' ? 401 : 400),
)

export const clientChallenge = rule(
  [rfc6749.invalidClientChallenge],
  (error: OAuthError, usedHeader: boolean): string | undefined =>
    error.code === 'invalid_client' && usedHeader ? 'Basic realm="clients"' : undefined,
)

/** Text in the characters that RFC 6749 §4.1.2.1 and §5.2 allow. */
export const printable = (text: string) => text.replaceAll(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, '?')
