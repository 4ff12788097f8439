import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { decodeForm, encodeForm, type Params, withQuery } from '../../core/wire/form.ts'
import { check } from '../../harness/check.ts'
import type { HttpRequest } from '../../harness/client/http.ts'
import {
  challengeOf,
  describeArrival,
  type ProtocolClient,
  randomVerifier,
  responseOf,
} from '../../harness/client/protocol-client.ts'
import { type Arrival, browserlessAgent } from '../../harness/client/user-agent.ts'
import { Untestable } from '../../harness/error.ts'
import { foreignUri } from '../redirect-uris.ts'

/** Where a sign-in ends is settled by its first request: no address and no form on the way leads it elsewhere. */
export const laterRedirectUriIsNotFollowed = check({
  proves: [rfc6749.noOpenRedirector, rfc9700.exactRedirectUri],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const { params } = client.authorizationParams(asked(client))
    const arrival = await signInWith(client, params, { redirect_uri: foreignUri }, isLedBack)

    const breach = {
      violation: 'redirected',
      expected: 'the redirect_uri of the first request, or an error page',
      actual: describeArrival(arrival),
    } as const
    const isForeign = placeOf(arrival).startsWith(foreignUri)
    const response = responseOf(arrival)
    expect.that(!isForeign, breach, rfc6749.noOpenRedirector)
    // What leads there without a response took the parameter for another of its name.
    const isAnswered = response.has('code') || response.has('error')
    expect.that(!isForeign || !isAnswered, breach, rfc9700.exactRedirectUri)
  },
})

/** So is the challenge: a verifier whose hash came only later redeems nothing. */
export const laterChallengeIsNotBound = check({
  proves: [rfc7636.challengeBoundToCode],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const { params, verifier } = client.authorizationParams(asked(client))
    const later = randomVerifier()
    const added = { code_challenge: challengeOf(later) }
    const arrival = await signInWith(client, params, added, (request) => isLedBack(request) || isSentAnew(request))
    const response = responseOf(arrival)
    const value = response.get('code')
    // A step that refuses what it does not know binds nothing either.
    if (value === undefined) return
    const code = { value, response, verifier, redirectUri: client.redirectUri }

    expect.response(await client.redeem(code, { code_verifier: later })).toBeRefused()
  },
})

/** Consent is asked for even where it was given before, if the server knows that parameter. */
const asked = (client: ProtocolClient): Params =>
  client.target.capabilities.has('openid') ? { prompt: 'consent' } : {}

/** Signs in by a fresh browser in which every request behind the first one says this as well, but for those to be left alone. */
async function signInWith(
  client: ProtocolClient,
  params: Params,
  added: Params,
  isLeftAlone: (request: HttpRequest) => boolean,
): Promise<Arrival> {
  let isFirst = true
  let changed = 0
  const send = async (request: HttpRequest) => {
    const isChanged = !isFirst && !isLeftAlone(request)
    isFirst = false
    if (isChanged) changed += 1
    return await client.send(isChanged ? withAdded(request, added) : request)
  }
  const arrival = await client.travel(params, {}, browserlessAgent({ http: { send }, login: client.target.login }))
  if (arrival.kind === 'stuck') throw new Untestable(arrival.because)
  if (changed === 0) throw new Untestable('no page and no form came between the first request and its answer')
  return arrival
}

/** Where pages lead back to the whole authorization request, to change that is to make another one, which may be answered. */
const isLedBack = ({ url }: HttpRequest) => isRequest(new URL(url).search.slice(1))

/** The same of forms that hold all of it: nobody has registered a challenge. */
const isSentAnew = ({ body = '' }: HttpRequest) => isRequest(body)

const isRequest = (text: string) =>
  decodeForm(text).some(([name]) => name === 'response_type' || name === 'code_challenge')

/** The same request with these parameters in its address and in its form, in the place of those that had their names. */
function withAdded(request: HttpRequest, added: Params): HttpRequest {
  const [address = '', query = ''] = request.url.split(/\?(.*)/s)
  const url = withQuery(query === '' ? address : `${address}?${without(query, added)}`, added)
  if (request.method !== 'POST') return { ...request, url }
  const form = without(request.body ?? '', added)
  return { ...request, url, body: [form, encodeForm(added)].filter((part) => part !== '').join('&') }
}

const without = (text: string, names: Params) =>
  text
    .split('&')
    .filter((pair) => decodeForm(pair).every(([name]) => !(name in names)))
    .join('&')

const placeOf = (arrival: Arrival) =>
  arrival.kind === 'redirect' ? arrival.location : arrival.kind === 'form_post' ? arrival.action : ''
