import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { check } from '../../harness/check.ts'
import { objectOf } from '../../harness/client/http.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { expectNotGranted } from '../granted-scope.ts'
import { sameScopes, scopesOf } from '../token-text.ts'

const needs = ['authorization_code', 'refresh_token'] as const

/** A refresh token that the server did not issue, though it looks like one, buys nothing. */
export const unknownRefreshTokenIsDenied = check({
  proves: [rfc6749.refreshValid, rfc6749.refreshTokensUnforgeable],
  needs,

  async run({ client, expect }) {
    const { refreshToken } = await client.offlineGrant()

    for (const wrong of [`${refreshToken}x`, `${refreshToken} `, refreshToken.slice(0, -1), 'never-issued']) {
      expect.response(await client.refresh(wrong)).toBeRefused()
    }
  },
})

/** What the server issued for something else is no refresh token: a code that nobody redeemed, an access token. */
export const codeIsNoRefreshToken = check({
  proves: [rfc6749.refreshValid],
  needs,

  async run({ client, expect }) {
    const { value: code } = await client.authorizeOffline()
    const { accessToken } = await client.offlineGrant()

    for (const other of [code, accessToken]) expect.response(await client.refresh(other)).toBeRefused()
  },
})

/** A refresh token of a confidential client is worth nothing without the client's credentials, named or unnamed. */
export const refreshNeedsAuthentication = check({
  proves: [rfc6749.refreshAuthenticated],
  needs,
  as: 'confidential',

  async run({ client, expect }) {
    const { refreshToken } = await client.offlineGrant()

    for (const auth of ['none', 'nothing at all'] as const)
      expect.response(await client.refresh(refreshToken, {}, { auth })).toBeRefused()
  },
})

/** Nor does it help to have the client's name and a wrong password. */
export const refreshWithWrongSecretIsDenied = check({
  proves: [rfc6749.refreshAuthenticated],
  needs: [...needs, 'client_secret_post'],
  as: 'client_secret_post',

  async run({ client, expect }) {
    const { refreshToken } = await client.offlineGrant()

    expect.response(await client.refresh(refreshToken, { client_secret: `${client.secret}x` })).toBeRefused()
  },
})

/** A refresh token works for the client that it was issued to, and for no other. */
export const refreshTokenOfAnotherClientIsDenied = check({
  proves: [rfc6749.refreshBoundToClient],
  needs: [...needs, 'second client'],

  async run({ client, other, expect }) {
    const { refreshToken } = await client.offlineGrant()

    expect.response(await other.refresh(refreshToken)).toBeRefused()
  },
})

/** A refresh grants nothing that the person did not consent to. */
export const widerScopeIsNotGranted = check({
  proves: [rfc6749.refreshScopeNotWidened, rfc9700.refreshBoundToScope],
  needs: [...needs, 'openid'],

  async run({ client, expect }) {
    const { refreshToken, scope } = await client.offlineGrant()
    const granted = client.offlineScope ?? 'openid'
    const more = [...scopesOf(client.account.scope ?? 'openid email')].find(
      (one) => !scopesOf(scope ?? granted).has(one),
    )
    if (more === undefined) throw new Untestable('the client may not ask for any other scope than the one it has')
    const answer = await client.refresh(refreshToken, { scope: `${granted} ${more}` })

    await expectNotGranted(more, answer, client, expect)
  },
})

/** A refresh that names no scope gets the one that was granted at first. */
export const refreshWithoutScopeKeepsIt = check({
  proves: [rfc6749.refreshScopeKept],
  needs,

  async run({ client, expect }) {
    const first = await client.offlineGrant()
    const second = client.tokensOf(await client.refresh(first.refreshToken))
    if (first.scope === undefined || second.scope === undefined) return

    expect.that(sameScopes(scopesOf(first.scope), scopesOf(second.scope)), {
      expected: `the scope ${first.scope}`,
      actual: `the scope ${second.scope}`,
    })
  },
})

/** Whoever asked for less once may have all again: a new refresh token is as good as the old one. */
export const rotatedTokenKeepsItsScope = check({
  proves: [rfc6749.rotatedRefreshSameScope],
  needs: [...needs, 'openid'],

  async run({ client, expect }) {
    const first = await client.offlineGrant()
    const scope = first.scope ?? client.offlineScope ?? 'openid'
    const narrow = client.tokensOf(await client.refresh(first.refreshToken, { scope: 'openid' }))
    const answer = await client.refresh(narrow.refreshToken ?? first.refreshToken, { scope })

    expect.that(answer.status === 200, {
      violation: 'refused',
      expected: 'status 200 with a token',
      actual: describeAnswer(answer),
    })
    const told = objectOf(answer)?.['scope']
    if (typeof told !== 'string') return
    expect.that(sameScopes(scopesOf(scope), scopesOf(told)), {
      expected: `the scope ${scope}`,
      actual: `the scope ${told}`,
    })
  },
})

/** A refresh token that nobody has used for ten years has been forgotten by everybody but a thief. */
export const unusedRefreshTokenExpires = check({
  proves: [rfc9700.refreshExpiresUnused],
  needs: [...needs, 'clock'],

  async run({ client, expect, wait }) {
    const { refreshToken } = await client.offlineGrant()
    await wait(10 * 365 * 24 * 3600_000)

    expect.response(await client.refresh(refreshToken)).toBeRefused('a refusal after ten years')
  },
})

/** A public client's refresh token, which anybody could use who found it, is replaced with each use. */
export const publicRefreshTokenIsRotated = check({
  proves: [rfc9700.refreshRotatedForPublic],
  needs: [...needs, 'public_client'],
  as: 'none',

  async run({ client, expect }) {
    const { refreshToken } = await client.offlineGrant()
    const { refreshToken: next } = client.tokensOf(await client.refresh(refreshToken))

    const rotated = next !== undefined && next !== refreshToken
    expect.that(rotated, {
      violation: 'missing-value',
      expected: 'another refresh_token',
      actual: next === undefined ? 'none' : 'the same',
    })
    if (rotated) expect.response(await client.refresh(refreshToken)).toBeRefused()
  },
})

/** Of requests that bring the same token at the same time, no two begin a line of tokens of their own. */
export const publicTokenUsedTwiceAtOnceBeginsOneLine = check({
  proves: [rfc9700.refreshRotatedForPublic],
  needs: [...needs, 'public_client'],
  as: 'none',

  async run({ client, expect }) {
    const { refreshToken } = await client.offlineGrant()
    const answers = await Promise.all([1, 2, 3].map(async () => await client.refresh(refreshToken)))

    const lines = new Set(answers.flatMap((answer) => objectOf(answer)?.['refresh_token'] ?? []))
    expect.that(lines.size <= 1, {
      violation: 'accepted',
      expected: 'one new refresh_token at most',
      actual: `${lines.size} of them`,
    })
  },
})

/** When a replaced refresh token comes back, one of two parties stole it, and neither gets any further. */
export const replayedRefreshTokenEndsTheGrant = check({
  proves: [rfc9700.refreshReplayDetected],
  needs: [...needs, 'public_client'],
  as: 'none',

  async run({ client, expect }) {
    const { refreshToken } = await client.offlineGrant()
    const { refreshToken: next } = client.tokensOf(await client.refresh(refreshToken))
    if (next === undefined || next === refreshToken)
      throw new Inapplicable('the server does not rotate the refresh tokens of public clients')
    await client.refresh(refreshToken)

    expect.response(await client.refresh(next)).toBeRefused()
  },
})
