import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { check } from '../../harness/check.ts'

/** A code that was redeemed once buys nothing more. */
export const replayedCodeIsDenied = check({
  proves: [rfc6749.codeSingleUse],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const code = await client.authorize()

    expect.response(await client.redeem(code)).toBeTokenResponse()
    expect.response(await client.redeem(code)).toBeOAuthError('invalid_grant')
  },
})

/** Whoever replays a code may have stolen it, so what it bought before is taken back. */
export const replayRevokesTokens = check({
  proves: [rfc6749.replayRevokes],
  needs: ['authorization_code', 'userinfo'],

  async run({ client, expect }) {
    const code = await client.authorize()
    const { accessToken } = client.tokensOf(await client.redeem(code))
    await client.redeem(code)

    expect.response(await client.userinfo(accessToken)).toBeRefused('a refusal of the token that the replayed code had bought')
  },
})

/** A code works for the client that it was issued to, and for no other. */
export const codeOfAnotherClientIsDenied = check({
  proves: [rfc6749.codeBoundToClient],
  needs: ['authorization_code', 'second client'],

  async run({ client, other, expect }) {
    const code = await client.authorize()

    expect.response(await other.redeem(code)).toBeOAuthError('invalid_grant')
  },
})
