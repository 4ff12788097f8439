import { membersReader } from '../core/json-members.ts'
import { credentialsOf, post, refreshForm, textIn } from './lib/oauth.ts'
import { personOf, plan, turn } from './lib/plan.ts'
import { codeRequests, signInWithCode } from './lib/sign-in-with-code.ts'
import { bodyOf, tell } from './lib/story.ts'

/** An app without a secret, if there is one: only of such a client must the server rotate the refresh tokens. */
const client = plan.publicClient ?? plan.client
const isPublic = client.method === 'none'
const credentials = credentialsOf(client)

const tokensIn = membersReader(['access_token', 'refresh_token'])

/** The refresh token that this virtual user holds; each has a grant of its own, for two that share one would race. */
let held: string | undefined

/** One rotation in so many is followed by an attempt to use the old token; it ends the grant. */
const replayEvery = 20

export const refresh = tell('refresh', ({ holds, sample }) => {
  const spent = held ?? firstRefreshToken()
  // Whether it still lives is unknown until the answer is here.
  held = undefined
  const answer = refreshBy(spent, 'token')
  const { access_token: token, refresh_token: next } = tokensIn(bodyOf(answer))
  const honoured = answer.status === 200 && typeof token === 'string'
  holds('every live refresh token is honoured', honoured)
  if (typeof token === 'string') sample('access_token', token, client.client_id)
  const isRotated = isPublic && typeof next === 'string' && next !== spent
  if (isRotated && turn() % replayEvery === 0) {
    holds('a rotated refresh token stays spent', refreshBy(spent, 'replay').status >= 400)
  } else if (honoured) {
    held = typeof next === 'string' ? next : spent
  }
})

const refreshBy = (token: string, name: string) => post(name, plan.endpoints.token, refreshForm(token), credentials)

const requests = codeRequests(client, plan.openid ? { scope: 'openid offline_access', prompt: 'consent' } : {})

const firstRefreshToken = () => textIn(signInWithCode(requests, personOf(turn()), credentials), 'refresh_token')
