import exec from 'k6/execution'
import { redirectParams, withQuery } from '../core/wire/form.ts'
import { signIn } from './lib/browser.ts'
import { credentialsOf, membersOf, post, randomText, s256, textOf } from './lib/oauth.ts'
import { personOf, plan } from './lib/plan.ts'
import { Abandoned, tell } from './lib/story.ts'

/** An app without a secret, if there is one: only of such a client must the server rotate the refresh tokens. */
const client = plan.publicClient ?? plan.client
const isPublic = client.method === 'none'
const credentials = credentialsOf(client)

/** The refresh token that this virtual user holds; each has a grant of its own, for two that share one would race. */
let held: string | undefined

/** One rotation in so many is followed by an attempt to use the old token; it ends the grant. */
const replayEvery = 20

export const refresh = tell('refresh', ({ holds, sample }) => {
  const spent = held ?? firstRefreshToken()
  // Whether it still lives is unknown until the answer is here.
  held = undefined
  const answer = refreshBy(spent, 'token')
  const { access_token: token, refresh_token: next } = membersOf(answer)
  const honoured = answer.status === 200 && typeof token === 'string'
  holds('every live refresh token is honoured', honoured)
  if (typeof token === 'string') sample('access_token', token)
  const isRotated = isPublic && typeof next === 'string' && next !== spent
  if (isRotated && exec.scenario.iterationInTest % replayEvery === 0) {
    holds('a rotated refresh token stays spent', refreshBy(spent, 'replay').status >= 400)
  } else if (honoured) {
    held = typeof next === 'string' ? next : spent
  }
})

const refreshBy = (token: string, name: string) =>
  post(name, plan.endpoints.token, { grant_type: 'refresh_token', refresh_token: token }, credentials)

function firstRefreshToken(): string {
  const { endpoints, openid } = plan
  const verifier = randomText(32)
  const request = withQuery(endpoints.authorization, {
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: client.redirect_uri,
    state: randomText(16),
    code_challenge: s256(verifier),
    code_challenge_method: 'S256',
    ...(openid && { scope: 'openid offline_access', prompt: 'consent' }),
  })
  const code = new Map(
    redirectParams(signIn(request, client.redirect_uri, personOf(exec.scenario.iterationInTest))).query,
  ).get('code')
  if (code === undefined) throw new Abandoned()
  const redemption = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: client.redirect_uri,
    code_verifier: verifier,
  }
  const answer = post('first token', endpoints.token, redemption, credentials)
  return textOf(membersOf(answer), 'refresh_token')
}
