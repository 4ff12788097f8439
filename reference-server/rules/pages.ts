import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { Interaction } from '../model.ts'
import { NotRedirectable, OAuthError } from '../oauth-error.ts'
import { rule } from '../rule.ts'
import { sameText } from './client-authentication.ts'

export const pageHeaders = rule([rfc9700.pagesNotFramed], (): Readonly<Record<string, string>> => ({
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}))

/** The headers of a page that could not be shown to another origin's script anyway: none that would let one read it. */
export const authorizationCors = rule(
  [rfc9700.noCorsAtAuthorization],
  (_origin: string | null): Readonly<Record<string, string>> => ({}),
)

/**
 * A form counts only from the page that this very browser was shown: the cookie ties it to the browser, the token to the
 * page. Either alone could be an attacker's own.
 */
export const formCameFromPage = rule(
  [rfc6749.csrfProtected],
  (interaction: Interaction, browser: string | undefined, csrf: string | undefined) => {
    if (browser === undefined || !sameText(interaction.browser, browser))
      throw new NotRedirectable('this sign-in was begun in another browser; start again at the application')
    if (csrf === undefined || !sameText(interaction.csrf, csrf))
      throw new NotRedirectable('the form did not come from this page; start again at the application')
  },
)

/** Consent is a yes and nothing else. */
export const personAgreed = rule([rfc6749.accessDenied], (decision: string | undefined) => {
  if (decision !== 'accept') throw new OAuthError('access_denied', 'the person refused')
})
