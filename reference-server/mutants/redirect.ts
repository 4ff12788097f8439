import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc8252 } from '../../core/spec/rfc8252.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/redirect.ts'

const { apply: rightLocation } = rules.responseLocation

export const codeState = mutants(rules.codeState, {
  'drops the state': { fault: 'the state is not carried through the login pages', apply: () => undefined },
  'lowers the state': { fault: 'the cache that keeps it folds its keys', apply: (state) => state?.toLowerCase() },
  'takes a plus for a space': {
    fault: 'the query is decoded when it is read and again when it is used',
    apply: (state) => state?.replaceAll('+', ' '),
  },
  'escapes the state': {
    fault: 'everything that comes from outside is escaped for HTML',
    apply: (state) => state?.replaceAll('&', '&amp;'),
  },
  'cuts the state': {
    fault: 'the column is as wide as the states of the first client',
    apply: (state) => state?.slice(0, 64),
  },
})

export const errorState = mutants(rules.errorState, {
  'drops the state': { fault: 'the error handler knows where to redirect and nothing more', apply: () => undefined },
  'takes a plus for a space': {
    fault: 'errors are built from the raw query, decoded by hand',
    apply: (state) => state?.replaceAll('+', ' '),
  },
})

export const responseLocation = mutants(rules.responseLocation, {
  'drops the query of the client': {
    fault: 'the query of the redirection URI is set, not added to',
    breaks: [rfc6749.redirectUriQueryKept],
    apply: (redirectUri, params) => rightLocation(redirectUri.replace(/\?.*$/s, ''), params),
  },
  'adds a second question mark': {
    fault: 'the URI and the response are put together as text',
    breaks: [rfc6749.redirectUriQueryKept],
    apply: (redirectUri, params) =>
      rightLocation(redirectUri.replace(/\?.*$/s, ''), params).replace(
        '?',
        redirectUri.includes('?') ? `${redirectUri.slice(redirectUri.indexOf('?'))}?` : '?',
      ),
  },
  'decodes the query of the client': {
    fault: 'the query is read into parameters and written again as text, without being encoded',
    breaks: [rfc6749.redirectUriQueryKept],
    apply: (redirectUri, params) =>
      rightLocation(
        redirectUri.replace(/\?.*$/s, (query) =>
          query.replaceAll(/%([2-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
        ),
        params,
      ),
  },
  'gives a private-use scheme an authority': {
    fault: 'a builder of URLs puts them together, and its URLs have a host even where that is empty',
    breaks: [rfc8252.privateUseRedirect],
    apply: (redirectUri, params) =>
      rightLocation(redirectUri.replace(/^([a-z][a-z0-9+.-]*:)\/(?!\/)/, '$1///'), params),
  },
  'answers on the web alone': {
    fault: 'what is neither http nor https is taken for an attack, after the sign-in as before it',
    breaks: [rfc8252.privateUseRedirect],
    apply: (redirectUri, params) =>
      /^https?:/.test(redirectUri) ? rightLocation(redirectUri, params) : 'https://as.example/unsupported',
  },
  'puts errors into the fragment': {
    fault: 'the error handler was written for the implicit flow',
    breaks: [rfc6749.errorByRedirect],
    apply: (redirectUri, params) =>
      'error' in params ? rightLocation(redirectUri, params).replace('?', '#') : rightLocation(redirectUri, params),
  },
  'sends errors nowhere': {
    fault: 'only answers with a code are given their parameters',
    breaks: [rfc6749.errorByRedirect],
    apply: (redirectUri, params) => ('error' in params ? redirectUri : rightLocation(redirectUri, params)),
  },
})

export const redirectStatus = mutants(rules.redirectStatus, {
  'redirects with 307': {
    fault: 'the redirect function of the web framework uses it unless told otherwise',
    breaks: [rfc9700.noRedirect307, rfc9700.credentialsNotForwarded, rfc9700.seeOther],
    apply: () => 307,
  },
  'redirects with 308': {
    fault: 'the warning names 307, and its permanent sibling seemed to be something else',
    breaks: [rfc9700.credentialsNotForwarded, rfc9700.seeOther],
    apply: () => 308,
  },
  'redirects with 301': {
    fault: 'a redirect is moved permanently unless somebody says otherwise',
    breaks: [rfc9700.seeOther],
    apply: () => 301,
  },
})

export const errorExplanation = mutants(rules.errorExplanation, {
  'sends the code alone': {
    fault: 'descriptions were taken out, lest they tell an attacker anything',
    breaks: [rfc7636.errorsExplained],
    apply: () => ({}),
  },
  'sends an empty explanation': {
    fault: 'descriptions come from a table of translations, which nobody has filled in',
    breaks: [rfc7636.errorsExplained],
    apply: () => ({ error_description: '' }),
  },
})
