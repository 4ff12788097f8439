import type { CookieJar } from 'k6/http'
import { signOnRequestIn } from '../core/sign-on-request.ts'
import type { LoadUser } from '../core/story.ts'
import { signOn } from './lib/browser.ts'
import { drawn } from './lib/companion.ts'
import { turn } from './lib/plan.ts'
import { inOneLine, isSuccess } from './lib/saml.ts'
import { newSession, type Session } from './lib/session.ts'
import { Abandoned, tell } from './lib/story.ts'

/** A response takes as long to verify as some ten tokens: one is handed over where ten of them would be. */
const sampleEvery = 10

/** The browser of this virtual user, and who has signed in with it. */
let session: Session | undefined

/** Whether the identity provider gives persistent identifiers; unknown until it is asked for the first one. */
let givesPersistent: boolean | undefined

export const samlSso = tell('saml-sso', ({ holds, read, sample }) => {
  const { jar, person, left } = session ?? newSession(turn())
  // Whether it still holds is unknown until this iteration has come to its end.
  session = undefined
  const { request, action, fields, isRight } = responseFor(person, jar)
  holds(
    'every request is answered with success at the place that it names',
    isRight === true && action === request.consumer,
  )
  holds('RelayState comes back unchanged', fields['RelayState'] === request.relayState)
  if (isRight === undefined) throw new Abandoned()
  const token = inOneLine(fields['SAMLResponse'] ?? '')
  read({ kind: 'saml_response', client: request.provider, person: person.username, nonce: request.id, token })
  if (!isRight) throw new Abandoned()
  if (__ITER % sampleEvery === 0)
    sample({ kind: 'saml_response', token, client: request.provider, consumer: request.consumer })
  if (left > 0) session = { jar, person, left: left - 1 }
})

/** What came for a person, and of what request: one for a persistent identifier, unless there is none to be had. */
function responseFor(person: LoadUser, jar: CookieJar) {
  const ask = (kind: 'persistent' | 'any') => {
    const request = signOnRequestIn(drawn(`saml-requests/${kind}`))
    const { action, fields } = signOn(request.url, person, jar)
    return { request, action, fields, isRight: isSuccess(fields['SAMLResponse'] ?? '') }
  }
  if (givesPersistent === false) return ask('any')
  const answer = ask('persistent')
  givesPersistent ??= answer.isRight === true
  // Whoever gives no such identifiers may refuse the request, and calls people by other names all the same.
  return givesPersistent ? answer : ask('any')
}
