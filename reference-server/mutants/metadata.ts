import { oidcDiscovery } from '../../core/spec/oidc-discovery.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/metadata.ts'

const { apply: rightCapabilities } = rules.metadataCapabilities
const { apply: rightEndpoints } = rules.metadataEndpoints
const { apply: rightHeaders } = rules.metadataHeaders
const { apply: rightKeys } = rules.publishedKeys

const isOAuthPlace = (path: string) => path.startsWith('/.well-known/oauth-authorization-server')

const without = (document: rules.MetadataDocument, ...names: readonly string[]) =>
  Object.fromEntries(Object.entries(document).filter(([name]) => !names.includes(name)))

export const metadataIssuer = mutants(rules.metadataIssuer, {
  'believes a proxy that is not there': {
    fault: 'the issuer is put together from the headers of a reverse proxy, whoever wrote them',
    breaks: [rfc8414.issuerIdentical, oidcDiscovery.issuerIdentical],
    apply(issuer, request) {
      const host = request.headers.get('x-forwarded-host')
      return host === null ? issuer : `${request.headers.get('x-forwarded-proto') ?? 'http'}://${host}`
    },
  },
  'adds a slash in one of two documents': {
    fault: 'the second document came later and takes the issuer from a URL type',
    breaks: [rfc8414.issuerIdentical],
    apply: (issuer, request) => (isOAuthPlace(new URL(request.url).pathname) ? `${issuer}/` : issuer),
  },
  'names the version in the issuer': {
    fault: 'a gateway tells versions apart by a query',
    breaks: [rfc8414.issuerMember, rfc8414.issuerIdentical],
    apply: (issuer, request) => (isOAuthPlace(new URL(request.url).pathname) ? `${issuer}?version=1` : issuer),
  },
})

export const metadataEndpoints = mutants(rules.metadataEndpoints, {
  'publishes no authorization endpoint': {
    fault: 'the document lists what clients call themselves',
    breaks: [rfc8414.authorizationEndpoint],
    apply: (issuer, config) => without(rightEndpoints(issuer, config), 'authorization_endpoint'),
  },
  'publishes a path for the authorization endpoint': {
    fault: 'links within the server are relative',
    breaks: [rfc8414.authorizationEndpoint],
    apply: (issuer, config) => ({ ...rightEndpoints(issuer, config), authorization_endpoint: '/authorize' }),
  },
  'publishes no token endpoint': {
    fault: 'the document was written for the implicit flow',
    breaks: [rfc8414.tokenEndpoint],
    apply: (issuer, config) => without(rightEndpoints(issuer, config), 'token_endpoint'),
  },
  'publishes a path for the token endpoint': {
    fault: 'links within the server are relative',
    breaks: [rfc8414.tokenEndpoint],
    apply: (issuer, config) => ({ ...rightEndpoints(issuer, config), token_endpoint: '/token' }),
  },
  'publishes keys where there are none': {
    fault: 'the key set moved and the document stayed',
    breaks: [oidcDiscovery.jwksUri],
    apply: (issuer, config) => ({ ...rightEndpoints(issuer, config), jwks_uri: `${issuer}/keys` }),
  },
})

export const metadataCapabilities = mutants(rules.metadataCapabilities, {
  'lists no response types': {
    fault: 'code is what everybody means',
    breaks: [rfc8414.responseTypes, oidcDiscovery.responseTypes],
    apply: (config) => without(rightCapabilities(config), 'response_types_supported'),
  },
  'promises flows that it does not have': {
    fault: 'the list was copied from the example of the specification',
    breaks: [rfc8414.responseTypes],
    apply: (config) => ({ ...rightCapabilities(config), response_types_supported: ['code', 'code id_token', 'token'] }),
  },
  'keeps its signing algorithms to itself': {
    fault: 'the list for ID tokens was taken for that of assertions',
    breaks: [rfc8414.signingAlgsPublished],
    apply: (config) => without(rightCapabilities(config), 'token_endpoint_auth_signing_alg_values_supported'),
  },
  'lists none as an algorithm': {
    fault: 'the list holds all that the library can do',
    breaks: [rfc8414.signingAlgsPublished],
    apply: (config) => ({
      ...rightCapabilities(config),
      token_endpoint_auth_signing_alg_values_supported: ['none', 'ES256', 'RS256'],
    }),
  },
  'writes empty lists': {
    fault: 'what is not configured is an empty list',
    breaks: [rfc8414.emptyListsOmitted, oidcDiscovery.emptyListsOmitted],
    apply: (config) => ({ ...rightCapabilities(config), ui_locales_supported: [], acr_values_supported: [] }),
  },
  'lists no subject types': {
    fault: 'every subject is public, so there is nothing to say',
    breaks: [oidcDiscovery.subjectTypes],
    apply: (config) => without(rightCapabilities(config), 'subject_types_supported'),
  },
  'has subject types of its own': {
    fault: 'the kinds of accounts were taken for kinds of subjects',
    breaks: [oidcDiscovery.subjectTypes],
    apply: (config) => ({ ...rightCapabilities(config), subject_types_supported: ['person'] }),
  },
  'lists ES256 alone': {
    fault: 'RSA was declared a thing of the past',
    breaks: [oidcDiscovery.signingAlgs],
    apply: (config) => ({ ...rightCapabilities(config), id_token_signing_alg_values_supported: ['ES256'] }),
  },
})

export const challengeMethods = mutants(rules.challengeMethods, {
  'lists no methods': { fault: 'PKCE was added after the metadata', apply: () => undefined },
  'promises plain': {
    fault: 'the list names what the specification names',
    breaks: [rfc8414.challengeMethodsPublished],
    apply: () => ['S256', 'plain'],
  },
  'is silent about plain': {
    fault: 'plain is frowned upon, so it is supported in silence',
    breaks: [rfc8414.challengeMethodsPublished],
    config: { plainPkce: true },
    apply: () => ['S256'],
  },
})

export const metadataHeaders = mutants(rules.metadataHeaders, {
  'sends text': {
    fault: 'the document is a static file without an ending',
    apply: () => ({ ...rightHeaders(), 'content-type': 'text/plain' }),
  },
  'sends a type of its own': {
    fault: 'the type of the key set was taken for that of the metadata',
    apply: () => ({ ...rightHeaders(), 'content-type': 'application/jwk-set+json' }),
  },
})

export const metadataStatus = mutants(rules.metadataStatus, {
  'publishes nothing for OpenID Connect': {
    fault: 'one document seemed enough',
    breaks: [oidcDiscovery.metadataPlace, oidcDiscovery.metadataJson],
    apply: (path) => (isOAuthPlace(path) ? 200 : 404),
  },
  'puts the well-known name behind its path': {
    fault: 'every tenant is mounted under its path, the well-known name too',
    breaks: [rfc8414.metadataPlace],
    config: { issuerPath: '/tenant' },
    apply: (path) => (isOAuthPlace(path) ? 404 : 200),
  },
})

export const publishedKeys = mutants(rules.publishedKeys, {
  'publishes no key': {
    fault: 'keys are published when they are rotated for the first time',
    breaks: [oidcDiscovery.jwksUri],
    apply: () => [],
  },
  'publishes its private keys': {
    fault: 'the key set is the file that the server signs with',
    breaks: [oidcDiscovery.noPrivateKeys],
    apply: (keys) =>
      [keys.RS256, keys.ES256].map(({ privateKey, jwk }) => ({ ...jwk, ...privateKey.export({ format: 'jwk' }) })),
  },
  'publishes a symmetric key': {
    fault: 'all keys of the store are published, those for cookies among them',
    breaks: [oidcDiscovery.noPrivateKeys],
    apply: (keys) => [
      ...rightKeys(keys),
      {
        kty: 'oct',
        kid: 'cookies',
        use: 'sig',
        alg: 'HS256',
        k: Buffer.from('a key for cookies').toString('base64url'),
      },
    ],
  },
  'forgets what its keys are for': {
    fault: 'use was added with the encryption key, and to that alone',
    breaks: [oidcDiscovery.keyUse],
    apply: (keys) => [
      ...rightKeys(keys).map((key) => ({ ...key, use: undefined })),
      { ...keys.RS256.jwk, kid: 'encryption', use: 'enc', alg: 'RSA-OAEP-256' },
    ],
  },
})
