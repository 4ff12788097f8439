import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { check } from '../../harness/check.ts'
import { Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { revokeAccessToken } from '../revoked-token.ts'

const offline = ['authorization_code', 'refresh_token', 'revocation'] as const

/** A client can give its refresh token back. */
export const refreshTokenCanBeRevoked = check({
  proves: [rfc7009.refreshTokensRevocable, rfc7009.revokedAtOnce],
  needs: offline,

  async run({ client, expect }) {
    const { refreshToken } = await client.offlineGrant()
    expect.response(await client.revoke(refreshToken), rfc7009.refreshTokensRevocable).toHaveStatus(200)

    expect.response(await client.refresh(refreshToken)).toBeOAuthError('invalid_grant')
  },
})

/** An access token whose revocation was confirmed is of no more use. */
export const revokedAccessTokenIsDead = check({
  proves: [rfc7009.revokedAtOnce],
  needs: ['authorization_code', 'revocation', 'userinfo'],

  async run({ client, expect }) {
    const { accessToken } = await client.grant()
    const revocation = await revokeAccessToken(client, accessToken)
    if (revocation.status !== 200)
      throw new Untestable(`the access token could not be revoked: ${describeAnswer(revocation)}`)

    expect.response(await client.userinfo(accessToken)).toBeRefused('a refusal of the revoked token')
  },
})

/** Where a refresh token is revoked, the access tokens of its grant go with it. */
export const accessTokensGoWithTheRefreshToken = check({
  proves: [rfc7009.refreshRevokesAccess],
  needs: [...offline, 'userinfo'],

  async run({ client, expect }) {
    const { accessToken, refreshToken } = await client.offlineGrant()
    await client.revoke(refreshToken)

    expect.response(await client.userinfo(accessToken)).toBeRefused('a refusal of the token whose grant was revoked')
  },
})

/** A wrong hint makes the search longer, not shorter. */
export const wrongHintDoesNotHideTheToken = check({
  proves: [rfc7009.unknownHintIgnored],
  needs: offline,

  async run({ client, expect }) {
    const { refreshToken } = await client.offlineGrant()
    await client.revoke(refreshToken, { token_type_hint: 'access_token' })

    expect.response(await client.refresh(refreshToken)).toBeOAuthError('invalid_grant')
  },
})

/** A hint that names no token type is as good as none. */
export const invalidHintIsIgnored = check({
  proves: [rfc7009.invalidHintIgnored],
  needs: offline,

  async run({ client, expect }) {
    const { refreshToken } = await client.offlineGrant()

    expect.response(await client.revoke(refreshToken, { token_type_hint: 'assay_token' })).toHaveStatus(200)
    expect.response(await client.refresh(refreshToken)).toBeOAuthError('invalid_grant')
  },
})

/** What is not valid need not be revoked: the client has what it wanted. */
export const unknownTokenCountsAsRevoked = check({
  proves: [rfc7009.invalidTokenIsOk],
  needs: ['revocation'],

  async run({ client, expect }) {
    expect.response(await client.revoke('no-server-ever-issued-this-token')).toHaveStatus(200)
  },
})

/** A client revokes its own tokens only. */
export const tokenOfAnotherClientLivesOn = check({
  proves: [rfc7009.ownTokensOnly],
  needs: [...offline, 'second client'],

  async run({ client, other, expect }) {
    const { refreshToken } = await client.offlineGrant()
    await other.revoke(refreshToken)

    const answer = await client.refresh(refreshToken)
    expect.that(answer.status === 200, {
      violation: 'accepted',
      expected: 'a token that still works',
      actual: describeAnswer(answer),
    })
  },
})

/** Who only gives a confidential client's name revokes nothing in it. */
export const revocationNeedsAuthentication = check({
  proves: [rfc7009.clientValidated],
  needs: offline,

  async run({ client, expect }) {
    const { refreshToken } = await client.offlineGrant()

    expect.response(await client.revoke(refreshToken, {}, { auth: 'none' })).toBeRefused()
  },
})
