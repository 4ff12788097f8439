import exec from 'k6/execution'
import { redirectParams, withQuery } from '../core/wire/form.ts'
import { signIn } from './lib/browser.ts'
import { membersOf, post, randomText, s256, textOf } from './lib/oauth.ts'
import { personOf, plan } from './lib/plan.ts'
import { Abandoned, tell } from './lib/story.ts'

/** The refresh token that this virtual user holds; each has a grant of its own, for two that share one would race. */
let held: string | undefined

/** One rotation in so many is followed by an attempt to use the old token; it ends the grant. */
const replayEvery = 20

export const refresh = tell('refresh', ({ holds, sample }) => {
  const spent = held ?? firstRefreshToken()
  // Whether it still lives is unknown until the answer is here.
  held = undefined
  const answer = post('token', plan.endpoints.token, { grant_type: 'refresh_token', refresh_token: spent })
  const { access_token: token, refresh_token: next } = membersOf(answer)
  const honoured = answer.status === 200 && typeof token === 'string'
  holds('every live refresh token is honoured', honoured)
  if (typeof token === 'string') sample('access_token', token)
  if (typeof next === 'string' && exec.scenario.iterationInTest % replayEvery === 0) {
    holds(
      'a rotated refresh token stays spent',
      post('replay', plan.endpoints.token, { grant_type: 'refresh_token', refresh_token: spent }).status >= 400,
    )
  } else if (honoured) {
    held = typeof next === 'string' ? next : spent
  }
})

function firstRefreshToken(): string {
  const { client, endpoints, openid } = plan
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
  const answer = post('first token', endpoints.token, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: client.redirect_uri,
    code_verifier: verifier,
  })
  return textOf(membersOf(answer), 'refresh_token')
}
