import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import { escapeHtml } from '../page-frame.ts'
import * as requests from '../rules/authorization-request.ts'
import { passwordIsRight as password } from '../rules/forbidden-grants.ts'
import * as pages from '../rules/pages.ts'

const { apply: matches } = requests.redirectUriMatches
const { apply: scopeOf } = requests.authorizationScope
const { apply: typeOf } = requests.responseTypeIsSupported
const { apply: uriOf } = requests.redirectUriOrDefault
const { apply: shown } = pages.problemShown
const { apply: wanting } = pages.consentIsWanting

export const redirectUriMatches = mutants(requests.redirectUriMatches, {
  'compares where all else is right': {
    fault: 'the URI is compared where the code is issued, and errors are sent before that',
    breaks: [rfc6749.errorNotToBadUri, rfc6749.noOpenRedirector, rfc9700.noOpenRedirect],
    apply(client, redirectUri, params) {
      if (params?.get('response_type') === 'code') matches(client, redirectUri, params)
    },
  },
})

export const redirectUriOrDefault = mutants(requests.redirectUriOrDefault, {
  'falls back for plain OAuth': {
    fault: 'OpenID Connect has a rule of its own, and the old one stayed for everybody else',
    breaks: [rfc6749.redirectUriNeededOfSeveral],
    apply: (client, sent, openid) => (openid ? uriOf(client, sent, openid) : (sent ?? client.redirectUris[0] ?? '')),
  },
})

export const authorizationParamsNotRepeated = mutants(requests.authorizationParamsNotRepeated, {
  'denies access': {
    fault: 'a filter against parameter pollution stands before the endpoint, and denies',
    breaks: [rfc6749.authorizationInvalidRequest],
    apply(raw) {
      const name = requests.repeated(raw)
      if (name !== undefined) throw new OAuthError('access_denied', 'a parameter is repeated')
    },
  },
  'blames the scope': {
    fault: 'a scope that is an array instead of a text is refused by whoever splits it, and so is all else',
    breaks: [rfc6749.authorizationInvalidRequest],
    apply(raw) {
      if (requests.repeated(raw) !== undefined) throw new OAuthError('invalid_scope', 'scope is no text')
    },
  },
})

export const responseTypeIsSupported = mutants(requests.responseTypeIsSupported, {
  'denies access': {
    fault: 'a policy says which response types are allowed, and what it does not allow is denied',
    breaks: [rfc6749.unsupportedResponseType],
    apply(responseType, offered) {
      if (responseType !== undefined && !offered.some((one) => one === responseType))
        throw new OAuthError('access_denied', 'the response type is not allowed')
      return typeOf(responseType, offered)
    },
  },
  'blames the scope': {
    fault: 'which scopes go with a response type is looked up, and for this one there are none',
    breaks: [rfc6749.unsupportedResponseType],
    apply(responseType, offered) {
      if (responseType !== undefined && !offered.some((one) => one === responseType))
        throw new OAuthError('invalid_scope', 'no scope goes with the response type')
      return typeOf(responseType, offered)
    },
  },
})

export const authorizationScope = mutants(requests.authorizationScope, {
  'wants a scope': {
    fault: 'a schema lists scope as required, for every request that was tried had one',
    breaks: [rfc6749.missingScopeDecided],
    apply(client, scope, prompts, supported) {
      if (scope === undefined) throw new OAuthError('invalid_request', 'scope is missing')
      return scopeOf(client, scope, prompts, supported)
    },
  },
  'denies who asks for nothing': {
    fault: 'who asks for no scope has no access to ask for',
    breaks: [rfc6749.missingScopeDecided],
    apply(client, scope, prompts, supported) {
      if (scope === undefined) throw new OAuthError('access_denied', 'nothing was asked for')
      return scopeOf(client, scope, prompts, supported)
    },
  },
})

export const passwordIsRight = mutants(password, {
  'takes any password': {
    fault: 'a switch for demonstrations was left on',
    breaks: [rfc6749.ownerAuthenticated],
    apply(users, username) {
      const user = users.find((one) => one.username === username)
      if (user === undefined) throw new OAuthError('invalid_grant', 'the user name is wrong')
      return user
    },
  },
  'takes no password for a right one': {
    fault: 'the directory lets anybody bind who sends no password, as nobody, and that was taken for success',
    breaks: [rfc6749.ownerAuthenticated],
    apply(users, username, sent) {
      const user = users.find((one) => one.username === username)
      return user !== undefined && sent === '' ? user : password.apply(users, username, sent)
    },
  },
})

export const consentIsWanting = mutants(pages.consentIsWanting, {
  'asks nobody': { fault: 'whoever signs in is thought to agree', apply: () => false },
  'takes what is basic for agreed': {
    fault: 'scopes that only say who somebody is were thought to need nobody to agree',
    apply: (request, consented) =>
      wanting(request, consented) &&
      (request.prompts.includes('consent') ||
        request.scopes.some((one) => !['openid', 'profile', 'email'].includes(one))),
  },
})

export const problemShown = mutants(pages.problemShown, {
  'shows nothing': {
    fault: 'what went wrong is in the log, and nothing of it is to reach an attacker',
    breaks: [rfc6749.personInformed],
    apply: () => '',
  },
  'tells developers alone': {
    fault: 'the template for errors was never written, and what it has is for those who read its source',
    breaks: [rfc6749.personInformed],
    apply: (message) => `<!-- ${message} -->`,
  },
  'shows the request as it came': {
    fault: 'the address that failed is shown, so that it can be reported',
    breaks: [rfc6749.inputSanitized],
    apply: (message, url = '') => `${shown(message, url)}\n<p>${decoded(url)}</p>`,
  },
  'takes scripts out': {
    fault: 'a pattern takes scripts out of what is shown, and leaves what else runs scripts',
    breaks: [rfc6749.inputSanitized],
    apply: (message, url = '') => `${shown(message, url)}\n<p>${decoded(url).replaceAll(/<\/?script[^>]*>/gi, '')}</p>`,
  },
  'escapes what is between tags': {
    fault: 'less-than and greater-than are escaped, and the value stands in an attribute',
    breaks: [rfc6749.inputSanitized],
    apply: (message, url = '') =>
      `${shown(message, url)}\n<p><a href="${decoded(url).replaceAll('<', '&lt;').replaceAll('>', '&gt;')}">Try again</a></p>`,
  },
})

function decoded(url: string): string {
  try {
    return decodeURIComponent(url.replaceAll('+', ' '))
  } catch {
    return escapeHtml(url)
  }
}
