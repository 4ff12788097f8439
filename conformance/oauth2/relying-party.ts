import * as openid from 'openid-client'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { check } from '../../harness/check.ts'
import { completeCodeFlow, completes, relyingParty } from '../relying-party.ts'
import { revokeAccessToken } from '../revoked-token.ts'

/** openid-client gets a token for itself. */
export const clientCredentialsWork = check({
  proves: [rfc6749.tokenResponse],
  needs: ['client_credentials'],

  async run({ client, expect }) {
    const config = await relyingParty(client)

    await completes(expect, rfc6749.tokenResponse, async () => await openid.clientCredentialsGrant(config))
  },
})

/** openid-client completes the code flow with PKCE. */
export const codeFlowWorks = check({
  proves: [rfc6749.tokenResponse, rfc6749.stateReturned],
  needs: ['authorization_code'],

  async run({ client, expect, target }) {
    const scope = target.capabilities.has('openid') ? 'openid' : client.account.scope

    await completeCodeFlow(client, await relyingParty(client), expect, scope === undefined ? {} : { scope })
  },
})

/** openid-client refreshes what it got by the code flow. */
export const refreshWorks = check({
  proves: [rfc6749.tokenResponse],
  needs: ['authorization_code', 'refresh_token'],

  async run({ client, expect }) {
    const config = await relyingParty(client)
    const { refreshToken } = await client.offlineGrant()

    await completes(expect, rfc6749.tokenResponse, async () => await openid.refreshTokenGrant(config, refreshToken))
  },
})

/** openid-client learns that a token is active. */
export const introspectionWorks = check({
  proves: [rfc7662.activeMember],
  needs: ['client_credentials', 'introspection'],

  async run({ client, expect }) {
    const config = await relyingParty(client)
    const { accessToken } = client.tokensOf(await client.clientCredentials())

    await completes(expect, rfc7662.activeMember, async () => await openid.tokenIntrospection(config, accessToken))
  },
})

/** openid-client revokes a token, and once more: a token that is gone is no error. */
export const revocationWorks = check({
  proves: [rfc7009.invalidTokenIsOk],
  needs: ['client_credentials', 'revocation'],

  async run({ client, expect }) {
    const config = await relyingParty(client)
    const { accessToken } = client.tokensOf(await client.clientCredentials())
    await revokeAccessToken(client, accessToken)

    await completes(expect, rfc7009.invalidTokenIsOk, async () => await openid.tokenRevocation(config, accessToken))
  },
})
