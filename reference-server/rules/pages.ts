import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { AuthorizationRequest, Interaction, PendingRequest, Session } from '../model.ts'
import { NotRedirectable, OAuthError } from '../oauth-error.ts'
import { escapeHtml } from '../page-frame.ts'
import type { Params } from '../parameters.ts'
import { rule } from '../rule.ts'
import { sameText } from './client-authentication.ts'

export const pageHeaders = rule(
  [rfc9700.pagesNotFramed, rfc9700.pagesHavePolicy, rfc9700.refererSuppressed],
  (): Readonly<Record<string, string>> => ({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; img-src https:; frame-ancestors 'none'; base-uri 'none'",
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  }),
)

/** What stands on a page besides what it is for: nothing, so that no other site learns of it. */
export const furtherContent = rule([rfc9700.noForeignContent, rfc9700.refererSuppressed], (): string => '')

/** What a person is told of a request that cannot be answered. */
export const problemShown = rule(
  [rfc6749.personInformed, rfc6749.inputSanitized],
  (message: string, _url: string | undefined): string =>
    `<h1>This request cannot be completed</h1>\n<p role="alert">${escapeHtml(message)}</p>`,
)

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

/** What the person is asked about is the request as it came first: no page or form behind it says anything of it anew. */
export const requestThatWaits = rule(
  [rfc6749.noOpenRedirector, rfc9700.exactRedirectUri, rfc7636.challengeBoundToCode],
  (request: PendingRequest, _address: Params, _form: Params | undefined): PendingRequest => request,
)

/** Who may answer for the person: the browser in which they signed in for this request, and no other that has the address. */
export const whoDecides = rule(
  [rfc6749.consentExplicit],
  (interaction: Interaction, session: Session | undefined): Session | undefined =>
    interaction.session === undefined ? undefined : session,
)

/** Whether the person has to be asked: for all that they did not agree to before, and where the client wants it. */
export const consentIsWanting = rule(
  [rfc6749.consentExplicit],
  (request: AuthorizationRequest, consented: readonly string[] | undefined): boolean =>
    request.prompts.includes('consent') || !request.scopes.every((scope) => consented?.includes(scope)),
)

/** Consent is a yes and nothing else. */
export const personAgreed = rule([rfc6749.accessDenied], (decision: string | undefined) => {
  if (decision !== 'accept') throw new OAuthError('access_denied', 'the person refused')
})
