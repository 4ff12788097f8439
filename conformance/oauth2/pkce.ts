import type { Requirement } from '../../core/spec/document.ts'
import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc8252 } from '../../core/spec/rfc8252.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { Params } from '../../core/wire/form.ts'
import { check } from '../../harness/check.ts'
import type { HttpResponse } from '../../harness/client/http.ts'
import {
  challengeOf,
  describeArrival,
  type ProtocolClient,
  responseOf,
  randomVerifier,
} from '../../harness/client/protocol-client.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { describeAnswer, type Expect } from '../../harness/expect.ts'
import { stringsMember } from '../../harness/target/metadata.ts'
import { isNative } from '../native-uri.ts'

/** A challenge by S256 is taken, and its verifier redeems the code. */
export const s256Works = check({
  proves: [rfc7636.s256Supported, rfc9700.pkceSupported],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const { params, verifier } = client.authorizationParams()
    const arrival = await client.travel(params)
    const response = expect.arrival(arrival).toBringCode(client.redirectUri)
    const code = { value: response.get('code') ?? '', verifier, response, redirectUri: client.redirectUri }
    const answer = await client.redeem(code)

    expect.that(answer.status === 200, {
      violation: 'refused',
      expected: 'a token for the right verifier',
      actual: describeAnswer(answer),
    })
  },
})

/** A code that was asked for with a challenge is worth nothing without the verifier. */
export const missingVerifierIsDenied = check({
  proves: [rfc9700.verifierEnforced],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    for (const verifier of [undefined, '']) {
      const code = await client.authorize()

      expect
        .response(await client.redeem(code, { code_verifier: verifier }))
        .toBeOAuthError('invalid_grant', 'invalid_request')
    }
  },
})

/** Only the verifier that the challenge was made of redeems the code. */
export const wrongVerifierIsDenied = check({
  proves: [rfc7636.verifierMatches],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    for (const change of [randomVerifier, challengeOf, swapCase, appending('A')]) {
      const code = await client.authorize()
      const answer = await client.redeem(code, { code_verifier: change(code.verifier) })

      expect.response(answer).toBeOAuthError('invalid_grant')
    }
  },
})

/** What would be the verifier, if somebody trimmed it, is not the verifier. */
export const untrimmedVerifierIsDenied = check({
  proves: [rfc7636.verifierMatches],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    for (const change of [' ', '\n', '='].map(appending)) {
      const code = await client.authorize()
      const answer = await client.redeem(code, { code_verifier: change(code.verifier) })

      expect.response(answer).toBeOAuthError('invalid_grant', 'invalid_request')
    }
  },
})

/** Where plain is supported, the verifier is the challenge from its first character to its last. */
export const wrongPlainVerifierIsDenied = check({
  proves: [rfc7636.verifierMatches],
  needs: ['authorization_code', 'plain_pkce'],

  async run({ client, expect }) {
    for (const change of [randomVerifier, swapCase, appending('A')]) {
      const challenge = randomVerifier()
      const answer = await redeemWith(
        client,
        { code_challenge: challenge, code_challenge_method: 'plain' },
        change(challenge),
      )

      if (answer === undefined) throw new Untestable('no code could be had with a plain challenge')
      expect.response(answer).toBeOAuthError('invalid_grant')
    }
  },
})

/** A challenge that differs from the right one by nothing but case is another challenge. */
export const challengeIsComparedWithCase = check({
  proves: [rfc7636.verifierMatches],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const verifier = randomVerifier()
    const code = await client.authorize({ code_challenge: swapCase(challengeOf(verifier)) })

    expect.response(await client.redeem(code, { code_verifier: verifier })).toBeOAuthError('invalid_grant')
  },
})

/** A verifier for a code that was asked for without a challenge tells of a downgrade. */
export const verifierWithoutChallengeIsDenied = check({
  proves: [rfc9700.pkceNotDowngraded],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const arrival = await client.requestAuthorization(noChallenge)
    const response = responseOf(arrival)
    const value = response.get('code')
    // Where PKCE is demanded of everybody, there is nothing to downgrade.
    if (value === undefined) return
    const code = { value, verifier: randomVerifier(), response, redirectUri: client.redirectUri }

    expect.response(await client.redeem(code)).toBeOAuthError('invalid_grant', 'invalid_request')
  },
})

const noChallenge: Params = { code_challenge: undefined, code_challenge_method: undefined }

/** A method that the server does not know is refused, and not taken for one that it knows. */
export const unknownMethodIsRefused = check({
  proves: [rfc7636.unknownMethodRefused],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    for (const method of ['S512', 's256', 'assay-unknown']) {
      const arrival = await client.requestAuthorization({ code_challenge_method: method })

      expect.arrival(arrival).toBringError(client.redirectUri, 'invalid_request')
    }
  },
})

/** The method plain works only where the metadata lists it. */
export const unlistedPlainIsRefused = check({
  proves: [rfc8414.challengeMethodsPublished],
  needs: ['authorization_code'],

  async run({ client, expect, target }) {
    const listed = stringsMember(target.metadata, 'code_challenge_methods_supported')
    if (listed === undefined || listed.includes('plain')) return
    const challenge = randomVerifier()
    const plain = { code_challenge: challenge, code_challenge_method: 'plain' }
    const answer = await redeemWith(client, plain, challenge)

    expect.that(answer?.status !== 200, {
      violation: 'accepted',
      expected: 'a refusal of plain, which is not listed',
      actual: 'a token',
    })
  },
})

/** Where the metadata lists plain, it works. */
export const listedPlainWorks = check({
  proves: [rfc8414.challengeMethodsPublished],
  needs: ['authorization_code', 'plain_pkce'],

  async run({ client, expect }) {
    const challenge = randomVerifier()
    const plain = { code_challenge: challenge, code_challenge_method: 'plain' }

    expectToken(
      expect,
      await redeemWith(client, plain, challenge),
      'a token for the challenge itself',
      rfc8414.challengeMethodsPublished,
    )
  },
})

/** Where plain is supported, a challenge without a method is plain. */
export const challengeWithoutMethodIsPlain = check({
  proves: [rfc7636.methodDefaultsToPlain],
  needs: ['authorization_code', 'plain_pkce'],

  async run({ client, expect }) {
    const challenge = randomVerifier()
    const bare = { code_challenge: challenge, code_challenge_method: undefined }

    expectToken(
      expect,
      await redeemWith(client, bare, challenge),
      'a token for the challenge itself',
      rfc7636.methodDefaultsToPlain,
    )
  },
})

/** A challenge without a method is never taken for one by S256. */
export const challengeWithoutMethodIsNotS256 = check({
  proves: [rfc7636.methodDefaultsToPlain],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const verifier = randomVerifier()
    const bare = { code_challenge: challengeOf(verifier), code_challenge_method: undefined }
    const answer = await redeemWith(client, bare, verifier)

    expect.that(answer?.status !== 200, {
      violation: 'accepted',
      expected: 'plain or a refusal',
      actual: 'a token, as if S256 had been named',
    })
  },
})

/** What cannot be a challenge is refused. */
export const malformedChallengeIsRefused = check({
  proves: [rfc7636.challengeSyntax],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const challenge = challengeOf(randomVerifier())
    for (const malformed of [
      challenge.slice(0, 42),
      `${challenge.slice(0, 42)}+`,
      `${challenge.slice(0, 42)} `,
      'a'.repeat(129),
    ]) {
      expect.arrival(await client.requestAuthorization({ code_challenge: malformed })).toBringNoCode()
    }
  },
})

/** A verifier that is too short, too long or in other characters is denied, though it fits the challenge. */
export const malformedVerifierIsDenied = check({
  proves: [rfc7636.verifierSyntax],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    for (const verifier of ['a'.repeat(42), 'a'.repeat(129), `${'a'.repeat(43)}+/=`]) {
      const code = await client.authorize({ code_challenge: challengeOf(verifier) })

      expect
        .response(await client.redeem(code, { code_verifier: verifier }))
        .toBeOAuthError('invalid_grant', 'invalid_request')
    }
  },
})

/** A native app that leaves out PKCE gets no code, and is told what is wrong with its request. */
export const nativeAppWithoutChallengeIsRefused = check({
  proves: [rfc8252.pkceRequired, rfc7636.challengeRequired],
  needs: ['authorization_code', 'public_client'],
  as: 'none',

  async run({ client, expect }) {
    if (!isNative(client.redirectUri)) throw new Inapplicable('the public client is no native app')
    const arrival = await client.requestAuthorization(noChallenge)
    const response = responseOf(arrival)

    expect.arrival(arrival, rfc8252.pkceRequired).toBringNoCode()
    if (response.has('code')) return
    const error = response.get('error')
    const owed = {
      violation: 'wrong-error',
      expected: 'the error invalid_request',
      actual: describeArrival(arrival),
    } as const
    expect.that(error === 'invalid_request', owed, rfc7636.challengeRequired)
  },
})

/** Carries a challenge through to the token endpoint; `undefined` where the authorization endpoint gave no code for it. */
async function redeemWith(
  client: ProtocolClient,
  challenge: Params,
  verifier: string,
): Promise<HttpResponse | undefined> {
  const response = responseOf(await client.requestAuthorization(challenge))
  const value = response.get('code')
  return value === undefined
    ? undefined
    : await client.redeem({ value, verifier, response, redirectUri: client.redirectUri })
}

function expectToken(expect: Expect, answer: HttpResponse | undefined, expected: string, about: Requirement) {
  const actual = answer === undefined ? 'no code' : describeAnswer(answer)
  expect.that(answer?.status === 200, { violation: 'refused', expected, actual }, about)
}

const appending = (more: string) => (text: string) => `${text}${more}`

const swapCase = (text: string) =>
  text.replaceAll(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  )
