import exec from 'k6/execution'
import { redirectParams, withQuery } from '../core/wire/form.ts'
import { signIn } from './lib/browser.ts'
import { claimsOf, membersOf, post, randomText, s256 } from './lib/oauth.ts'
import { personOf, plan } from './lib/plan.ts'
import { Abandoned, tell } from './lib/story.ts'

/** One code in so many is presented a second time. */
const replayEvery = 10

export const authorizationCode = tell('authorization-code', ({ holds, sample }) => {
  const { client, endpoints, openid } = plan
  const verifier = randomText(32)
  const [state, nonce] = [randomText(16), randomText(16)]
  const request = withQuery(endpoints.authorization, {
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: client.redirect_uri,
    state,
    code_challenge: s256(verifier),
    code_challenge_method: 'S256',
    ...(openid && { scope: 'openid', nonce }),
  })
  const arrival = new Map(
    redirectParams(signIn(request, client.redirect_uri, personOf(exec.scenario.iterationInTest))).query,
  )
  holds('state comes back unchanged', arrival.get('state') === state)
  const code = arrival.get('code')
  if (code === undefined) throw new Abandoned()

  const redemption = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: client.redirect_uri,
    code_verifier: verifier,
  }
  const answer = post('token', endpoints.token, redemption)
  const { access_token: token, id_token: idToken } = membersOf(answer)
  holds('every code is redeemed', answer.status === 200 && typeof token === 'string')
  const claims = claimsOf(idToken)
  if (openid && claims !== undefined) {
    holds('the ID token has the nonce of its request', claims['nonce'] === nonce)
    holds('the ID token is for the client that asked', [claims['aud']].flat().includes(client.client_id))
  }
  if (typeof idToken === 'string') sample('id_token', idToken)

  if (exec.scenario.iterationInTest % replayEvery === 0) {
    holds('a spent code stays spent', post('replay', endpoints.token, redemption).status >= 400)
  }
})
