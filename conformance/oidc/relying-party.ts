import * as openid from 'openid-client'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { check } from '../../harness/check.ts'
import { Untestable } from '../../harness/error.ts'
import { completeCodeFlow, completes, relyingParty } from '../relying-party.ts'

/** openid-client signs a person in and finds nothing wrong with the ID token. */
export const signInWorks = check({
  proves: [
    rfc6749.stateReturned,
    oidcCore.tokenIdToken,
    oidcCore.idTokenIssuer,
    oidcCore.idTokenSubject,
    oidcCore.idTokenAudience,
    oidcCore.idTokenNonce,
    oidcCore.idTokenExpiry,
    oidcCore.idTokenIssuedAt,
    oidcCore.idTokenSigned,
    oidcCore.idTokenNotUnsecured,
  ],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    await completeCodeFlow(client, await relyingParty(client), expect, { scope: 'openid' })
  },
})

/** openid-client takes the claims of userinfo for those of the person who signed in. */
export const userinfoWorks = check({
  proves: [oidcCore.userinfoSubject, oidcCore.userinfoSameSubject],
  needs: ['authorization_code', 'openid', 'userinfo'],

  async run({ client, expect }) {
    const config = await relyingParty(client)
    const tokens = await completeCodeFlow(client, config, expect, { scope: 'openid' })
    const subject = tokens.claims()?.sub
    if (subject === undefined) throw new Untestable('no ID token came with the tokens')

    await completes(
      expect,
      oidcCore.userinfoBearer,
      async () => await openid.fetchUserInfo(config, tokens.access_token, subject),
    )
  },
})

/** openid-client refreshes, and finds nothing wrong with an ID token that may come with it. */
export const refreshWorks = check({
  proves: [oidcCore.idTokenIssuer, oidcCore.idTokenAudience],
  needs: ['authorization_code', 'refresh_token', 'openid', 'offline_access'],

  async run({ client, expect }) {
    const config = await relyingParty(client)
    const { refreshToken } = await client.offlineGrant()

    await completes(expect, rfc6749.tokenResponse, async () => await openid.refreshTokenGrant(config, refreshToken))
  },
})
