import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc9207 } from '../../core/spec/rfc9207.ts'
import { mutants } from '../mutant.ts'
import { responseIssPublished as published } from '../rules/metadata.ts'
import * as rules from '../rules/redirect.ts'

export const responseIss = mutants(rules.responseIss, {
  'does not say who it is': {
    fault: 'the parameter is announced with the release that was to send it',
    breaks: [rfc9207.issInResponse],
    apply: () => undefined,
  },
  'ends its name with a slash': {
    fault: 'the name comes out of a URL type, which adds a slash where there is no path',
    breaks: [rfc9207.issIdentical],
    apply: (issuer) => `${issuer}/`,
  },
  'writes its name in capitals': {
    fault: 'names of hosts have no case, so nobody minds how the configuration writes it',
    breaks: [rfc9207.issIdentical],
    apply: (issuer) => issuer.toUpperCase(),
  },
  'names the host that it was moved from': {
    fault: 'the metadata follows the configuration, and the name in responses was compiled in',
    breaks: [rfc9207.issIdentical],
    apply: () => 'https://as.example',
  },
  'names its host without TLS': {
    fault: 'TLS ends at the proxy, so that the scheme is that of the side within',
    breaks: [rfc9207.issIsPlainUrl, rfc9207.issIdentical],
    apply: () => 'http://as.example',
  },
  'names the client beside itself': {
    fault: 'a gateway in front tells clients apart by a query',
    breaks: [rfc9207.issIsPlainUrl, rfc9207.issIdentical],
    apply: (issuer) => `${issuer}?client=1`,
  },
})

export const responseLocation = mutants(rules.responseLocation, {
  'names itself twice': {
    fault: 'a gateway in front adds the parameter, for the sake of servers that do not',
    breaks: [rfc6749.responseParamsNotRepeated],
    apply(redirectUri, params) {
      const location = rules.responseLocation.apply(redirectUri, params)
      return `${location}&${new URLSearchParams({ iss: params['iss'] ?? '' }).toString()}`
    },
  },
})

export const errorIss = mutants(rules.errorIss, {
  'does not say who refuses': {
    fault: 'the parameter was added where codes are made, and errors are made elsewhere',
    breaks: [rfc9207.issInError],
    apply: () => undefined,
  },
  'ends its name with a slash': {
    fault: 'the handler of errors builds the name out of its base URL',
    breaks: [rfc9207.issIdentical],
    apply: (issuer) => `${issuer}/`,
  },
  'names itself by the page of the error': {
    fault: 'who refuses is named by where that is explained',
    breaks: [rfc9207.issIsPlainUrl, rfc9207.issIdentical],
    apply: (issuer) => `${issuer}/errors#refused`,
  },
})

export const responseIssPublished = mutants(published, {
  'keeps it to itself': {
    fault: 'the parameter was added to the response and not to the metadata',
    breaks: [rfc9207.supportPublished],
    apply: () => undefined,
  },
  'denies what it does': {
    fault: 'the switch in the configuration is older than the parameter, and off',
    breaks: [rfc9207.supportPublished],
    apply: () => false,
  },
  'says so in words': {
    fault: 'the value comes out of an environment variable',
    apply: () => 'true',
  },
})
