import type { JsonWebKey } from 'node:crypto'
import { oidcDiscovery } from '../../core/spec/oidc-discovery.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { Config } from '../config.ts'
import type { Keys } from '../keys.ts'
import { rule } from '../rule.ts'

export type MetadataDocument = Readonly<Record<string, unknown>>

export const metadataIssuer = rule(
  [rfc8414.issuerIdentical, oidcDiscovery.issuerIdentical, rfc8414.issuerMember],
  (issuer: string, _request: Request): unknown => issuer,
)

export const metadataEndpoints = rule(
  [rfc8414.authorizationEndpoint, rfc8414.tokenEndpoint, oidcDiscovery.jwksUri],
  (issuer: string, config: Config): MetadataDocument => ({
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    userinfo_endpoint: `${issuer}/userinfo`,
    revocation_endpoint: `${issuer}/revoke`,
    ...(config.introspection && { introspection_endpoint: `${issuer}/introspect` }),
    ...(config.registration && { registration_endpoint: `${issuer}/register` }),
  }),
)

const authMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']
const assertionAlgs = ['ES256', 'RS256']

export const metadataCapabilities = rule(
  [
    rfc8414.responseTypes,
    rfc8414.signingAlgsPublished,
    rfc8414.emptyListsOmitted,
    oidcDiscovery.responseTypes,
    oidcDiscovery.subjectTypes,
    oidcDiscovery.signingAlgs,
    oidcDiscovery.emptyListsOmitted,
  ],
  (config: Config): MetadataDocument => ({
    scopes_supported: config.scopes,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'client_credentials', 'refresh_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: authMethods,
    token_endpoint_auth_signing_alg_values_supported: assertionAlgs,
    revocation_endpoint_auth_methods_supported: authMethods,
    revocation_endpoint_auth_signing_alg_values_supported: assertionAlgs,
    ...(config.introspection && {
      introspection_endpoint_auth_methods_supported: authMethods.filter((method) => method !== 'none'),
      introspection_endpoint_auth_signing_alg_values_supported: assertionAlgs,
    }),
    prompt_values_supported: ['none', 'login', 'consent'],
    claims_supported: [
      'sub',
      'name',
      'given_name',
      'family_name',
      'preferred_username',
      'email',
      'email_verified',
      'auth_time',
    ],
    authorization_response_iss_parameter_supported: true,
  }),
)

export const challengeMethods = rule(
  [rfc9700.pkcePublished, rfc8414.challengeMethodsPublished],
  (config: Config): readonly string[] | undefined => (config.plainPkce ? ['S256', 'plain'] : ['S256']),
)

export const metadataHeaders = rule(
  [rfc8414.metadataJson, oidcDiscovery.metadataJson],
  (): Readonly<Record<string, string>> => ({ 'content-type': 'application/json', 'access-control-allow-origin': '*' }),
)

export const metadataStatus = rule(
  [rfc8414.metadataPlace, oidcDiscovery.metadataPlace, oidcDiscovery.metadataJson],
  (_path: string): number => 200,
)

export const publishedKeys = rule(
  [oidcDiscovery.jwksUri, oidcDiscovery.noPrivateKeys, oidcDiscovery.keyUse],
  (keys: Keys): readonly JsonWebKey[] => [keys.RS256.jwk, keys.ES256.jwk],
)
