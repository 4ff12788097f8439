import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { rfc7592 } from '../../core/spec/rfc7592.ts'
import { rfc8252 } from '../../core/spec/rfc8252.ts'
import { rfc9068 } from '../../core/spec/rfc9068.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { seconds } from '../clock.ts'
import type { Client, ClientAuthMethod, ClientMetadata } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import { rule } from '../rule.ts'
import type { Store } from '../store.ts'
import { sameText } from './client-authentication.ts'

export const mayRegister = rule(
  [rfc7591.openRegistration, rfc7591.tokenErrorByType],
  (token: string | undefined, owed: string | undefined) => {
    if (owed !== undefined && !sameText(owed, token ?? ''))
      throw new OAuthError('invalid_token', 'the initial access token is missing or wrong')
  },
)

export const registrationType = rule([rfc7591.postJson], (contentType: string): boolean =>
  /^application\/json\s*(?:;|$)/i.test(contentType),
)

export const redirectUrisArePresent = rule(
  [rfc6749.redirectUriOfPublicClients, rfc6749.redirectUriOfImplicitClients, rfc6749.redirectUriOfAllClients],
  (grantTypes: readonly string[], redirectUris: readonly string[]) => {
    if (grantTypes.some((one) => one === 'authorization_code' || one === 'implicit') && redirectUris.length === 0)
      throw new OAuthError('invalid_redirect_uri', 'redirect_uris is missing')
  },
)

export const redirectUriHasNoFragment = rule([rfc6749.redirectUriNoFragment], (uri: string) => {
  if (uri.includes('#')) throw new OAuthError('invalid_redirect_uri', 'a redirection URI must not have a fragment')
})

/** What a response adds must not stand in the query already: it would come twice, or the query would not be kept. */
export const queryLeavesRoom = rule([rfc6749.responseParamsNotRepeated], (uri: string) => {
  const taken = responseParams.find((name) => URL.canParse(uri) && new URL(uri).searchParams.has(name))
  if (taken !== undefined)
    throw new OAuthError('invalid_redirect_uri', `the query of a redirection URI must not have ${taken}`)
})

const responseParams = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri']

/**
 * What may be registered: https for web clients; for native ones a loopback address over http or a private-use scheme
 * in reverse-domain form (RFC 8252 §7.1, §7.3). Written the one way that a URL parser would write it, so that no two
 * readers of it disagree about where it leads.
 */
export const redirectUriIsAcceptable = rule(
  [
    rfc6749.redirectUriAbsolute,
    rfc7591.invalidRedirectUri,
    rfc7591.redirectUriKinds,
    rfc7591.redirectUriOfApplication,
    rfc8252.redirectOptions,
    rfc8252.schemeWithPeriod,
    rfc9700.noHttpRedirectUri,
    rfc9700.responsesEncrypted,
  ],
  (uri: string, applicationType: 'web' | 'native') => {
    const parsed = URL.canParse(uri) ? new URL(uri) : undefined
    const written =
      parsed !== undefined &&
      inUriCharacters.test(uri) &&
      (parsed.href === uri || parsed.href === uri.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#]+)(?=[?#]|$)/, '$1/'))
    if (parsed === undefined || !written || parsed.username !== '' || parsed.password !== '' || uri.includes('*')) {
      throw new OAuthError('invalid_redirect_uri', 'a redirection URI must be an absolute URI in normal form')
    }
    const loopback = parsed.protocol === 'http:' && (parsed.hostname === '127.0.0.1' || parsed.hostname === '[::1]')
    const privateUse = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/.test(parsed.protocol)
    if (parsed.protocol === 'https:' || (applicationType === 'native' && (loopback || privateUse))) return
    throw new OAuthError(
      'invalid_redirect_uri',
      'the scheme of a redirection URI is not allowed for this application_type',
    )
  },
)

/** RFC 3986 §2: a URL parser lets more pass than a URI may have. */
const inUriCharacters = /^(?:[\w.~!$&'()*+,;=:@/?#[\]-]|%[0-9a-f]{2})+$/i

export interface IssuedCredentials {
  readonly clientId: string
  readonly secret?: string
}

/** Nothing of what the client sent goes into its name or its secret. */
export const issuedCredentials = rule(
  [
    rfc6749.clientIdUnique,
    rfc6749.tokensUnguessable,
    rfc6749.tokensHardToGuess,
    rfc7591.clientIdUnique,
    rfc7591.clientIdIssued,
    rfc9700.clientIdNotChosen,
    rfc7591.secretUnique,
    rfc7591.secretPerInstance,
    rfc7591.secretForConfidential,
    rfc7591.publicClientHasNoSecret,
    rfc9068.subjectNotChosen,
    oidcCore.secretFitsMac,
  ],
  (_sent: ClientMetadata, method: ClientAuthMethod, newSecret: () => string): IssuedCredentials => ({
    clientId: newSecret(),
    ...(authenticatesBySecret(method) && { secret: newSecret() }),
  }),
)

/** A secret is good until the time that its client was told. */
export const secretIsCurrent = rule([rfc7591.secretExpires], ({ secretExpiresAt = 0 }: Client, now: number) => {
  if (secretExpiresAt !== 0 && secretExpiresAt <= seconds(now))
    throw new OAuthError('invalid_client', 'client authentication failed')
})

export const authenticatesBySecret = (method: ClientAuthMethod) => method.startsWith('client_secret')

export const clientIsKept = rule([rfc7591.metadataAssociated], async (client: Client, store: Store) => {
  await store.saveClient(client)
})

/** Everything that was registered, the server's own choices included, in the names of RFC 7591 §2. */
export const registrationAnswer = rule(
  [
    rfc7591.clientIdReturned,
    rfc7591.registeredMetadataReturned,
    rfc7591.redirectUrisRequired,
    rfc7591.secretExpiryTold,
    rfc7591.timesInSeconds,
    rfc7591.statementReturned,
    rfc7591.statementClaimsReturned,
    rfc7592.configurationUri,
    rfc7592.registrationToken,
  ],
  (client: Client, managementUri: string): ClientMetadata => ({
    client_id: client.clientId,
    client_id_issued_at: client.issuedAt,
    ...(client.secret !== undefined && {
      client_secret: client.secret,
      client_secret_expires_at: client.secretExpiresAt ?? 0,
    }),
    registration_access_token: client.registrationAccessToken,
    registration_client_uri: managementUri,
    client_name: client.name,
    redirect_uris: client.redirectUris,
    grant_types: client.grantTypes,
    token_endpoint_auth_method: client.authMethod,
    application_type: client.applicationType,
    scope: client.scopes.join(' '),
    ...(client.keys.length > 0 && { jwks: { keys: client.keys } }),
    ...client.metadata,
  }),
)

/** What a new client is told: all of it, and not only what it had asked for. */
export const newInformation = rule(
  [rfc7591.registeredMetadataReturned],
  (information: ClientMetadata, _sent: ClientMetadata): ClientMetadata => information,
)

/** The answer to a registration holds credentials, and so must not be stored on its way. */
export const registrationHeaders = rule([rfc6749.noStore], (): Readonly<Record<string, string>> => ({
  'cache-control': 'no-store',
  pragma: 'no-cache',
}))

export const registrationStatus = rule([rfc7591.created], (): number => 201)

export const registrationErrorStatus = rule([rfc7591.errorStatus, rfc7592.updateErrors], (): number => 400)

export const registrationError = rule(
  [rfc7591.errorMember, rfc7591.errorDescriptionAscii],
  (told: ClientMetadata): ClientMetadata => told,
)
