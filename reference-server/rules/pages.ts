import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { Interaction } from '../model.ts'
import { NotRedirectable } from '../oauth-error.ts'
import { rule } from '../rule.ts'
import { sameText } from './client-authentication.ts'

export const pageHeaders = rule([rfc9700.pagesNotFramed, rfc6749.notFramed], (): Readonly<Record<string, string>> => ({
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}))

/** The headers of a page that could not be shown to another origin's script anyway: none that would let one read it. */
export const authorizationCors = rule([rfc9700.noCorsAtAuthorization], (_origin: string | null): Readonly<Record<string, string>> => ({}))

export const formCameFromPage = rule([rfc6749.csrfProtected], (interaction: Interaction, csrf: string | undefined) => {
  if (csrf === undefined || !sameText(interaction.csrf, csrf)) throw new NotRedirectable('the form did not come from this page; start again at the application')
})

/** An interaction is of use only to the browser that began it. */
export const browserIsTheSame = rule([rfc6749.csrfProtected], (interaction: Interaction, browser: string | undefined) => {
  if (browser === undefined || !sameText(interaction.browser, browser)) throw new NotRedirectable('this sign-in was begun in another browser; start again at the application')
})
