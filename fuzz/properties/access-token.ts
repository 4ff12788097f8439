import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { headersOf, objectOf } from '../../harness/client/http.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { property } from '../../harness/property.ts'
import { applied } from '../generators/edit.ts'
import { isOtherSpelling, nearMiss, nearMissOr } from '../generators/near-miss.ts'
import { isCrash } from '../oracles/answers.ts'
import { expectNothingTold } from '../oracles/introspection.ts'
import { activeToken } from '../active-token.ts'

/** What is made of an access token is not active, nor is what has it for its purpose, and that is no error. */
export const forgedTokenIsInactive = property({
  proves: [rfc7662.unknownTokenInactive, rfc7662.signatureValidated, rfc7662.inactiveSaysNothing],
  needs: ['authorization_code', 'introspection'],
  arrange: async ({ client }) => await activeToken(client),
  inputs: () => nearMissOr('a code that nobody redeemed'),

  async holds(input, { client, expect }, token) {
    const forged = 'instead' in input ? (await client.authorize()).value : applied(input.edits, token)
    if (isOtherSpelling(forged, token) || !isToken(forged)) return
    const answer = await client.introspect(forged)
    if (answer.status === 429 || answer.status === 503) return
    const active = objectOf(answer)?.['active']
    const isActive = active === true

    expect.that(
      active === false,
      {
        violation: isActive ? 'accepted' : isCrash(answer) ? 'crashed' : 'malformed',
        expected: 'active false',
        actual: isActive ? 'active true' : describeAnswer(answer),
      },
      isActive && 'edits' in input && token.split('.').length === 3
        ? rfc7662.signatureValidated
        : rfc7662.unknownTokenInactive,
    )
    expectNothingTold(expect, answer)
  },
})

/** What is made of an access token opens nothing. */
export const forgedTokenOpensNothing = property({
  proves: [rfc6750.invalidToken, rfc6750.integrityProtected, rfc6749.accessTokensUnforgeable],
  needs: ['authorization_code', 'userinfo'],

  async arrange({ client }) {
    const code = await client.authorize()
    const { accessToken, idToken } = client.tokensOf(await client.redeem(code))
    const bare = client.tokensOf(await client.redeem(await client.authorize({ nonce: undefined })))
    return {
      token: accessToken,
      others: {
        'the ID token': idToken,
        'an ID token without a nonce': bare.idToken,
        'the code that it was had for': code.value,
      },
    }
  },
  inputs: () => nearMissOr('the ID token', 'an ID token without a nonce', 'the code that it was had for'),

  async holds(input, { client, expect }, { token, others }) {
    const forged = 'instead' in input ? others[input.instead] : applied(input.edits, token)
    if (forged === undefined || isOtherSpelling(forged, token) || !/^[\w.~+/-]+=*$/.test(forged)) return
    const answer = await client.userinfo(forged)

    expect.that(
      [401, 429, 503].includes(answer.status),
      {
        violation: answer.status < 300 ? 'accepted' : isCrash(answer) ? 'crashed' : 'wrong-status',
        expected: 'status 401',
        actual: describeAnswer(answer),
      },
      rfc6750.invalidToken,
    )
    const challenge = headersOf(answer, 'www-authenticate').join(', ')
    expect.that(
      answer.status !== 401 || /\berror\s*=\s*"?invalid_token\b/i.test(challenge),
      { violation: 'wrong-error', expected: 'the error invalid_token', actual: challenge },
      rfc6750.invalidToken,
    )
    if ('instead' in input) return
    for (const about of [rfc6750.integrityProtected, rfc6749.accessTokensUnforgeable])
      expect.that(answer.status >= 300, { violation: 'accepted', expected: 'a refusal', actual: 'status 200' }, about)
  },
})

/** Revoking what is no token is no error: what the client wants is already so. */
export const forgedTokenIsRevoked = property({
  proves: [rfc7009.invalidTokenIsOk],
  needs: ['authorization_code', 'revocation'],
  arrange: async ({ client }) => (await client.grant()).accessToken,
  inputs: () => nearMiss,

  async holds(edits, { client, expect }, token) {
    const forged = applied(edits, token)
    if (isOtherSpelling(forged, token) || !isToken(forged)) return
    const answer = await client.revoke(forged)
    // RFC 7009 §2.2.1: a server need not know how to revoke what looks like one kind of token.
    if (objectOf(answer)?.['error'] === 'unsupported_token_type') return

    expect.that(
      [200, 429, 503].includes(answer.status),
      { violation: isCrash(answer) ? 'crashed' : 'refused', expected: 'status 200', actual: describeAnswer(answer) },
      rfc7009.invalidTokenIsOk,
    )
  },
})

/** RFC 6749 Appendix A.12; what is longer than a token ever was may be too long for the server. */
const isToken = (text: string): boolean => /^[\x20-\x7E]{1,4096}$/.test(text)
