import { without } from '../without.ts'
import { oauth21 } from '../../core/spec/oauth21.ts'
import { oidcDiscovery } from '../../core/spec/oidc-discovery.ts'
import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { rfc9068 } from '../../core/spec/rfc9068.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { json } from '../http.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/metadata.ts'

const { apply: rightEndpoints } = rules.metadataEndpoints
const { apply: rightHeaders } = rules.metadataHeaders

const isOAuthPlace = (path: string) => path.startsWith('/.well-known/oauth-authorization-server')

/** How often each issuer was asked for its metadata. */
const asked = new Map<string, number>()

export const metadataIssuer = mutants(rules.metadataIssuer, {
  'believes a proxy that is not there': {
    fault: 'the issuer is put together from the headers of a reverse proxy, whoever wrote them',
    breaks: [rfc8414.issuerIdentical, oidcDiscovery.issuerIdentical, rfc9700.proxyHeadersSanitized],
    apply(issuer, request) {
      const host = request.headers.get('x-forwarded-host')
      return host === null ? issuer : `${request.headers.get('x-forwarded-proto') ?? 'http'}://${host}`
    },
  },
  'believes what the standard calls Forwarded': {
    fault: 'the header has a standard now, and a standard is thought to be safe',
    breaks: [rfc8414.issuerIdentical, oidcDiscovery.issuerIdentical, rfc9700.proxyHeadersSanitized],
    apply(issuer, request) {
      const [, host] = /host="?([^";,]+)/i.exec(request.headers.get('forwarded') ?? '') ?? []
      return host === undefined ? issuer : `https://${host}`
    },
  },
  'believes in TLS that ends before it': {
    fault: 'the scheme is that of the proxy, and so is believed of whoever says it',
    breaks: [rfc8414.issuerIdentical, oidcDiscovery.issuerIdentical, rfc9700.proxyHeadersSanitized],
    apply(issuer, request) {
      const proto = request.headers.get('x-forwarded-proto')
      return proto === null ? issuer : issuer.replace(/^[a-z]+/, proto)
    },
  },
  'adds a slash in one of two documents': {
    fault: 'the second document came later and takes the issuer from a URL type',
    breaks: [rfc8414.issuerIdentical, rfc9068.metadataConsistent],
    apply: (issuer, request) => (isOAuthPlace(new URL(request.url).pathname) ? `${issuer}/` : issuer),
  },
  'leaves the TLS to a proxy': {
    fault: 'the process speaks plain HTTP behind a proxy, and tells of itself as it is reached from there',
    breaks: [rfc8414.issuerMember, rfc8414.issuerIdentical],
    apply: (issuer, request) =>
      isOAuthPlace(new URL(request.url).pathname) ? issuer.replace(/127\.0\.0\.1/, '0.0.0.0') : issuer,
  },
  'names another issuer every fifth time': {
    fault: 'of five instances behind a balancer, one was not told the new name',
    breaks: [rfc8414.issuerIdentical, oidcDiscovery.issuerIdentical],
    apply(issuer) {
      const count = (asked.get(issuer) ?? 0) + 1
      asked.set(issuer, count)
      return count % 5 === 0 ? issuer.replace('127.0.0.1', 'localhost') : issuer
    },
  },
  'names the version in the issuer': {
    fault: 'a gateway tells versions apart by a query',
    breaks: [rfc8414.issuerMember, rfc8414.issuerIdentical, rfc9068.metadataConsistent],
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
  'publishes its keys without TLS': {
    fault: 'keys are public, so they are served by the process itself and not by the proxy before it',
    breaks: [rfc8414.jwksHttps, oauth21.httpsEverywhere],
    apply(issuer, config) {
      const right = rightEndpoints(issuer, config)
      return { ...right, jwks_uri: String(right['jwks_uri']).replace(/127\.0\.0\.1/, '0.0.0.0') }
    },
  },
  'publishes what only resource servers use without TLS': {
    fault: 'introspection is called from within the data centre, by the address that it has there',
    breaks: [oauth21.httpsEverywhere, rfc7662.transportProtected],
    apply(issuer, config) {
      const right = rightEndpoints(issuer, config)
      const inside = String(right['introspection_endpoint']).replace(/127\.0\.0\.1/, '0.0.0.0')
      return { ...right, introspection_endpoint: inside }
    },
  },
  'names no scheme for its keys': {
    fault: 'a reference without a scheme takes that of the page, and pages are what it was written for',
    breaks: [rfc8414.jwksHttps],
    apply(issuer, config) {
      const right = rightEndpoints(issuer, config)
      return { ...right, jwks_uri: String(right['jwks_uri']).replace(/^https?:/, '') }
    },
  },
  'publishes the endpoints of another release': {
    fault: 'the paths were shortened in the router, and the document is a file',
    breaks: [rfc8414.registrationEndpoint, rfc8414.revocationEndpoint, rfc8414.introspectionEndpoint],
    apply: (issuer, config) => ({
      ...rightEndpoints(issuer, config),
      registration_endpoint: `${issuer}/oauth2/v1/clients`,
      revocation_endpoint: `${issuer}/oauth2/v1/revoke`,
      introspection_endpoint: `${issuer}/oauth2/v1/introspect`,
    }),
  },
  'publishes the sign-in of another release': {
    fault: 'the document lies in a cache of the old release, which nothing told of the new one',
    breaks: [rfc8414.authorizationEndpoint, rfc8414.tokenEndpoint],
    apply: (issuer, config) => ({
      ...rightEndpoints(issuer, config),
      authorization_endpoint: `${issuer}/oauth2/v1/authorize`,
      token_endpoint: `${issuer}/oauth2/v1/token`,
    }),
  },
  'publishes a page that explains revocation': {
    fault: 'the link was copied from the manual, where it leads to the description of the endpoint',
    breaks: [rfc8414.revocationEndpoint],
    apply: (issuer, config) => ({ ...rightEndpoints(issuer, config), revocation_endpoint: `${issuer}/jwks` }),
  },
  'publishes revocation without TLS': {
    fault: 'what is thrown away was thought to be of no worth to anybody',
    breaks: [rfc7009.endpointIsHttps],
    apply(issuer, config) {
      const right = rightEndpoints(issuer, config)
      return { ...right, revocation_endpoint: String(right['revocation_endpoint']).replace(/127\.0\.0\.1/, '0.0.0.0') }
    },
  },
  'tells revocation apart by a fragment': {
    fault: 'the link leads to the section of the manual that describes the endpoint',
    breaks: [rfc7009.endpointHasNoFragment],
    apply(issuer, config) {
      const right = rightEndpoints(issuer, config)
      return { ...right, revocation_endpoint: `${String(right['revocation_endpoint'])}#revocation` }
    },
  },
  'publishes a path for introspection': {
    fault: 'resource servers know the host, so the path was thought to be enough',
    breaks: [rfc8414.introspectionEndpoint],
    apply: (issuer, config) => ({ ...rightEndpoints(issuer, config), introspection_endpoint: '/introspect' }),
  },
  'offers registration where it is off': {
    fault: 'the switch takes the route away and forgets the document',
    breaks: [rfc8414.registrationEndpoint],
    config: { registration: false },
    apply: (issuer, config) => rightEndpoints(issuer, { ...config, registration: true }),
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

export const notFound = mutants(rules.notFound, {
  'puts the error into the body only': {
    fault: 'a gateway answers 200 whenever it got any answer from what stands behind it',
    apply: () => json(200, { error: 'not_found' }),
  },
  'has nothing to say and says so': {
    fault: 'a look-up that finds nothing is written out as an empty object',
    apply: () => json(200, {}),
  },
})
