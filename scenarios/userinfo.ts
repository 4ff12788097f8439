import type { LoadUser } from '../core/story.ts'
import { type Answer, bodyOf, tell } from './lib/story.ts'
import { claimsOf, get, memberOf, membersOf, randomText, textIn } from './lib/oauth.ts'
import { personOf, plan, turn } from './lib/plan.ts'
import { codeRequests, signInWithCode } from './lib/sign-in-with-code.ts'

/** So many times a client asks about a person before somebody else signs in. */
const asksPerSession = 8

/** One ask in so many is followed by one with a token that nobody was given. */
const unknownEvery = 5

/** What a person lets the client know, as far as it may ask for that. */
const scope = ['openid', 'profile', 'email']
  .filter((name) => plan.client.scope === undefined || plan.client.scope.split(' ').includes(name))
  .join(' ')

/** What the sign-in at this virtual user came to. */
let session: { readonly headers: Readonly<Record<string, string>>; readonly sub: unknown; left: number } | undefined

/** How many have signed in at this virtual user: the next one is never the same person. */
let sessions = 0

export const userinfo = tell('userinfo', ({ holds }) => {
  const number = turn()
  const { headers, sub, left } = session ?? newSession(personOf(number + sessions++))
  // Whether it still holds is unknown until the answer is here.
  session = undefined
  const answer = get('userinfo', plan.endpoints.userinfo, headers)
  const told = answer.status === 200 ? toldIn(answer) : undefined
  holds('every live token is answered with claims', told !== undefined)
  if (told === undefined) return
  holds('the claims are those of the person in the ID token', told.sub === sub)

  if (number % unknownEvery === 0) {
    const refused = get('unknown token', plan.endpoints.userinfo, bearing(randomText(32)))
    holds('an unknown token is refused', refused.status === 401)
  }
  if (left > 1) session = { headers, sub, left: left - 1 }
})

const requests = codeRequests(plan.client, { scope })

function newSession(person: LoadUser) {
  const answer = signInWithCode(requests, person)
  const sub = claimsOf(textIn(answer, 'id_token'))?.['sub']
  return { headers: bearing(textIn(answer, 'access_token')), sub, left: asksPerSession }
}

const bearing = (token: string) => ({ authorization: `Bearer ${token}` })

/** Whom claims are about, in JSON or in a JWT where the client has registered for that; nothing where there are no claims. */
function toldIn(answer: Answer): { readonly sub: unknown } | undefined {
  const sub = memberOf(answer, 'sub')
  if (sub !== undefined) return { sub }
  const claims = bodyOf(answer).startsWith('{') ? membersOf(answer) : claimsOf(bodyOf(answer))
  return claims !== undefined && Object.keys(claims).length > 0 ? { sub: claims['sub'] } : undefined
}
