import fc, { type Arbitrary } from 'fast-check'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { amendedSignIn, isLedBack, isSentAnew, type Part } from '../../harness/client/amended-sign-in.ts'
import { challengeOf, describeArrival, responseOf } from '../../harness/client/protocol-client.ts'
import { property } from '../../harness/property.ts'
import { secretVerifier, secretVerifierLength } from '../generators/verifier.ts'
import { expectNoToken } from '../oracles/answers.ts'
import { leadsAstray } from '../oracles/redirects.ts'
import { foreignVariation } from '../registered-uris.ts'

/** Where the pages of a sign-in are told what the first request did not say. */
const parts: Arbitrary<readonly Part[]> = fc.constantFrom<readonly Part[]>(['address'], ['form'], ['address', 'form'])

/** Where a sign-in ends is settled by its first request: no address and no form on the way leads it to somebody else. */
export const laterRedirectUriLeadsNowhere = property({
  proves: [rfc6749.noOpenRedirector, rfc9700.exactRedirectUri],
  needs: ['authorization_code'],
  inputs: ({ client }) => fc.record({ uri: foreignVariation(client), parts }),

  async holds({ uri: { sent }, parts: told }, { client, expect }) {
    const { params } = client.authorizationParams()
    const amendment = { added: { redirect_uri: sent }, parts: told, isLeftAlone: isLedBack }
    const arrival = await amendedSignIn(client, params, amendment)

    const isAstray = leadsAstray(arrival, [sent], client.account.redirect_uris)
    const breach = {
      violation: 'redirected',
      expected: 'the redirect_uri of the first request, or an error page',
      actual: describeArrival(arrival),
    } as const
    expect.that(!isAstray, breach, rfc6749.noOpenRedirector)
    // What leads there without a response took the parameter for another of its name.
    const response = responseOf(arrival)
    const isAnswered = response.has('code') || response.has('error')
    expect.that(!isAstray || !isAnswered, breach, rfc9700.exactRedirectUri)
  },
})

/** So is the challenge: a verifier whose challenge came only later redeems nothing. */
export const laterChallengeBindsNothing = property({
  proves: [rfc7636.challengeBoundToCode],
  needs: ['authorization_code'],
  inputs: () =>
    fc.record({
      length: secretVerifierLength,
      method: fc.constantFrom(undefined, 'S256' as const, 'plain' as const),
      parts,
    }),

  async holds({ length, method, parts: told }, { client, expect }) {
    const { params, verifier } = client.authorizationParams()
    const later = secretVerifier(length)
    const arrival = await amendedSignIn(client, params, {
      added: {
        code_challenge: method === 'plain' ? later : challengeOf(later),
        ...(method !== undefined && { code_challenge_method: method }),
      },
      parts: told,
      isLeftAlone: (request) => isLedBack(request) || isSentAnew(request),
    })
    const response = responseOf(arrival)
    const value = response.get('code')
    // A step that refuses what it does not know binds nothing either.
    if (value === undefined) return
    const code = { value, response, verifier, redirectUri: client.redirectUri }

    expectNoToken(expect, await client.redeem(code, { code_verifier: later }), rfc7636.challengeBoundToCode)
  },
})
