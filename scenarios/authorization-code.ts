import { membersReader } from '../core/json-members.ts'
import { post } from './lib/oauth.ts'
import { plan, turn } from './lib/plan.ts'
import { newSession, type Session } from './lib/session.ts'
import { arriveWithCode, codeRequests } from './lib/sign-in-with-code.ts'
import { Abandoned, bodyOf, tell } from './lib/story.ts'

/** One code in so many is presented a second time. */
const replayEvery = 10

const tokensIn = membersReader(['access_token', 'id_token'])

const requests = codeRequests(plan.client, plan.openid ? { scope: 'openid' } : {})

/** The browser of this virtual user, and who has signed in with it. */
let session: Session | undefined

export const authorizationCode = tell('authorization-code', ({ holds, read, sample, unique }) => {
  const { client, endpoints, openid } = plan
  const number = turn()
  const current = session ?? newSession(number)
  // Whether it still holds is unknown until this iteration has come to its end.
  session = undefined
  const { jar, person } = current
  const { code, hasState, nonce, redemptionOf } = arriveWithCode(requests, person, jar)
  holds('state comes back unchanged', hasState)
  if (code === undefined) throw new Abandoned()
  unique('code', code, '')

  const redemption = redemptionOf(code)
  const answer = post('token', endpoints.token, redemption)
  const { access_token: token, id_token: idToken } = tokensIn(bodyOf(answer))
  holds('every code is redeemed', answer.status === 200 && typeof token === 'string')
  if (typeof idToken === 'string') {
    const { client_id: id } = client
    if (openid) read('id_token', idToken, id, person.username, nonce)
    sample('id_token', idToken, id)
  }

  if (number % replayEvery === 0) {
    holds('a spent code stays spent', post('replay', endpoints.token, redemption).status >= 400)
  }
  if (current.left-- > 0) session = current
})
