import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { check } from '../../harness/check.ts'
import { challengeOf, responseOf, randomVerifier } from '../../harness/client/protocol-client.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'

const needs = ['authorization_code'] as const

/** Of two requests of one client each code knows its own challenge. */
export const verifierOfAnotherRequestIsDenied = check({
  proves: [rfc7636.challengeBoundToCode, rfc9700.challengeBound],
  needs,

  async run({ client, expect }) {
    const first = await client.authorize()
    const second = await client.authorize()
    const other = await client.redeem(second, { code_verifier: first.verifier })
    // A server may let the codes of a session end with the newest one.
    const own = await client.redeem(await client.authorize())

    expect.response(other).toBeOAuthError('invalid_grant')
    expect.that(own.status === 200, {
      violation: 'refused',
      expected: 'a token for the verifier of the same request',
      actual: describeAnswer(own),
    })
  },
})

/** Which method counts was said with the challenge: whoever holds the code cannot choose another. */
export const tokenRequestDoesNotChooseTheMethod = check({
  proves: [rfc7636.boundMethodUsed],
  needs,

  async run({ client, expect }) {
    const code = await client.authorize()
    const answer = await client.redeem(code, {
      code_verifier: challengeOf(code.verifier),
      code_challenge_method: 'plain',
    })

    expect.response(answer).toBeOAuthError('invalid_grant', 'invalid_request')
  },
})

/** The right verifier redeems its code, whatever characters its hash has. */
export const rightVerifierIsAccepted = check({
  proves: [rfc7636.rightVerifierAccepted],
  needs,

  async run({ client, expect }) {
    const verifier = verifierWhoseChallengeHas('-', '_')
    const code = await client.authorize({ code_challenge: challengeOf(verifier) })
    const answer = await client.redeem(code, { code_verifier: verifier })

    expect.that(answer.status === 200, {
      violation: 'refused',
      expected: 'a token for the right verifier',
      actual: describeAnswer(answer),
    })
  },
})

/** A code tells nobody its challenge, though it may carry it. */
export const codeHidesTheChallenge = check({
  proves: [rfc7636.challengeNotDisclosed],
  needs,

  async run({ client, expect }) {
    const { value, verifier } = await client.authorize()

    expect.that(!discloses(value, challengeOf(verifier)), disclosure)
  },
})

/** Of all challenges a plain one must not be read: it is the verifier. */
export const codeHidesAPlainChallenge = check({
  proves: [rfc7636.plainChallengeEncrypted],
  needs: [...needs, 'plain_pkce'],

  async run({ client, expect }) {
    const challenge = randomVerifier()
    const { value } = await client.authorize({ code_challenge: challenge, code_challenge_method: 'plain' })

    expect.that(!discloses(value, challenge), disclosure)
  },
})

const disclosure = {
  violation: 'leaked',
  expected: 'a code from which nobody reads the challenge',
  actual: 'the challenge stands in the code, encoded at most',
} as const

/** Whoever was let in without PKCE goes on without it. */
export const codeWithoutChallengeNeedsNoVerifier = check({
  proves: [rfc7636.plainOAuthWithoutChallenge],
  needs,

  async run({ client, expect }) {
    const bare = { code_challenge: undefined, code_challenge_method: undefined }
    const response = responseOf(await client.requestAuthorization(bare))
    const value = response.get('code')
    if (value === undefined) throw new Inapplicable('the server demands PKCE')
    const code = { value, verifier: '', response, redirectUri: client.redirectUri }
    const answer = await client.redeem(code, { code_verifier: undefined })

    expect.that(answer.status === 200, {
      violation: 'refused',
      expected: 'a token without a verifier',
      actual: describeAnswer(answer),
    })
  },
})

/** The name of a method is written in one way. */
export const methodNamesAreToldApartByCase = check({
  proves: [rfc7636.methodCaseSensitive],
  needs,

  async run({ client, expect }) {
    expect.arrival(await client.requestAuthorization({ code_challenge_method: 's256' })).toBringNoCode()
  },
})

/** Who asked with a method that the server does not know is told what is wrong. */
export const unknownMethodIsExplained = check({
  proves: [rfc7636.errorsExplained],
  needs,

  async run({ client, expect }) {
    const arrival = await client.requestAuthorization({ code_challenge_method: 'assay-unknown' })
    const response = responseOf(arrival)
    if (!response.has('error')) throw new Untestable('no error came back by redirect')

    expect.that(isExplained(response), {
      violation: 'missing-value',
      expected: 'error_description or error_uri',
      actual: `${response.get('error')} and no explanation`,
    })
  },
})

const isExplained = (response: ReadonlyMap<string, string>) =>
  ['error_description', 'error_uri'].some((name) => (response.get(name) ?? '').trim() !== '')

/** Whether a text can be read out of a code by whoever knows base64 and hexadecimal. */
function discloses(code: string, challenge: string): boolean {
  const octets = Buffer.from(challenge, 'base64url')
  const segments = [code, ...code.split(/[.~:|]/)]
  const readings = segments.flatMap((segment) => [segment, Buffer.from(segment, 'base64url').toString('latin1')])
  return readings.some(
    (reading) =>
      reading.includes(challenge) ||
      reading.includes(octets.toString('latin1')) ||
      reading.toLowerCase().includes(octets.toString('hex')),
  )
}

function verifierWhoseChallengeHas(...characters: readonly string[]): string {
  for (;;) {
    const verifier = randomVerifier()
    if (characters.every((character) => challengeOf(verifier).includes(character))) return verifier
  }
}
