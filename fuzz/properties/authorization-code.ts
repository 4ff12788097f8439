import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { challengeOf, randomVerifier } from '../../harness/client/protocol-client.ts'
import { property } from '../../harness/property.ts'
import { applied } from '../generators/edit.ts'
import { isOtherSpelling, nearMiss } from '../generators/near-miss.ts'
import { type Pair, splice } from '../generators/splice.ts'
import { expectNoToken } from '../oracles/answers.ts'

/**
 * What is made of a code is not a code. That the right one still works is not asked for: a server may take a wrong guess
 * for an attack and drop it.
 */
export const forgedCodeIsDenied = property({
  proves: [rfc6749.codeValid],
  needs: ['authorization_code'],
  inputs: () => nearMiss,

  async holds(edits, { client, expect }) {
    const code = await client.authorize()
    const forged = applied(edits, code.value)
    if (isOtherSpelling(forged, code.value)) return

    expectNoToken(expect, await client.redeem(code, { code: forged }), rfc6749.codeValid)
  },
})

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
