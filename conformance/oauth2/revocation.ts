import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { check } from '../../harness/check.ts'
import { objectOf } from '../../harness/client/http.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { isConfidential } from '../published.ts'
import { revokeAccessToken, whyNotRevocable } from '../revoked-token.ts'

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

/** An access token can be given back, or else the server says that it does not take such tokens. */
export const accessTokenCanBeRevoked = check({
  proves: [rfc7009.accessTokensRevocable, rfc7009.unsupportedTypeReported],
  needs: ['authorization_code', 'revocation'],

  async run({ client, expect }) {
    const accessToken = await liveToken(client)
    const answer = await client.revoke(accessToken)
    const isRefused = answer.status !== 200
    const says = objectOf(answer)?.['error'] === 'unsupported_token_type'
    expect.that(
      !isRefused || says,
      { violation: 'wrong-error', expected: 'status 200 or unsupported_token_type', actual: describeAnswer(answer) },
      rfc7009.unsupportedTypeReported,
    )
    // What a resource verifies by itself is beyond the reach of the server (RFC 7009 §3).
    if (isRefused && says && accessToken.split('.').length === 3) throw new Inapplicable(whyNotRevocable)

    const isDead = !isRefused && !(await isLive(client, accessToken))
    expect.that(
      isDead || (isRefused && !says),
      { violation: isRefused ? 'refused' : 'accepted', expected: 'a token that is dead', actual: 'one that lives on' },
      rfc7009.accessTokensRevocable,
    )
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

/** Where a refresh token is revoked, all access tokens of its grant go with it, the first and those of every refresh. */
export const accessTokensGoWithTheRefreshToken = check({
  proves: [rfc7009.refreshRevokesAccess],
  needs: offline,

  async run({ client, expect }) {
    await needRevocableTokens(client)
    const first = await client.offlineGrant()
    const second = client.tokensOf(await client.refresh(first.refreshToken))
    const accessTokens = [first.accessToken, second.accessToken]
    const live: string[] = []
    for (const token of accessTokens) if (await isLive(client, token)) live.push(token)
    if (live.length === 0) throw new Inapplicable('the access tokens are of no use at the server itself')
    await client.revoke(second.refreshToken ?? first.refreshToken)

    for (const token of live)
      expect.that(!(await isLive(client, token)), {
        violation: 'accepted',
        expected: 'a refusal of the token whose grant was revoked',
        actual: token === first.accessToken ? 'the first token lives on' : 'the refreshed token lives on',
      })
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

/** The same is true of an access token. */
export const wrongHintDoesNotHideTheAccessToken = check({
  proves: [rfc7009.unknownHintIgnored],
  needs: ['authorization_code', 'revocation'],

  async run({ client, expect }) {
    await needRevocableTokens(client)
    const accessToken = await liveToken(client)
    await client.revoke(accessToken, { token_type_hint: 'refresh_token' })

    expect.that(!(await isLive(client, accessToken)), {
      violation: 'accepted',
      expected: 'a token that is dead',
      actual: 'one that lives on',
    })
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

/** What was revoked once may be revoked again: a client that lost the answer can ask anew. */
export const revokedTokenCountsAsRevoked = check({
  proves: [rfc7009.invalidTokenIsOk],
  needs: ['authorization_code', 'revocation'],

  async run({ client, expect }) {
    const { accessToken } = await client.grant()
    const first = await revokeAccessToken(client, accessToken)
    if (first.status !== 200) throw new Untestable(`the access token could not be revoked: ${describeAnswer(first)}`)

    expect.response(await client.revoke(accessToken)).toHaveStatus(200)
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

/** A client that may not revoke a token is told so, and does not take it for revoked. */
export const foreignTokenIsReported = check({
  proves: [rfc7009.foreignTokenReported],
  needs: [...offline, 'second client'],

  async run({ client, other, expect }) {
    const { refreshToken } = await client.offlineGrant()

    expect.response(await other.revoke(refreshToken)).toBeRefused('an error')
  },
})

/** Who only gives a confidential client's name revokes nothing in it. */
export const revocationNeedsAuthentication = check({
  proves: [rfc7009.clientValidated],
  needs: offline,
  as: 'confidential',

  async run({ client, expect }) {
    const { refreshToken } = await client.offlineGrant()

    expect.response(await client.revoke(refreshToken, {}, { auth: 'none' })).toBeRefused()
  },
})

/** A public client has no secret to show, but it has a name to give. */
export const publicClientMustBeNamed = check({
  proves: [rfc7009.clientNamed],
  needs: [...offline, 'public_client'],
  as: 'none',

  async run({ client, expect }) {
    const { refreshToken } = await client.offlineGrant()

    expect.response(await client.revoke(refreshToken, {}, { auth: 'nothing at all' })).toBeRefused()
  },
})

/** Where there is no token there is nothing to revoke: the request is a wrong one. */
export const missingTokenIsReported = check({
  proves: [rfc7009.errorsAsAtToken],
  needs: ['revocation'],

  async run({ client, expect }) {
    expect.response(await client.direct('revocation_endpoint', {})).toBeOAuthError('invalid_request')
  },
})

/** An endpoint is a URI that may have a query, and has no fragment. */
export const endpointHasNoFragment = check({
  proves: [rfc7009.endpointHasNoFragment],
  needs: ['revocation'],

  async run({ client, expect }) {
    const url = client.endpoint('revocation_endpoint')

    expect.that(!url.includes('#'), {
      violation: 'malformed',
      expected: 'a revocation_endpoint without a fragment',
      actual: url,
    })
  },
})

/** Credentials and tokens are sent there, so nobody must read along. */
export const endpointIsHttps = check({
  proves: [rfc7009.endpointIsHttps],
  needs: ['revocation'],

  async run({ client, expect }) {
    const url = client.endpoint('revocation_endpoint')

    expect.that(isConfidential(url), { expected: 'a revocation_endpoint by https', actual: url })
  },
})

/** An access token that is good for something at the server itself. */
async function liveToken(client: ProtocolClient): Promise<string> {
  const { accessToken } = await client.grant()
  if (!(await isLive(client, accessToken)))
    throw new Inapplicable('the access tokens are of no use at the server itself')
  return accessToken
}

/** Ends the unit where the server does not revoke access tokens, or only says that it does, which has a check of its own. */
async function needRevocableTokens(client: ProtocolClient): Promise<void> {
  const accessToken = await liveToken(client)
  await revokeAccessToken(client, accessToken)
  if (await isLive(client, accessToken)) throw new Inapplicable('access tokens outlive their revocation')
}

/** Whether an access token opens userinfo, or is called active. */
async function isLive(client: ProtocolClient, accessToken: string): Promise<boolean> {
  const { capabilities } = client.target
  if (capabilities.has('userinfo') && (await client.userinfo(accessToken)).status === 200) return true
  return capabilities.has('introspection') && objectOf(await client.introspect(accessToken))?.['active'] === true
}
