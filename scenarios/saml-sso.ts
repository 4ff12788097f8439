import type { CookieJar } from 'k6/http'
import { signOnAskedIn, signOnUrlIn } from '../core/sign-on-request.ts'
import type { LoadUser } from '../core/story.ts'
import { signOn } from './lib/browser.ts'
import { drawn } from './lib/companion.ts'
import { turn } from './lib/plan.ts'
import { bringsSuccess } from './lib/saml.ts'
import { newSession, type Session } from './lib/session.ts'
import { tell } from './lib/story.ts'

/** The browser of this virtual user, and who has signed in with it. */
let session: Session | undefined

/** Whether the identity provider gives persistent identifiers; unknown until it is asked for the first one. */
let givesPersistent: boolean | undefined

export const samlSso = tell('saml-sso', ({ readResponse }) => {
  const { jar, person, left } = session ?? newSession(turn())
  // Whether it still holds is unknown until this iteration has come to its end.
  session = undefined
  const { request, arrival } = responseFor(person, jar)
  readResponse(arrival.form, signOnAskedIn(request), person.username, arrival.url)
  if (left > 0) session = { jar, person, left: left - 1 }
})

/** What came for a person, and of what request: one for a persistent identifier, unless there is none to be had. */
function responseFor(person: LoadUser, jar: CookieJar) {
  if (givesPersistent === false) return asked('saml-requests/any', person, jar)
  const came = asked('saml-requests/persistent', person, jar)
  givesPersistent ??= bringsSuccess(came.arrival.form)
  // Whoever gives no such identifiers may refuse the request, and calls people by other names all the same.
  return givesPersistent ? came : asked('saml-requests/any', person, jar)
}

function asked(pool: string, person: LoadUser, jar: CookieJar) {
  const request = drawn(pool)
  return { request, arrival: signOn(signOnUrlIn(request), person, jar) }
}
