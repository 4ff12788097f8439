import { createHash } from 'node:crypto'
import fc from 'fast-check'
import type { Requirement } from '../../core/spec/document.ts'
import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { isNonEmpty, type NonEmpty } from '../../core/verdict.ts'
import type { CheckContext } from '../../harness/check.ts'
import { objectOf } from '../../harness/client/http.ts'
import { challengeOf, type IssuedCode, type ProtocolClient, responseOf } from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { property } from '../../harness/property.ts'
import { stringsMember } from '../../harness/target/metadata.ts'
import type { Target } from '../../harness/target/target.ts'
import { type PkceStory, pkceStory } from '../generators/challenge.ts'
import { applied, deed } from '../generators/edit.ts'
import {
  isVerifier,
  malformedVerifier,
  secretVerifier,
  secretVerifierLength,
  verifierEdits,
  verifierOf,
  verifierRecipe,
} from '../generators/verifier.ts'
import { bringsToken, expectNoToken, expectToken } from '../oracles/answers.ts'

/** Whatever lawful characters a verifier is made of and however long it is, it redeems its code. */
export const rightVerifierRedeems = property({
  proves: [rfc7636.verifierSyntax, rfc7636.rightVerifierAccepted],
  needs: ['authorization_code'],
  inputs: ({ target }) => fc.record({ recipe: verifierRecipe, method: fc.constantFrom(...methodsOf(target)) }),

  async holds({ recipe, method }, { client, expect }) {
    const verifier = verifierOf(recipe)
    const code = await client.authorize({ ...byMethod(method, verifier) })
    const answer = await client.redeem(code, { code_verifier: verifier })

    expectToken(expect, answer, rfc7636.verifierSyntax)
    expectToken(expect, answer, rfc7636.rightVerifierAccepted)
  },
})

/** What is too short, too long or in other characters is no verifier, even where its hash is the challenge. */
export const malformedVerifierIsDenied = property({
  proves: [rfc7636.verifierSyntax],
  needs: ['authorization_code'],
  inputs: () => malformedVerifier,

  async holds(verifier, { client, expect }) {
    const code = await client.authorize({ code_challenge: challengeOf(verifier) })

    expectNoToken(expect, await client.redeem(code, { code_verifier: verifier }), rfc7636.verifierSyntax)
  },
})

/** What is too short, too long or in other characters is no challenge, and there is no code for it. */
export const malformedChallengeIsRefused = property({
  proves: [rfc7636.challengeSyntax],
  needs: ['authorization_code'],
  inputs: ({ target }) =>
    fc.record({
      challenge: fc.oneof(malformedVerifier, verifierEdits),
      method: fc.constantFrom(...methodsOf(target)),
    }),

  async holds({ challenge, method }, { client, expect }) {
    const sent = typeof challenge === 'string' ? challenge : applied(challenge, challengeOf(secretVerifier(43)))
    if (sent === '' || isVerifier(sent)) return

    expect
      .arrival(await client.requestAuthorization({ code_challenge: sent, code_challenge_method: method }))
      .toBringNoCode()
  },
})

/** What is nearly the verifier is not the verifier. */
export const nearlyRightVerifierIsDenied = property({
  proves: [rfc7636.verifierMatches],
  needs: ['authorization_code'],
  inputs: ({ target }) =>
    fc.record({
      length: secretVerifierLength,
      edits: fc.oneof({ weight: 4, arbitrary: verifierEdits }, { weight: 1, arbitrary: instead }),
      method: fc.constantFrom(...methodsOf(target)),
    }),

  async holds({ length, edits, method }, { client, expect }) {
    const verifier = secretVerifier(length)
    const sent = applied(edits, verifier)
    if (sent === verifier) return
    const code = await client.authorize({ ...byMethod(method, verifier) })
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

/** The methods that the metadata list are those by which verifiers are judged, and no others. */
export const listedMethodsAreThoseThatWork = property({
  proves: [rfc8414.challengeMethodsPublished],
  needs: ['authorization_code'],
  arrange: async ({ client }) => await client.authorize(),
  inputs: () =>
    fc.record({
      method: fc.constantFrom('S256' as const, 'plain' as const),
      recipe: verifierRecipe,
      wrong: verifierRecipe,
    }),

  async holds({ method, recipe, wrong }, { client, expect, target }) {
    const [verifier, other] = [verifierOf(recipe), verifierOf(wrong)]
    if (verifier === other) return
    const works = await brings(client, byMethod(method, verifier), verifier)
    // A server that knows nothing of PKCE takes any verifier, or none.
    const judges = works && !(await brings(client, byMethod(method, verifier), other))
    const isListed = stringsMember(target.metadata, 'code_challenge_methods_supported')?.includes(method) ?? false

    expect.that(isListed ? works : !judges, {
      violation: isListed ? 'refused' : 'missing-value',
      expected: isListed ? `a token by ${method}, which is listed` : `${method} listed, by which verifiers are judged`,
      actual: isListed ? 'a refusal' : 'a list without it, or none',
    })
  },
})

/** What breaks where a code knows nothing of its challenge, or knows that of another. */
const bindingRequirements = [rfc7636.challengeBoundToCode, rfc9700.challengeBound] as const

const storyRequirementsOfAll = [
  rfc7636.verifierMatches,
  rfc7636.unknownMethodRefused,
  rfc7636.methodDefaultsToPlain,
  rfc7636.boundMethodUsed,
  rfc8414.challengeMethodsPublished,
  rfc9700.verifierEnforced,
  ...bindingRequirements,
] as const

/** No combination of challenge, method and verifier brings a token but the right ones: there is no way round PKCE. */
export const challengeAndMethodBindTheVerifier = property({
  proves: [...storyRequirementsOfAll, rfc9700.pkceNotDowngraded],
  needs: ['authorization_code'],
  arrange: async ({ client }) => await client.authorize(),
  inputs: () => pkceStory,
  holds: playsOut,
})

/** The same for a client that has nothing else to show who it is. */
export const challengeAndMethodBindTheVerifierOfAPublicClient = property({
  proves: storyRequirementsOfAll,
  needs: ['authorization_code', 'public_client'],
  as: 'none',
  arrange: async ({ client }) => await client.authorize(),
  inputs: () => pkceStory,
  holds: playsOut,
})

async function playsOut(story: PkceStory, { client, expect, target }: CheckContext, first: IssuedCode) {
  const next = secretVerifier(story.length)
  const sent = sentIn(story, { right: secretVerifier(story.length), first: first.verifier, next })
  const owed = brokenBy(sent, target)
  if (!isNonEmpty(owed)) return
  const code = await codeFor(client, { code_challenge: sent.challenge, code_challenge_method: sent.method })
  if (code === undefined) return
  if (story.verifier === 'of the next request') await client.requestAuthorization({ ...byMethod('S256', next) })
  const named = story.named === 'none' ? {} : { code_challenge_method: story.named.named }
  const answer = await client.redeem(code, { code_verifier: sent.verifier, ...named })

  const breach = { violation: 'accepted', expected: 'a refusal', actual: describeAnswer(answer) } as const
  for (const about of owed) expect.that(!bringsToken(answer), breach, about)
  if (!sent.isOfAnother) return
  const own = await client.redeem(await client.authorize())
  // Whom the server takes the client for has nothing to do with its challenge.
  if (objectOf(own)?.['error'] === 'invalid_client')
    throw new Untestable(`the client gets no token for a right code: ${describeAnswer(own)}`)
  for (const about of bindingRequirements) expectToken(expect, own, about)
}

/** What goes over the wire; what is empty counts as absent (RFC 6749 §3.1) in all but `method`. */
interface Sent {
  readonly challenge: string | undefined
  readonly method: string | undefined
  readonly verifier: string | undefined
  readonly isOfAnother: boolean
}

function sentIn(
  { challenge, method, verifier }: PkceStory,
  { right, first, next }: Readonly<Record<'right' | 'first' | 'next', string>>,
): Sent {
  const sent = challengeIn(challenge, right)
  const verifiers = {
    none: undefined,
    empty: '',
    right,
    'the challenge': sent,
    'of the first request': first,
    'of the next request': next,
  }
  return {
    challenge: sent,
    method: method === 'none' ? undefined : method.named,
    verifier: typeof verifier === 'object' ? applied(verifier['right, but'], right) : verifiers[verifier],
    isOfAnother: verifier === 'of the first request' || verifier === 'of the next request',
  }
}

function challengeIn(challenge: PkceStory['challenge'], verifier: string): string | undefined {
  if (typeof challenge === 'object') return applied(challenge['by S256, but'], challengeOf(verifier)) || undefined
  return { none: undefined, empty: '', 'by S256': challengeOf(verifier), 'the verifier': verifier }[challenge]
}

/** The requirements that a token for this would break; none where a token may be given. */
function brokenBy({ challenge, method, verifier, isOfAnother }: Sent, { metadata }: Target): readonly Requirement[] {
  if (!challenge) return verifier ? [rfc9700.pkceNotDowngraded] : []
  if (!verifier) return [rfc9700.verifierEnforced]
  const others = isOfAnother ? bindingRequirements : []
  if (method === 'S256') {
    if (challengeOf(verifier) === challenge) return []
    return [rfc7636.verifierMatches, ...others, ...(verifier === challenge ? [rfc7636.boundMethodUsed] : [])]
  }
  if (method && method !== 'plain') return [rfc7636.unknownMethodRefused]
  if (verifier !== challenge)
    return !method && challengeOf(verifier) === challenge
      ? [rfc7636.methodDefaultsToPlain]
      : [rfc7636.verifierMatches, ...others]
  const listed = stringsMember(metadata, 'code_challenge_methods_supported')
  return listed === undefined || listed.includes('plain') ? [] : [rfc8414.challengeMethodsPublished]
}

type MethodName = 'S256' | 'plain'

/** S256, which every server knows, and plain where the metadata list it. */
const methodsOf = ({ capabilities }: Target): NonEmpty<MethodName> =>
  capabilities.has('plain_pkce') ? ['S256', 'plain'] : ['S256']

const byMethod = (method: MethodName, verifier: string) => ({
  code_challenge: method === 'S256' ? challengeOf(verifier) : verifier,
  code_challenge_method: method,
})

/** A code for this challenge; nothing where the server gives none. */
async function codeFor(
  client: ProtocolClient,
  pkce: { readonly code_challenge: string | undefined; readonly code_challenge_method: string | undefined },
): Promise<IssuedCode | undefined> {
  const response = responseOf(await client.requestAuthorization({ ...pkce }))
  const value = response.get('code')
  return value === undefined ? undefined : { value, verifier: '', response, redirectUri: client.redirectUri }
}

async function brings(client: ProtocolClient, pkce: ReturnType<typeof byMethod>, verifier: string): Promise<boolean> {
  const code = await codeFor(client, pkce)
  return code !== undefined && bringsToken(await client.redeem(code, { code_verifier: verifier }))
}
