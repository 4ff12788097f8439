import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc8252 } from '../../core/spec/rfc8252.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import * as rules from '../rules/registration.ts'

const { apply: acceptable } = rules.redirectUriIsAcceptable
const { apply: room } = rules.queryLeavesRoom

export const redirectUrisArePresent = mutants(rules.redirectUrisArePresent, {
  'does without': {
    fault: 'redirect_uris is optional in the schema',
    breaks: [rfc6749.redirectUriOfPublicClients, rfc6749.redirectUriOfAllClients],
    apply() {},
  },
  'asks where there is no other grant': {
    fault: 'a client with several grants is thought to have another way',
    breaks: [rfc6749.redirectUriOfPublicClients],
    apply(grantTypes, redirectUris) {
      if (grantTypes.length === 1 && grantTypes[0] === 'authorization_code' && redirectUris.length === 0)
        throw new OAuthError('invalid_redirect_uri', 'redirect_uris is missing')
    },
  },
})

export const redirectUriHasNoFragment = mutants(rules.redirectUriHasNoFragment, {
  'takes a fragment': { fault: 'nobody looks for one', apply() {} },
  'takes an empty fragment': {
    fault: 'a URL parser reports an empty fragment like none',
    apply(uri) {
      if (URL.canParse(uri) && new URL(uri).hash !== '')
        throw new OAuthError('invalid_redirect_uri', 'a redirection URI must not have a fragment')
    },
  },
})

export const queryLeavesRoom = mutants(rules.queryLeavesRoom, {
  'takes any query': { fault: 'a query is the affair of the client, and is kept as it is', apply() {} },
  'looks for a code': {
    fault: 'a code was what an attacker would put there, so nothing else is looked for',
    apply(uri) {
      if (/[?&]code=/.test(uri)) throw new OAuthError('invalid_redirect_uri', 'the query has a code')
    },
  },
  'looks at its beginning': {
    fault: 'the pattern begins with the question mark, and a query may go on behind it',
    apply(uri) {
      if (/\?(?:code|state|iss|error)=/.test(uri)) room(uri)
    },
  },
})

export const redirectUriIsAcceptable = mutants(rules.redirectUriIsAcceptable, {
  'takes any text': {
    fault: 'a redirection URI is a text, and so is this',
    breaks: [rfc7591.invalidRedirectUri, rfc6749.redirectUriAbsolute],
    apply() {},
  },
  'takes what a browser takes': {
    fault: 'the URL parser of the platform repairs what it is given and says that it can be parsed',
    breaks: [rfc7591.invalidRedirectUri],
    apply(uri, applicationType) {
      if (!URL.canParse(uri) || new URL(uri).protocol !== 'https:') acceptable(uri, applicationType)
    },
  },
  'takes a path': {
    fault: 'a path is completed with the address of the client, as links on a page are',
    breaks: [rfc7591.invalidRedirectUri, rfc6749.redirectUriAbsolute],
    apply(uri, applicationType) {
      if (!uri.startsWith('/')) acceptable(uri, applicationType)
    },
  },
  'blames the metadata': {
    fault: 'the registration has one error for whatever a schema refuses',
    breaks: [rfc7591.invalidRedirectUri],
    apply(uri, applicationType) {
      try {
        acceptable(uri, applicationType)
      } catch (cause) {
        throw new OAuthError('invalid_client_metadata', 'redirect_uris is wrong', { cause })
      }
    },
  },
  'takes http of everybody': {
    fault: 'developers have no certificate on their own machine, and nobody asks where they are',
    breaks: [rfc7591.redirectUriKinds, rfc9700.noHttpRedirectUri, rfc9700.responsesEncrypted],
    apply(uri, applicationType) {
      if (!uri.startsWith('http://')) acceptable(uri, applicationType)
    },
  },
  'takes http of native apps': {
    fault: 'loopback is why native apps may have http, and the host is not looked at',
    breaks: [rfc9700.noHttpRedirectUri, rfc9700.responsesEncrypted],
    apply(uri, applicationType) {
      if (applicationType === 'web' || !uri.startsWith('http://')) acceptable(uri, applicationType)
    },
  },
  'takes any scheme of native apps': {
    fault: 'the scheme of an app is for its operating system to know',
    breaks: [rfc8252.schemeWithPeriod],
    apply(uri, applicationType) {
      if (applicationType === 'web' || !/^[a-z][a-z0-9+-]*:\/\w/.test(uri)) acceptable(uri, applicationType)
    },
  },
  'takes what a browser runs': {
    fault: 'the scheme of an app has no host, and neither has the one of a script',
    breaks: [rfc7591.redirectUriOfApplication],
    apply(uri, applicationType) {
      if (applicationType === 'web' || !/^(?:javascript|data):/i.test(uri)) acceptable(uri, applicationType)
    },
  },
  'takes https alone': {
    fault: 'the rule for web clients is the stricter one, so it was made the rule for all',
    breaks: [rfc8252.redirectOptions],
    apply: (uri) => acceptable(uri, 'web'),
  },
  'takes no https of native apps': {
    fault: 'application_type native was read as a promise not to use the web',
    breaks: [rfc8252.redirectOptions],
    apply(uri, applicationType) {
      if (applicationType === 'native' && uri.startsWith('https:'))
        throw new OAuthError('invalid_redirect_uri', 'a native client has no https URI')
      acceptable(uri, applicationType)
    },
  },
})
