import type { CookieJar } from 'k6/http'
import type { LoadClient, LoadUser } from '../../core/story.ts'
import { encodeComponent, encodeForm, type Params, redirectParam, withQuery } from '../../core/wire/form.ts'
import { signIn } from './browser.ts'
import { type Credentials, post, randomText, s256 } from './oauth.ts'
import { plan } from './plan.ts'
import { Abandoned, type Answer } from './story.ts'

/** What the authorization requests of a client have in common, and the redemptions of what they bring; made once. */
export interface CodeRequests {
  readonly redirectUri: string
  readonly request: string
  readonly redemption: string
}

/** `params` are what the requests have besides. */
export function codeRequests({ client_id: id, redirect_uri: uri }: LoadClient, params: Params): CodeRequests {
  const fixed = { response_type: 'code', client_id: id, redirect_uri: uri, code_challenge_method: 'S256', ...params }
  return {
    redirectUri: uri,
    request: withQuery(plan.endpoints.authorization, fixed),
    redemption: encodeForm({ grant_type: 'authorization_code', redirect_uri: uri }),
  }
}

/** What a person comes back with. */
export interface Arrival {
  /** Nothing where the redirect brought none. */
  readonly code: string | undefined
  /** Whether it brought the state that was sent. */
  readonly hasState: boolean
  /** What was sent for an ID token to repeat. */
  readonly nonce: string
  /** The form that redeems a code. */
  readonly redemptionOf: (code: string) => string
}

/** In characters of base64url, which need no encoding. Of a verifier there are no fewer (RFC 7636 §4.1). */
const [verifierLength, stateLength] = [43, 21]

/** Takes a person through an authorization request with PKCE. */
export function arriveWithCode(asked: CodeRequests, person: LoadUser, jar?: CookieJar): Arrival {
  // To draw three times takes three times as long.
  const drawn = randomText(63)
  const verifier = drawn.slice(0, verifierLength)
  const state = drawn.slice(verifierLength, verifierLength + stateLength)
  const nonce = drawn.slice(verifierLength + stateLength)
  const own = `&state=${state}&code_challenge=${s256(verifier)}`
  const url = asked.request + (plan.openid ? `${own}&nonce=${nonce}` : own)
  const location = signIn(url, asked.redirectUri, person, jar)
  return {
    code: redirectParam(location, 'code'),
    hasState: redirectParam(location, 'state') === state,
    nonce,
    redemptionOf: (code) => `${asked.redemption}&code_verifier=${verifier}&code=${encodeComponent(code)}`,
  }
}

/** Signs a person in with a fresh browser and redeems the code: the token response. */
export function signInWithCode(asked: CodeRequests, person: LoadUser, credentials?: Credentials): Answer {
  const { code, redemptionOf } = arriveWithCode(asked, person)
  if (code === undefined) throw new Abandoned()
  return post('first token', plan.endpoints.token, redemptionOf(code), credentials)
}
