import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/metadata.ts'

const { apply: right } = rules.metadataEndpoints

/** As a process behind a proxy is reached from there, by its address in a network of its own. */
const inside = (url: unknown) => String(url).replace(/^https?:\/\/[^/]*/, 'http://10.0.0.1:8080')

export const metadataEndpoints = mutants(rules.metadataEndpoints, {
  'begins at a view of its application': {
    fault: 'the sign-in is an application in the browser, which tells its views apart by the fragment',
    breaks: [rfc6749.authorizationEndpointNoFragment],
    apply: (issuer, config) => {
      const endpoints = right(issuer, config)
      return { ...endpoints, authorization_endpoint: `${String(endpoints['authorization_endpoint'])}#/start` }
    },
  },
  'writes an empty fragment': {
    fault: 'URLs are put together of parts, and the sign of each part is written whether there is one or not',
    breaks: [rfc6749.authorizationEndpointNoFragment, rfc6749.tokenEndpointNoFragment],
    apply: (issuer, config) => {
      const endpoints = right(issuer, config)
      return {
        ...endpoints,
        authorization_endpoint: `${String(endpoints['authorization_endpoint'])}#`,
        token_endpoint: `${String(endpoints['token_endpoint'])}#`,
      }
    },
  },
  'names the authorization endpoint as its proxy does': {
    fault: 'the proxy that ends TLS passes on its own request, and links are made of that',
    breaks: [rfc6749.tlsForAuthorization],
    apply: (issuer, config) => {
      const endpoints = right(issuer, config)
      return { ...endpoints, authorization_endpoint: inside(endpoints['authorization_endpoint']) }
    },
  },
  'names the token endpoint as its proxy does': {
    fault: 'services ask for tokens from within the network, where TLS was thought to be superfluous',
    breaks: [rfc6749.tlsForTokens, rfc6749.tlsForPasswords, rfc6750.tlsImplemented],
    apply: (issuer, config) => {
      const endpoints = right(issuer, config)
      return { ...endpoints, token_endpoint: inside(endpoints['token_endpoint']) }
    },
  },
  'names registration as its proxy does': {
    fault: 'clients are registered by a portal in the same network, which reads the metadata like everybody',
    breaks: [rfc7591.tls],
    apply: (issuer, config) => {
      const endpoints = right(issuer, config)
      return { ...endpoints, registration_endpoint: inside(endpoints['registration_endpoint']) }
    },
  },
  'names introspection as its proxy does': {
    fault: 'resource servers are neighbours, so introspection is never asked for from without',
    breaks: [rfc6749.tlsForPasswords],
    apply: (issuer, config) => {
      const endpoints = right(issuer, config)
      return { ...endpoints, introspection_endpoint: inside(endpoints['introspection_endpoint']) }
    },
  },
  'names userinfo as its proxy does': {
    fault: 'userinfo is a service of its own, and its address was copied from where it was deployed',
    breaks: [rfc6750.tlsImplemented],
    apply: (issuer, config) => {
      const endpoints = right(issuer, config)
      return { ...endpoints, userinfo_endpoint: inside(endpoints['userinfo_endpoint']) }
    },
  },
})
