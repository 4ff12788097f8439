import type { CookieJar } from 'k6/http'
import { membersIn } from '../core/json-members.ts'
import type { LoadUser, SignOnRequest } from '../core/story.ts'
import { signOn } from './lib/browser.ts'
import { drawn } from './lib/companion.ts'
import { plan, turn } from './lib/plan.ts'
import { seenIn } from './lib/saml.ts'
import { newSession, type Session } from './lib/session.ts'
import { Abandoned, tell } from './lib/story.ts'

/** A response takes as long to verify as some ten tokens: one is handed over where ten of them would be. */
const sampleEvery = 10

const ofRequest = ['url', 'id', 'provider', 'consumer', 'relayState']

/** The browser of this virtual user, and who has signed in with it. */
let session: Session | undefined

/** Whether the identity provider gives persistent identifiers; unknown until it is asked for the first one. */
let givesPersistent: boolean | undefined

const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'

/** The persistent identifiers that this virtual user has seen, by service provider and person. */
const identifiers = new Map<string, string>()

/** What people are called by a server that gives away who they are. */
const ownNames = new Set(plan.users.flatMap(({ username, sub }) => [username, ...(sub === undefined ? [] : [sub])]))

export const samlSso = tell('saml-sso', ({ holds, sample, unique }) => {
  const { jar, person, left } = session ?? newSession(turn())
  // Whether it still holds is unknown until this iteration has come to its end.
  session = undefined
  const { request, action, fields, response } = responseFor(person, jar)
  holds(
    'every request is answered with success at the place that it names',
    response?.isSuccess === true && action === request.consumer,
  )
  holds('RelayState comes back unchanged', fields['RelayState'] === request.relayState)
  if (response === undefined) throw new Abandoned()
  holds('the response names its request', response.inResponseTo === request.id)
  if (!response.isSuccess) throw new Abandoned()

  for (const id of response.assertionIds) unique('assertion_id', id, '')
  if (response.assertionIds.length > 0)
    holds('the assertion is for the service provider that asked', response.audiences.includes(request.provider))
  const { format, value = '' } = response.nameId ?? {}
  if (format === persistent) {
    const key = `${request.provider} ${person.username}`
    const known = identifiers.get(key)
    if (known === undefined) identifiers.set(key, value)
    else holds('a person keeps the persistent identifier', value === known)
  }
  if (format === persistent || ownNames.has(value)) unique('name_id', `${request.provider} ${value}`, person.username)
  if (__ITER % sampleEvery === 0) {
    const token = fields['SAMLResponse'] ?? ''
    sample({ kind: 'saml_response', token, client: request.provider, consumer: request.consumer })
  }
  if (left > 0) session = { jar, person, left: left - 1 }
})

/** What came for a person, and of what request: one for a persistent identifier, unless there is none to be had. */
function responseFor(person: LoadUser, jar: CookieJar) {
  const ask = (kind: 'persistent' | 'any') => {
    const request = membersIn(drawn(`saml-requests/${kind}`), ofRequest) as unknown as SignOnRequest
    const { action, fields } = signOn(request.url, person, jar)
    return { request, action, fields, response: seenIn(fields['SAMLResponse'] ?? '') }
  }
  if (givesPersistent === false) return ask('any')
  const answer = ask('persistent')
  givesPersistent ??= answer.response?.isSuccess === true
  // Whoever gives no such identifiers may refuse the request, and calls people by other names all the same.
  return givesPersistent ? answer : ask('any')
}
