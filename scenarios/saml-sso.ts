import { signOnAskedIn, signOnUrlIn } from '../core/sign-on-request.ts'
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
  const current = session ?? newSession(turn())
  // Whether it still holds is unknown until this iteration has come to its end.
  session = undefined
  const { jar, person } = current
  let request = nextRequest()
  let arrival = signOn(signOnUrlIn(request), person, jar)
  if (givesPersistent === undefined) {
    givesPersistent = bringsSuccess(arrival.form)
    // Whoever gives no such identifiers may refuse the request, and calls people by other names all the same.
    if (!givesPersistent) {
      request = nextRequest()
      arrival = signOn(signOnUrlIn(request), person, jar)
    }
  }
  readResponse(arrival.form, signOnAskedIn(request), person.username, arrival.url)
  if (current.left-- > 0) session = current
})

/** A request for a persistent identifier, unless there is none to be had. */
const nextRequest = () => drawn(givesPersistent === false ? 'saml-requests/any' : 'saml-requests/persistent')
