import { randomBytes } from 'node:crypto'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7519 } from '../../core/spec/rfc7519.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { Client } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import type { Params, RawParams } from '../parameters.ts'
import { rule } from '../rule.ts'
import { repeated } from './authorization-request.ts'

export const tokenParamsNotRepeated = rule([rfc6749.tokenParamsNotRepeated], (raw: RawParams) => {
  const name = repeated(raw)
  if (name !== undefined) throw new OAuthError('invalid_request', `${printable(name)} is repeated`)
})

export const tokenParams = rule(
  [rfc6749.tokenEmptyParamsOmitted],
  (raw: RawParams): Params => new Map(raw.filter(([, value]) => value !== '')),
)

/** Parameters that the server has no use for do not matter. */
export const tokenUnknownParams = rule([rfc6749.tokenUnknownParamsIgnored], (_params: Params) => {})

export const grantTypeIsPresent = rule([rfc6749.invalidRequest], (grantType: string | undefined): string => {
  if (grantType === undefined) throw new OAuthError('invalid_request', 'grant_type is missing')
  return grantType
})

export const grantTypeIsSupported = rule(
  [rfc6749.unsupportedGrantType, rfc9700.passwordGrantRefused],
  (grantType: string): 'authorization_code' | 'client_credentials' | 'refresh_token' => {
    if (grantType === 'authorization_code' || grantType === 'client_credentials' || grantType === 'refresh_token')
      return grantType
    throw new OAuthError('unsupported_grant_type', 'grant_type is not supported')
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
  [rfc6749.invalidScope],
  (client: Client, scope: string | undefined): readonly string[] => {
    const own = client.scopes.filter((one) => one.startsWith('api:'))
    const asked = scope?.split(' ') ?? own
    if (!asked.every((one) => own.includes(one)))
      throw new OAuthError('invalid_scope', 'scope holds a value that the client may not ask for')
    return [...new Set(asked)]
  },
)

/** There is nobody whose consent a refresh token would carry on: the client can always ask again. */
export const clientCredentialsRefresh = rule([rfc6749.noRefreshForClientCredentials], (): boolean => false)

/** 256 bits from the system's source, for codes, tokens and identifiers alike. */
export const newSecret = rule([rfc6749.tokensUnguessable, rfc7519.jtiUnique], (): string =>
  randomBytes(32).toString('base64url'),
)

export interface TokenResponse {
  readonly access_token: string
  readonly token_type: string
  readonly expires_in: number
  readonly scope?: string
  readonly refresh_token?: string
  readonly id_token?: string
}

export const tokenResponseBody = rule(
  [rfc6749.tokenResponse, rfc6749.tokenExpiryIsNumber, rfc6749.scopeReturnedWhenChanged, oidcCore.tokenTypeBearer],
  (response: TokenResponse): Readonly<Record<string, unknown>> => ({ ...response }),
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
  [rfc6749.errorJson, rfc6749.errorDescriptionCharset],
  (error: OAuthError): Readonly<Record<string, unknown>> => ({
    error: error.code,
    error_description: printable(error.message),
  }),
)

export const errorStatus = rule(
  [rfc6749.errorStatus, rfc6749.invalidClientStatus],
  (error: OAuthError, _usedHeader: boolean): number => (error.code === 'invalid_client' ? 401 : 400),
)

export const clientChallenge = rule(
  [rfc6749.invalidClientChallenge],
  (error: OAuthError, usedHeader: boolean): string | undefined =>
    error.code === 'invalid_client' && usedHeader ? 'Basic realm="clients"' : undefined,
)

const printable = (text: string) => text.replaceAll(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, '?')
