import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { basicCredentials } from '../../core/wire/basic.ts'
import { check } from '../../harness/check.ts'
import { objectOf } from '../../harness/client/http.ts'
import { base64 } from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'
import { scopesOf } from '../token-text.ts'

/** A client that can ask again at any time needs no refresh token, and gets none by the scope that stands for one. */
export const noRefreshTokenComesAlong = check({
  proves: [rfc6749.noRefreshForClientCredentials],
  needs: ['client_credentials'],

  async run({ client, expect }) {
    const { scope, refreshToken } = client.tokensOf(await client.clientCredentials())
    const came: unknown[] = [refreshToken]
    const mayAsk =
      client.target.capabilities.has('offline_access') &&
      scopesOf(client.account.scope ?? 'offline_access').has('offline_access')
    // Most servers refuse or ignore the scope here, as they may.
    for (const asked of mayAsk ? new Set(['offline_access', `${scope ?? ''} offline_access`.trim()]) : [])
      came.push(objectOf(await client.clientCredentials({ scope: asked }))?.['refresh_token'])

    expect.that(!came.some((one) => one !== undefined && one !== null), {
      violation: 'leaked',
      expected: 'no refresh_token',
      actual: 'a refresh_token',
    })
  },
})

/** A public client has nothing to prove who it is, so it gets no token of its own. */
export const publicClientIsDenied = check({
  proves: [rfc6749.clientCredentialsConfidential],
  needs: ['public_client'],
  as: 'none',

  async run({ client, expect }) {
    expect.response(await client.clientCredentials()).toBeRefused()
  },
})

/** A client that did not register for the grant may not use it. */
export const unregisteredGrantIsDenied = check({
  proves: [rfc6749.unauthorizedClient],
  needs: ['client_credentials', 'registration', 'client_secret_basic'],

  async run({ client, expect }) {
    const registration = await client.register({
      redirect_uris: ['https://rp.example/callback'],
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'client_secret_basic',
    })
    try {
      const { client_id: id, client_secret: secret, grant_types: grants } = objectOf(registration) ?? {}
      if (typeof id !== 'string' || typeof secret !== 'string')
        throw new Untestable('the server did not register a client of one grant type')
      if (Array.isArray(grants) && grants.includes('client_credentials'))
        throw new Untestable('the server registers every client for client_credentials')
      const headers = [['authorization', basicCredentials(id, secret, base64)]] as const

      expect
        .response(await client.clientCredentials({}, { auth: 'nothing at all', headers }))
        .toBeOAuthError('unauthorized_client')
    } finally {
      await client.unregister(registration)
    }
  },
})
