import { createHash } from 'node:crypto'
import fc from 'fast-check'
import type { Requirement } from '../../core/spec/document.ts'
import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { challengeOf, responseOf } from '../../harness/client/protocol-client.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { property } from '../../harness/property.ts'
import { stringsMember } from '../../harness/target/metadata.ts'
import type { Target } from '../../harness/target/target.ts'
import { type PkceStory, pkceStory } from '../generators/challenge.ts'
import { applied, deed } from '../generators/edit.ts'
import { nearMiss } from '../generators/near-miss.ts'
import { secretVerifier, secretVerifierLength, verifierOf, verifierRecipe } from '../generators/verifier.ts'
import { bringsToken, expectNoToken, expectToken } from '../oracles/answers.ts'

/** Whatever lawful characters a verifier is made of and however long it is, it redeems its code. */
export const rightVerifierRedeems = property({
  proves: [rfc7636.verifierSyntax],
  needs: ['authorization_code'],
  inputs: () => verifierRecipe,

  async holds(recipe, { client, expect }) {
    const verifier = verifierOf(recipe)
    const code = await client.authorize({ code_challenge: challengeOf(verifier) })

    expectToken(expect, await client.redeem(code, { code_verifier: verifier }), rfc7636.verifierSyntax)
  },
})

/** What is nearly the verifier is not the verifier. */
export const nearlyRightVerifierIsDenied = property({
  proves: [rfc7636.verifierMatches],
  needs: ['authorization_code'],
  inputs: () => fc.record({ length: secretVerifierLength, edits: fc.oneof(nearMiss, instead) }),

  async holds({ length, edits }, { client, expect }) {
    const verifier = secretVerifier(length)
    const sent = applied(edits, verifier)
    if (sent === verifier) return
    const code = await client.authorize({ code_challenge: challengeOf(verifier) })

    expectNoToken(expect, await client.redeem(code, { code_verifier: sent }), rfc7636.verifierMatches)
  },
})

/** What whoever sees the authorization request knows. */
const instead = fc
  .oneof(
    deed('take the challenge', challengeOf),
    deed('take the challenge in hexadecimal', (verifier) => createHash('sha256').update(verifier).digest('hex')),
  )
  .map((edit) => [edit])

/** No combination of challenge, method and verifier brings a token but the right ones: there is no way round PKCE. */
export const challengeAndMethodBindTheVerifier = property({
  proves: [
    rfc7636.verifierMatches,
    rfc7636.unknownMethodRefused,
    rfc7636.methodDefaultsToPlain,
    rfc8414.challengeMethodsPublished,
    rfc9700.verifierEnforced,
    rfc9700.pkceNotDowngraded,
  ],
  needs: ['authorization_code'],
  inputs: () => pkceStory,

  async holds(story, { client, expect, target }) {
    const sent = sentIn(story)
    const owed = brokenBy(sent, target)
    if (owed === undefined) return
    const response = responseOf(
      await client.requestAuthorization({ code_challenge: sent.challenge, code_challenge_method: sent.method }),
    )
    const value = response.get('code')
    if (value === undefined) return
    const code = { value, verifier: '', response, redirectUri: client.redirectUri }
    const answer = await client.redeem(code, { code_verifier: sent.verifier })

    expect.that(
      !bringsToken(answer),
      { violation: 'accepted', expected: 'a refusal', actual: describeAnswer(answer) },
      owed,
    )
  },
})

interface Sent {
  readonly challenge: string | undefined
  readonly method: string | undefined
  readonly verifier: string | undefined
}

function sentIn(story: PkceStory): Sent {
  const verifier = secretVerifier(43)
  const challenge = challengeIn(story, verifier)
  return {
    challenge,
    method: story.method === 'none' ? undefined : story.method.named,
    verifier: { none: undefined, right: verifier, 'the challenge': challenge }[story.verifier],
  }
}

function challengeIn({ challenge }: PkceStory, verifier: string): string | undefined {
  if (typeof challenge === 'object') return applied(challenge['by S256, but'], challengeOf(verifier)) || undefined
  return { none: undefined, 'by S256': challengeOf(verifier), 'the verifier': verifier }[challenge]
}

/** The requirement that a token for this would break; nothing where a token may be given. */
function brokenBy({ challenge, method, verifier }: Sent, { metadata }: Target): Requirement | undefined {
  if (challenge === undefined) return verifier === undefined ? undefined : rfc9700.pkceNotDowngraded
  if (verifier === undefined) return rfc9700.verifierEnforced
  if (method === 'S256') return challengeOf(verifier) === challenge ? undefined : rfc7636.verifierMatches
  if (method !== undefined && method !== 'plain') return rfc7636.unknownMethodRefused
  if (verifier !== challenge)
    return method === undefined && challengeOf(verifier) === challenge
      ? rfc7636.methodDefaultsToPlain
      : rfc7636.verifierMatches
  const listed = stringsMember(metadata, 'code_challenge_methods_supported')
  return listed === undefined || listed.includes('plain') ? undefined : rfc8414.challengeMethodsPublished
}
