import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { check } from '../../harness/check.ts'
import { Untestable } from '../../harness/error.ts'

/** A code that was redeemed once buys nothing more. */
export const replayedCodeIsDenied = check({
  proves: [rfc6749.codeSingleUse, rfc9700.codeInvalidated],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const code = await client.authorize()

    expect.response(await client.redeem(code)).toBeTokenResponse()
    expect.response(await client.redeem(code)).toBeRefused()
  },
})

/** Of two requests that bring the same code at the same time, one at most gets tokens. */
export const codeRedeemedTwiceAtOnceBuysOnce = check({
  proves: [rfc6749.codeSingleUse],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const code = await client.authorize()
    const answers = await Promise.all([client.redeem(code), client.redeem(code), client.redeem(code)])

    const bought = answers.filter(({ status }) => status === 200).length
    expect.that(bought <= 1, {
      violation: 'accepted',
      expected: 'one token response at most',
      actual: `${bought} of them`,
    })
  },
})

/** Whoever replays a code may have stolen it, so what it bought before is taken back. */
export const replayRevokesTokens = check({
  proves: [rfc6749.replayRevokes, rfc9700.replayRevokes],
  needs: ['authorization_code', 'userinfo'],

  async run({ client, expect }) {
    const code = await client.authorize()
    const { accessToken } = client.tokensOf(await client.redeem(code))
    await client.redeem(code)

    expect
      .response(await client.userinfo(accessToken))
      .toBeRefused('a refusal of the token that the replayed code had bought')
  },
})

/** So is the refresh token, by which the thief would have new access tokens for as long as it lives. */
export const replayRevokesTheRefreshToken = check({
  proves: [rfc6749.replayRevokes, rfc9700.replayRevokes],
  needs: ['authorization_code', 'refresh_token'],

  async run({ client, expect }) {
    const code = await client.authorizeOffline()
    const { refreshToken } = client.tokensOf(await client.redeem(code))
    if (refreshToken === undefined) throw new Untestable('the server issued no refresh token')
    await client.redeem(code)

    expect
      .response(await client.refresh(refreshToken))
      .toBeRefused('a refusal of the refresh token that the replayed code had bought')
  },
})

/** A code works for the client that it was issued to, and for no other. */
export const codeOfAnotherClientIsDenied = check({
  proves: [rfc6749.codeBoundToClient],
  needs: ['authorization_code', 'second client'],

  async run({ client, other, expect }) {
    const code = await client.authorize()

    expect.response(await other.redeem(code)).toBeRefused()
  },
})

/** A confidential client gains nothing from a code that was issued to a public one. */
export const codeOfPublicClientIsDeniedToOthers = check({
  proves: [rfc6749.codeBoundToClient],
  needs: ['authorization_code', 'public_client', 'second client'],
  as: 'none',

  async run({ client, other, expect }) {
    const code = await client.authorize()

    expect.response(await other.redeem(code)).toBeRefused()
  },
})

/** A code that the server did not issue, though it looks like one, buys nothing. */
export const unknownCodeIsDenied = check({
  proves: [rfc6749.codeValid],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const code = await client.authorize()
    const { value } = code

    for (const wrong of [
      `${value}x`,
      `${value} `,
      ` ${value}`,
      value.slice(0, -1),
      value.split('').toReversed().join(''),
    ]) {
      expect.response(await client.redeem({ ...code, value: wrong })).toBeRefused()
    }
  },
})

/** A code or refresh token that is no good is reported by the error that says so, whatever is wrong with it. */
export const uselessGrantIsReported = check({
  proves: [rfc6749.invalidGrant],
  needs: ['authorization_code'],

  async run({ client, expect, target }) {
    const code = await client.authorize()
    const spent = await client.authorize()
    await client.redeem(spent)
    const answers = [await client.redeem({ ...code, value: `${code.value}x` }), await client.redeem(spent)]
    if (target.capabilities.has('refresh_token')) answers.push(await client.refresh('no-server-ever-issued-this-token'))

    for (const answer of answers) {
      // That it is refused at all, other checks judge.
      if (answer.status >= 400) expect.response(answer).toBeOAuthError('invalid_grant')
    }
  },
})

/** Eleven minutes after it was issued a code is worth nothing. */
export const oldCodeIsDenied = check({
  proves: [rfc6749.codeShortLived],
  needs: ['authorization_code', 'clock'],

  async run({ client, expect, wait }) {
    const code = await client.authorize()
    await wait(11 * 60_000)

    expect.response(await client.redeem(code)).toBeRefused()
  },
})

/** Where redirect_uri was part of the authorization request, it is part of the token request. */
export const missingRedirectUriIsDenied = check({
  proves: [rfc6749.codeRedirectUriRequired],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const code = await client.authorize()

    expect.response(await client.redeem(code, { redirect_uri: undefined })).toBeRefused()
  },
})

/** The redirect_uri of the token request is that of the authorization request, not one that resembles it. */
export const differentRedirectUriIsDenied = check({
  proves: [rfc6749.codeRedirectUriMatches],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const [first = '', ...others] = client.account.redirect_uris

    for (const wrong of [`${first}/elsewhere`, ...others.slice(0, 1), 'https://elsewhere.example/']) {
      const code = await client.authorize({ redirect_uri: first })
      expect.response(await client.redeem(code, { redirect_uri: wrong })).toBeRefused()
    }
  },
})
