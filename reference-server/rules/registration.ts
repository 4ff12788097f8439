import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import type { Client } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import { rule } from '../rule.ts'

export const redirectUrisArePresent = rule(
  [rfc6749.redirectUriOfPublicClients],
  (grantTypes: readonly string[], redirectUris: readonly string[]) => {
    if (grantTypes.includes('authorization_code') && redirectUris.length === 0)
      throw new OAuthError('invalid_redirect_uri', 'redirect_uris is missing')
  },
)

export const redirectUriHasNoFragment = rule([rfc6749.redirectUriNoFragment], (uri: string) => {
  if (uri.includes('#')) throw new OAuthError('invalid_redirect_uri', 'a redirection URI must not have a fragment')
})

/**
 * What may be registered: https for web clients; for native ones a loopback address over http or a private-use scheme
 * in reverse-domain form (RFC 8252 §7.1, §7.3). Written the one way that a URL parser would write it, so that no two
 * readers of it disagree about where it leads.
 */
export const redirectUriIsAcceptable = rule(
  [rfc7591.invalidRedirectUri],
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

/** Everything that was registered, the server's own choices included, in the names of RFC 7591 §2. */
export const registrationAnswer = rule(
  [rfc7591.registeredMetadataReturned, rfc7591.redirectUrisRequired, rfc7591.secretExpiryTold],
  (client: Client, managementUri: string): Readonly<Record<string, unknown>> => ({
    client_id: client.clientId,
    ...(client.secret !== undefined && { client_secret: client.secret, client_secret_expires_at: 0 }),
    registration_access_token: client.registrationAccessToken,
    registration_client_uri: managementUri,
    client_name: client.name,
    redirect_uris: client.redirectUris,
    grant_types: client.grantTypes,
    response_types: client.grantTypes.includes('authorization_code') ? ['code'] : [],
    token_endpoint_auth_method: client.authMethod,
    application_type: client.applicationType,
    scope: client.scopes.join(' '),
    ...(client.keys.length > 0 && { jwks: { keys: client.keys } }),
  }),
)

export const registrationStatus = rule([rfc7591.created], (): number => 201)

export const registrationErrorStatus = rule([rfc7591.errorStatus], (): number => 400)
