import { without } from '../without.ts'
import type { Dialect } from '../dialect.ts'
import { preflightHeaders } from '../rules/cross-origin.ts'
import { metadataCapabilities, metadataEndpoints, metadataStatus } from '../rules/metadata.ts'

/** What a server offers, and where: all that its metadata tells. */
export const offerDialects: readonly Dialect[] = [
  {
    id: 'no-registration',
    lawful: 'RFC 8414 §2: registration_endpoint is optional',
    config: { registration: false },
  },
  {
    id: 'no-introspection',
    lawful: 'RFC 8414 §2: introspection_endpoint is optional',
    config: { introspection: false },
  },
  {
    id: 'no-revocation',
    lawful: 'RFC 8414 §2: revocation_endpoint is optional',
    config: { revocation: false },
  },
  {
    id: 'no-refresh-tokens',
    lawful: 'RFC 6749 §1.5: whether to issue a refresh token is left to the server',
    config: { grantTypes: ['authorization_code', 'client_credentials'] },
  },
  {
    id: 'no-client-credentials',
    lawful: 'RFC 8414 §2: a server supports the grant types that it lists',
    config: { grantTypes: ['authorization_code', 'refresh_token'] },
  },
  {
    id: 'no-public-clients',
    lawful: 'RFC 8414 §2: a server supports the ways to authenticate that it lists, and none need not be one of them',
    config: { authMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] },
  },
  {
    id: 'signed-assertions-only',
    lawful: 'RFC 6749 §2.3.1: HTTP Basic is for clients that were issued a password, which none need be',
    config: { authMethods: ['private_key_jwt'] },
  },
  {
    id: 'plain-oauth',
    lawful: 'RFC 6749 §3.3: what scopes there are is for the server to say; openid need not be one of them',
    config: { scopes: ['api:read', 'api:write'] },
    swap: {
      metadataStatus: (path) => (path.endsWith('/openid-configuration') ? 404 : metadataStatus.apply(path)),
      metadataEndpoints: (issuer, config) => without(metadataEndpoints.apply(issuer, config), 'userinfo_endpoint'),
      metadataCapabilities: (config) =>
        without(
          metadataCapabilities.apply(config),
          'subject_types_supported',
          'id_token_signing_alg_values_supported',
          'prompt_values_supported',
          'claims_supported',
        ),
    },
  },
  {
    id: 'least-metadata',
    lawful: 'RFC 8414 §2: all but issuer, two endpoints, the response types and the scopes is optional',
    // RFC 9068 §4 would have the keys of its tokens published.
    config: { scopes: ['api:read', 'api:write'], accessTokenFormat: 'opaque' },
    swap: {
      metadataStatus: (path) => (path.endsWith('/openid-configuration') ? 404 : metadataStatus.apply(path)),
      metadataEndpoints(issuer, config) {
        const { authorization_endpoint, token_endpoint } = metadataEndpoints.apply(issuer, config)
        return { authorization_endpoint, token_endpoint }
      },
      metadataCapabilities(config) {
        const { response_types_supported, scopes_supported } = metadataCapabilities.apply(config)
        return { response_types_supported, scopes_supported }
      },
    },
  },
  {
    id: 'openid-metadata-only',
    lawful: 'RFC 8414 §5: a server may publish its metadata where OpenID Connect Discovery has it',
    swap: {
      metadataStatus: (path) => (path.includes('oauth-authorization-server') ? 404 : metadataStatus.apply(path)),
    },
  },
  {
    id: 'signed-metadata',
    lawful: 'RFC 8414 §2.1: metadata may be signed as well, by whoever attests to them',
    config: { signedMetadata: true },
  },
  {
    id: 'scripts-of-known-origins',
    lawful: 'RFC 9700 §2.6: endpoints may be open to scripts, and to which the server says',
    swap: {
      preflightHeaders: (path, methods, paths) => {
        const headers = preflightHeaders.apply(path, methods, paths)
        return 'access-control-allow-origin' in headers
          ? { ...headers, 'access-control-allow-origin': 'https://app.as.example', vary: 'Origin' }
          : headers
      },
    },
  },
  {
    id: 'query-alone',
    lawful: 'RFC 8414 §2: a server supports the response modes that it lists',
    config: { responseModes: ['query'] },
  },
  {
    id: 'no-issuer-in-responses',
    lawful: 'RFC 9207 §3: a server that says nothing of iss in its metadata does not send it',
    swap: { responseIss: () => undefined, errorIss: () => undefined, responseIssPublished: () => undefined },
  },
  {
    id: 'issuer-with-a-path',
    lawful: 'RFC 8414 §3.1 and OpenID Connect Discovery §4.1: an issuer may have a path',
    config: { issuerPath: '/tenants/one' },
  },
  {
    id: 'issuer-with-a-slash',
    lawful: 'RFC 8414 §3.1 and OpenID Connect Discovery §4.1: an issuer may end with a slash',
    config: { issuerPath: '/' },
  },
  {
    id: 'another-layout',
    lawful: 'RFC 8414 §2: where an endpoint lies, the metadata says',
    config: {
      paths: {
        authorize: '/oauth2/v1/authorize',
        login: '/u/sign-in/identify',
        consent: '/u/consent',
        token: '/oauth2/v1/token',
        userinfo: '/me',
        revoke: '/oauth2/v1/token/revocation',
        introspect: '/oauth2/v1/token/introspection',
        register: '/connect/register',
        jwks: '/.well-known/jwks.json',
      },
    },
  },
]
