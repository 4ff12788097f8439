import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { challengeOf, type ProtocolClient, randomVerifier } from '../../harness/client/protocol-client.ts'
import { property } from '../../harness/property.ts'
import { applied } from '../generators/edit.ts'
import { isOtherSpelling, nearMissOr } from '../generators/near-miss.ts'
import { type Pair, splice } from '../generators/splice.ts'
import { expectNoToken } from '../oracles/answers.ts'

/**
 * What is made of a code is not a code, nor is what a code is redeemed for. That the right one still works is not asked for: a server may take a wrong guess
 * for an attack and drop it.
 */
export const forgedCodeIsDenied = property({
  proves: [rfc6749.codeValid],
  needs: ['authorization_code'],
  inputs: () => nearMissOr('an access token', 'a refresh token', 'an ID token'),

  async holds(input, { client, expect }) {
    const code = await client.authorize()
    const forged = 'edits' in input ? applied(input.edits, code.value) : await tokenOf(client, input.instead)
    if (forged === undefined || isOtherSpelling(forged, code.value)) return

    expectNoToken(expect, await client.redeem(code, { code: forged }), rfc6749.codeValid)
  },
})

/** A token of the client's own; nothing where the server issues none of that kind. */
async function tokenOf(
  client: ProtocolClient,
  kind: 'an access token' | 'a refresh token' | 'an ID token',
): Promise<string | undefined> {
  const tokens = client.tokensOf(await client.redeem(await client.authorizeOffline()))
  return {
    'an access token': tokens.accessToken,
    'a refresh token': tokens.refreshToken,
    'an ID token': tokens.idToken,
  }[kind]
}

/** A code is one text: what is put together of the codes of two people is neither. */
export const codeOfTwoCodesIsDenied = property({
  proves: [rfc6749.codeValid],
  needs: ['authorization_code', 'second user'],
  inputs: () => splice,

  async holds(edits, { client, stranger, expect }) {
    // One verifier fits both, so that nothing but the code can be wrong.
    const verifier = randomVerifier()
    const challenge = { code_challenge: challengeOf(verifier) }
    const [own, foreign] = [await client.authorize(challenge), await stranger.authorize(challenge)]
    const [forged] = applied<Pair>(edits, [own.value, foreign.value])
    if ([own, foreign].some(({ value }) => isOtherSpelling(forged, value))) return

    const answer = await client.redeem(own, { code: forged, code_verifier: verifier })
    expectNoToken(expect, answer, rfc6749.codeValid)
  },
})
