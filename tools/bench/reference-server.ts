import type { Config } from '../../reference-server/config.ts'
import { client, type Format, person, scope } from './accounts.ts'

/** The reference server with every rule, configured for the work that the others do. */
export const configFor = (format: Format): Partial<Config> => ({
  clients: [
    {
      clientId: client.id,
      secret: client.secret,
      authMethod: 'client_secret_post',
      redirectUris: [client.redirectUri],
      grantTypes: ['authorization_code', 'client_credentials', 'refresh_token'],
      scopes: ['openid', 'offline_access', scope],
      keys: [],
      applicationType: 'web',
      name: client.id,
    },
  ],
  users: [{ ...person, claims: {} }],
  ...(format === 'opaque' ? { accessTokenFormat: 'opaque' } : { accessTokenAlg: format }),
})
