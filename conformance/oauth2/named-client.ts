import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { check } from '../../harness/check.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'

const needs = ['authorization_code', 'client_secret_basic', 'second client'] as const

/** A client that authenticates gets nothing for the code of another one by giving that one's name as well. */
export const codeOfTheNamedClientIsDenied = check({
  proves: [rfc6749.codeBoundToClient],
  needs,
  as: 'client_secret_basic',

  async run({ client, other, expect }) {
    const named = nameOf(other)
    const code = await other.authorize()

    expect.response(await client.redeem(code, named)).toBeRefused()
  },
})

/** Nor for its refresh token. */
export const refreshTokenOfTheNamedClientIsDenied = check({
  proves: [rfc6749.refreshBoundToClient],
  needs: [...needs, 'refresh_token'],
  as: 'client_secret_basic',

  async run({ client, other, expect }) {
    const named = nameOf(other)
    const { refreshToken } = await other.offlineGrant()

    expect.response(await client.refresh(refreshToken, named)).toBeRefused()
  },
})

/** Nor does it end what was issued to another one. */
export const tokenOfTheNamedClientLivesOn = check({
  proves: [rfc7009.ownTokensOnly],
  needs: [...needs, 'refresh_token', 'revocation'],
  as: 'client_secret_basic',

  async run({ client, other, expect }) {
    const named = nameOf(other)
    const { refreshToken } = await other.offlineGrant()
    await client.revoke(refreshToken, named)

    const answer = await other.refresh(refreshToken)
    expect.that(answer.status === 200, {
      violation: 'accepted',
      expected: 'a token that still works',
      actual: describeAnswer(answer),
    })
  },
})

/** The name of a client that has to authenticate: a public one is whoever gives its name. */
function nameOf({ account }: ProtocolClient) {
  if (account.token_endpoint_auth_method === 'none')
    throw new Untestable('the second client of the target file is a public one')
  return { client_id: account.client_id }
}
