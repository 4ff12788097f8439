import type { CookieJar } from 'k6/http'
import type { LoadClient, LoadUser } from '../../core/story.ts'
import { encodeForm, type Params, redirectParams, withQuery } from '../../core/wire/form.ts'
import { signIn } from './browser.ts'
import { type Credentials, membersOf, post, randomText, s256 } from './oauth.ts'
import { plan } from './plan.ts'
import { Abandoned } from './story.ts'

/**
 * Takes a person through an authorization request with PKCE: what the redirect brings back, the state that was sent, and
 * the form that redeems the code. `params` are what the request has besides.
 */
export function arriveWithCode(client: LoadClient, person: LoadUser, params: Params, jar?: CookieJar) {
  const verifier = randomText(32)
  const state = randomText(16)
  const request = `${startOf(client)}&${encodeForm({ state, code_challenge: s256(verifier), ...params })}`
  const arrival = new Map(redirectParams(signIn(request, client.redirect_uri, person, jar)).query)
  const redemptionOf = (code: string) => ({
    grant_type: 'authorization_code',
    code,
    redirect_uri: client.redirect_uri,
    code_verifier: verifier,
  })
  return { arrival, state, redemptionOf }
}

/** What the requests of each client have in common. */
const starts = new Map<string, string>()

function startOf({ client_id: id, redirect_uri: redirectUri }: LoadClient): string {
  const known = starts.get(id)
  if (known !== undefined) return known
  const fixed = { response_type: 'code', client_id: id, redirect_uri: redirectUri, code_challenge_method: 'S256' }
  const made = withQuery(plan.endpoints.authorization, fixed)
  starts.set(id, made)
  return made
}

/** Signs a person in with a fresh browser and redeems the code: the members of the token response. */
export function signInWithCode(client: LoadClient, person: LoadUser, params: Params, credentials?: Credentials) {
  const { arrival, redemptionOf } = arriveWithCode(client, person, params)
  const code = arrival.get('code')
  if (code === undefined) throw new Abandoned()
  return membersOf(post('first token', plan.endpoints.token, redemptionOf(code), credentials))
}
