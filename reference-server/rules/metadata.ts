import type { JsonWebKey } from 'node:crypto'
import { oauth21 } from '../../core/spec/oauth21.ts'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { oidcDiscovery } from '../../core/spec/oidc-discovery.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { rfc9207 } from '../../core/spec/rfc9207.ts'
import { rfc9068 } from '../../core/spec/rfc9068.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { authMethodsAt, type Config, responseTypesOf, urlOf } from '../config.ts'
import { type Claims, signJwt } from '../jwt.ts'
import type { Keys, SigningKey } from '../keys.ts'
import type { AuthenticatingEndpoint } from '../model.ts'
import { rule } from '../rule.ts'
import { assertionAlgs, assertionMacAlgs } from './client-authentication.ts'
import { claimsOfScopes } from './protected-resource.ts'

export type MetadataDocument = Readonly<Record<string, unknown>>

export const metadataIssuer = rule(
  [
    rfc8414.issuerIdentical,
    oidcDiscovery.issuerIdentical,
    rfc8414.issuerMember,
    rfc9068.metadataConsistent,
    rfc9700.proxyHeadersSanitized,
  ],
  (issuer: string, _request: Request): unknown => issuer,
)

export const metadataEndpoints = rule(
  [
    rfc6749.authorizationEndpointNoFragment,
    rfc6749.tokenEndpointNoFragment,
    rfc6749.tlsForAuthorization,
    rfc6749.tlsForTokens,
    rfc6749.tlsForPasswords,
    rfc6750.tlsImplemented,
    rfc8414.authorizationEndpoint,
    rfc8414.tokenEndpoint,
    rfc8414.jwksHttps,
    oauth21.httpsEverywhere,
    rfc8414.registrationEndpoint,
    rfc8414.revocationEndpoint,
    rfc8414.introspectionEndpoint,
    rfc7009.endpointHasNoFragment,
    rfc7009.endpointIsHttps,
    rfc7591.tls,
    rfc7662.transportProtected,
    oidcDiscovery.jwksUri,
  ],
  (issuer: string, config: Config): MetadataDocument => ({
    authorization_endpoint: urlOf(issuer, config.paths.authorize),
    token_endpoint: urlOf(issuer, config.paths.token),
    jwks_uri: urlOf(issuer, config.paths.jwks),
    userinfo_endpoint: urlOf(issuer, config.paths.userinfo),
    ...(config.revocation && { revocation_endpoint: urlOf(issuer, config.paths.revoke) }),
    ...(config.introspection && { introspection_endpoint: urlOf(issuer, config.paths.introspect) }),
    ...(config.registration && { registration_endpoint: urlOf(issuer, config.paths.register) }),
  }),
)

/** Everything that clients are told about what they may ask for, out of what the endpoints decide by. */
export const metadataCapabilities = rule(
  [
    rfc8414.scopesPublished,
    rfc8414.responseTypes,
    rfc8414.responseModes,
    rfc8414.grantTypes,
    rfc8414.tokenAuthMethods,
    rfc8414.signingAlgsPublished,
    rfc8414.signingAlgsSupported,
    rfc8414.signingAlgsRs256,
    rfc8414.signingAlgsNotNone,
    rfc8414.pagesAreUrls,
    rfc8414.localesAreTags,
    rfc8414.revocationAuthMethods,
    rfc8414.introspectionAuthMethods,
    rfc8414.listsAreArrays,
    rfc8414.emptyListsOmitted,
    oidcDiscovery.responseTypes,
    oidcDiscovery.subjectTypes,
    oidcDiscovery.signingAlgs,
    oidcDiscovery.emptyListsOmitted,
    rfc9700.asymmetricAuthentication,
  ],
  (config: Config): MetadataDocument => ({
    scopes_supported: config.scopes,
    response_types_supported: responseTypesOf(config),
    response_modes_supported: config.responseModes,
    grant_types_supported: config.grantTypes,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...new Set(['RS256', config.idTokenAlg])],
    ...authentication('token', config),
    ...(config.revocation && authentication('revocation', config)),
    ...(config.introspection && authentication('introspection', config)),
    ...(config.introspection &&
      config.introspectionByBearer && {
        introspection_endpoint_auth_methods_supported: [...authMethodsAt('introspection', config), 'Bearer'],
      }),
    prompt_values_supported: ['none', 'login', 'consent'],
    claims_supported: ['sub', 'auth_time', ...claimsOfScopes(config.scopes)],
  }),
)

/** How clients may authenticate at an endpoint, and what signs their assertions where they may send any. */
function authentication(endpoint: AuthenticatingEndpoint, config: Config): MetadataDocument {
  const methods = authMethodsAt(endpoint, config)
  const algs = [
    ...(methods.includes('private_key_jwt') ? assertionAlgs : []),
    ...(methods.includes('client_secret_jwt') ? assertionMacAlgs : []),
  ]
  return {
    [`${endpoint}_endpoint_auth_methods_supported`]: methods,
    ...(algs.length > 0 && { [`${endpoint}_endpoint_auth_signing_alg_values_supported`]: algs }),
  }
}

export const challengeMethods = rule(
  [rfc9700.pkcePublished, rfc8414.challengeMethodsPublished],
  (config: Config): readonly string[] | undefined => (config.plainPkce ? ['S256', 'plain'] : ['S256']),
)

/** Every response names who sent it, so the metadata says that clients may insist on it. */
export const responseIssPublished = rule([rfc9207.supportPublished, rfc9207.supportIsBoolean], (): unknown => true)

/** What the server attests to, in the name of its issuer. The claims that stand beside it are never among them. */
export const signedMetadata = rule(
  [rfc8414.signedMetadataSigned, rfc8414.signedMetadataIssuer, rfc8414.signedMetadataNotNested],
  (claims: Claims, issuer: string, key: SigningKey): string =>
    signJwt({ alg: key.alg, kid: key.kid }, { iss: issuer, ...claims }, key),
)

export const metadataHeaders = rule(
  [rfc8414.metadataJson, oidcDiscovery.metadataJson],
  (): Readonly<Record<string, string>> => ({ 'content-type': 'application/json' }),
)

export const metadataStatus = rule(
  [rfc8414.metadataPlace, oidcDiscovery.metadataPlace, oidcDiscovery.metadataJson],
  (_path: string): number => 200,
)

/** What lies nowhere is not found, the metadata of an issuer that is not this one as little as anything else. */
export const notFound = rule(
  [rfc8414.errorStatus],
  (): Response => new Response('Not found\n', { status: 404, headers: { 'content-type': 'text/plain' } }),
)

export const publishedKeys = rule(
  [
    rfc8414.jwksHoldsSigningKeys,
    rfc8414.jwksUse,
    oidcDiscovery.jwksUri,
    oidcDiscovery.noPrivateKeys,
    oidcDiscovery.keyUse,
    oidcCore.retiredKeysKept,
  ],
  (keys: Keys, retired: readonly SigningKey[]): readonly JsonWebKey[] =>
    [...Object.values(keys), ...retired].map(({ jwk }) => jwk),
)

/** Whether a key set that was made of some keys can be sent once more: it is asked for all the time and hardly ever changes. */
export const keySetIsCurrent = rule(
  [rfc9068.keysPublished],
  (madeOf: Keys, signing: Keys): boolean => madeOf === signing,
)
