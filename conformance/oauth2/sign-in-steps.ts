import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { check } from '../../harness/check.ts'
import { amendedSignIn, isLedBack, isSentAnew } from '../../harness/client/amended-sign-in.ts'
import { challengeOf, describeArrival, randomVerifier, responseOf } from '../../harness/client/protocol-client.ts'
import type { Arrival } from '../../harness/client/user-agent.ts'
import { foreignUri } from '../redirect-uris.ts'

/** Where a sign-in ends is settled by its first request: no address and no form on the way leads it elsewhere. */
export const laterRedirectUriIsNotFollowed = check({
  proves: [rfc6749.noOpenRedirector, rfc9700.exactRedirectUri],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const { params } = client.authorizationParams()
    const amendment = { added: { redirect_uri: foreignUri }, isLeftAlone: isLedBack }
    const arrival = await amendedSignIn(client, params, amendment)

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
    const { params, verifier } = client.authorizationParams()
    const later = randomVerifier()
    const arrival = await amendedSignIn(client, params, {
      added: { code_challenge: challengeOf(later) },
      isLeftAlone: (request) => isLedBack(request) || isSentAnew(request),
    })
    const response = responseOf(arrival)
    const value = response.get('code')
    // A step that refuses what it does not know binds nothing either.
    if (value === undefined) return
    const code = { value, response, verifier, redirectUri: client.redirectUri }

    expect.response(await client.redeem(code, { code_verifier: later })).toBeRefused()
  },
})

const placeOf = (arrival: Arrival) =>
  arrival.kind === 'redirect' ? arrival.location : arrival.kind === 'form_post' ? arrival.action : ''
