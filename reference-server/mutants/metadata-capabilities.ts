import { without } from '../without.ts'
import { oidcDiscovery } from '../../core/spec/oidc-discovery.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { defaultConfig } from '../config.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/metadata.ts'

const { apply: rightCapabilities } = rules.metadataCapabilities

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
  'keeps a flow to itself': {
    fault: 'the implicit grant is there for one old application, and no other was to find it',
    breaks: [rfc8414.responseTypes],
    config: { grantTypes: [...defaultConfig.grantTypes, 'implicit'] },
    apply: (config) => rightCapabilities({ ...config, grantTypes: defaultConfig.grantTypes }),
  },
  'keeps its signing algorithms to itself': {
    fault: 'the list for ID tokens was taken for that of assertions',
    breaks: [rfc8414.signingAlgsPublished],
    apply: (config) => without(rightCapabilities(config), 'token_endpoint_auth_signing_alg_values_supported'),
  },
  'thinks that one list of algorithms serves all': {
    fault: 'every endpoint verifies with the same code, so the list stands there for the first of them only',
    breaks: [rfc8414.signingAlgsPublished],
    apply: (config) =>
      without(
        rightCapabilities(config),
        'revocation_endpoint_auth_signing_alg_values_supported',
        'introspection_endpoint_auth_signing_alg_values_supported',
      ),
  },
  'lists passwords alone': {
    fault: 'clients with keys came later, and are told by hand how to use them',
    breaks: [rfc9700.asymmetricAuthentication],
    apply: (config) => ({
      ...rightCapabilities(config),
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    }),
  },
  'lists the symmetric method for the other': {
    fault: 'both methods send a signed JWT, and the name of the older one was taken for both',
    breaks: [rfc9700.asymmetricAuthentication],
    apply: (config) => ({
      ...rightCapabilities(config),
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_jwt', 'none'],
    }),
  },
  'lists none as an algorithm': {
    fault: 'the list holds all that the library can do',
    breaks: [rfc8414.signingAlgsNotNone],
    apply: (config) => ({
      ...rightCapabilities(config),
      token_endpoint_auth_signing_alg_values_supported: ['none', 'ES256', 'RS256'],
    }),
  },
  'lists none for introspection': {
    fault: 'resource servers of the own house were to be spared the signature',
    breaks: [rfc8414.signingAlgsNotNone],
    apply: (config) => ({
      ...rightCapabilities(config),
      introspection_endpoint_auth_signing_alg_values_supported: ['ES256', 'RS256', 'none'],
    }),
  },
  'lists algorithms that it does not verify': {
    fault: 'the list is that of the library, and the code that verifies has one of its own',
    breaks: [rfc8414.signingAlgsSupported],
    apply: (config) => ({
      ...rightCapabilities(config),
      token_endpoint_auth_signing_alg_values_supported: ['ES256', 'RS256', 'PS256', 'ES384'],
    }),
  },
  'gives RSA up': {
    fault: 'elliptic curves are what a security review recommended',
    breaks: [rfc8414.signingAlgsRs256],
    apply: (config) => ({
      ...rightCapabilities(config),
      token_endpoint_auth_signing_alg_values_supported: ['ES256'],
    }),
  },
  'says the name of RSA in another case': {
    fault: 'the names come from a library that writes them in lower case',
    breaks: [rfc8414.signingAlgsRs256],
    apply: (config) => ({
      ...rightCapabilities(config),
      token_endpoint_auth_signing_alg_values_supported: ['ES256', 'rs256'],
    }),
  },
  'lists no scopes': {
    fault: 'scopes belong to the APIs, and those were to document their own',
    breaks: [rfc8414.scopesPublished],
    apply: (config) => without(rightCapabilities(config), 'scopes_supported'),
  },
  'lists its scopes as a token has them': {
    fault: 'scopes are one text everywhere else, with spaces between them',
    breaks: [rfc8414.scopesPublished, rfc8414.listsAreArrays],
    apply: (config) => ({ ...rightCapabilities(config), scopes_supported: config.scopes.join(' ') }),
  },
  'writes one value as text': {
    fault: 'a converter from XML cannot tell a list of one from a value',
    breaks: [rfc8414.listsAreArrays],
    apply: (config) => ({ ...rightCapabilities(config), ui_locales_supported: 'en' }),
  },
  'lists a grant type that it does not have': {
    fault: 'the device flow was announced a release before it came',
    breaks: [rfc8414.grantTypes],
    apply: (config) => ({
      ...rightCapabilities(config),
      grant_types_supported: [...config.grantTypes, 'urn:ietf:params:oauth:grant-type:device_code'],
    }),
  },
  'lists the grant types of people only': {
    fault: 'the list was written when there were no services among the clients',
    breaks: [rfc8414.grantTypes],
    apply: (config) => ({
      ...rightCapabilities(config),
      grant_types_supported: config.grantTypes.filter((one) => one !== 'client_credentials'),
    }),
  },
  'lists a response mode that it does not have': {
    fault: 'the mode was switched off for its pages, and the document names all that the code knows',
    breaks: [rfc8414.responseModes],
    config: { responseModes: ['query', 'fragment'] },
    apply: (config) => rightCapabilities({ ...config, responseModes: ['query', 'fragment', 'form_post'] }),
  },
  'links its manual as its pages do': {
    fault: 'links within the server are relative',
    breaks: [rfc8414.pagesAreUrls],
    apply: (config) => ({ ...rightCapabilities(config), service_documentation: '/docs' }),
  },
  'says where to ask for its terms': {
    fault: 'a field of the configuration that is called terms was filled in by the legal department',
    breaks: [rfc8414.pagesAreUrls],
    apply: (config) => ({ ...rightCapabilities(config), op_tos_uri: 'on request from legal@as.example' }),
  },
  'names its languages like a C library': {
    fault: 'the names are those of the files with the translations',
    breaks: [rfc8414.localesAreTags],
    apply: (config) => ({ ...rightCapabilities(config), ui_locales_supported: ['en_US', 'de_AT'] }),
  },
  'names one language by its name': {
    fault: 'the list was translated with all other texts of the configuration',
    breaks: [rfc8414.localesAreTags],
    apply: (config) => ({ ...rightCapabilities(config), ui_locales_supported: ['en', 'de', 'portuguese (Brazil)'] }),
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
