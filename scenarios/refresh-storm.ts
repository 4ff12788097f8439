import { credentialsOf, memberOf, post, refreshForm, textIn } from './lib/oauth.ts'
import { plan, turn } from './lib/plan.ts'
import { newSession, type Session } from './lib/session.ts'
import { arriveWithCode, codeRequests } from './lib/sign-in-with-code.ts'
import { Abandoned, type Answer, type Narrator, tell } from './lib/story.ts'
import { volley } from './lib/volley.ts'

type Holds = Narrator<'refresh-storm'>['holds']

/** An app without a secret, if there is one: only of such a client must the server rotate the refresh tokens. */
const client = plan.publicClient ?? plan.client
const isPublic = client.method === 'none'
const credentials = credentialsOf(client)

/** In one iteration of so many it is a code that comes several times at once. */
const codeEvery = 4

/** How often the same comes at once, in turn. Of more uses a late one may end what two have brought, and nobody sees that it was two. */
const usesAtOnce = [2, 2, 3, 2, 4]

/** The refresh token that this virtual user holds; each has a grant of its own. */
let held: string | undefined

/** The browser of this virtual user, and who has signed in with it. */
let session: Session | undefined

export const refreshStorm = tell('refresh-storm', ({ holds }) => {
  const number = turn()
  if (number % codeEvery === 0) {
    const answers = atOnce(redemption(), 2, holds)
    holds('a code that comes twice at once buys once', answers.filter(bringsToken).length <= 1)
    return
  }
  const token = held ?? firstRefreshToken()
  // Whether it still lives is unknown until all is over.
  held = undefined
  const answers = atOnce(refreshForm(token), usesAtOnce[number % usesAtOnce.length] ?? 2, holds)
  const successors = answers.filter(bringsToken).map((answer) => successorOf(answer, token))
  const staysGood = successors.includes(token)
  // Who rotates may answer a lost request anew, with the same token or another: only one of them may go on.
  const rotated = successors.filter((one, at) => one !== token && successors.indexOf(one) === at)
  const lines = rotated.flatMap(continued)
  if (isPublic && rotated.length > 0 && !staysGood)
    holds('of uses at once one line of refresh tokens goes on', lines.length <= 1)
  held = lines[0] ?? (staysGood ? token : undefined)
})

/** Sends the same several times at once. */
function atOnce(form: string, uses: number, holds: Holds): readonly Answer[] {
  const shot = { name: 'storm', url: plan.endpoints.token, form, credentials }
  const answers = volley(Array.from({ length: uses }, () => shot))
  answers.forEach(({ status }) =>
    holds('whatever comes at once is answered and is no failure', status < 500 || status === 503),
  )
  return answers
}

const bringsToken = (answer: Answer) => typeof memberOf(answer, 'access_token') === 'string'

/** The refresh token that is to be used from now on: without a new one that is the old one (RFC 6749 §6). */
function successorOf(answer: Answer, token: string): string {
  const next = memberOf(answer, 'refresh_token')
  return typeof next === 'string' ? next : token
}

/** What comes after a refresh token; nothing where it is worth nothing. */
function continued(token: string): readonly string[] {
  const answer = post('successor', plan.endpoints.token, refreshForm(token), credentials)
  return bringsToken(answer) ? [successorOf(answer, token)] : []
}

const firstRefreshToken = () =>
  textIn(post('first token', plan.endpoints.token, redemption(), credentials), 'refresh_token')

const requests = codeRequests(client, plan.openid ? { scope: 'openid offline_access', prompt: 'consent' } : {})

/** What redeems a code that a person has just let the client have. */
function redemption(): string {
  const current = session ?? newSession(turn())
  // Whether it still holds is unknown until the person is back.
  session = undefined
  const { code, redemptionOf } = arriveWithCode(requests, current.person, current.jar)
  if (code === undefined) throw new Abandoned()
  if (current.left-- > 0) session = current
  return redemptionOf(code)
}
