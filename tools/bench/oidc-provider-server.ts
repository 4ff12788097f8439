import { generateKeyPairSync } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import { Provider } from 'oidc-provider'
import { client, type Format, scope } from './accounts.ts'

/** The certified server that others wrote, configured for the same work, with the store in memory that it brings along. */
export function oidcProviderServer(format: Format) {
  const pending: { handle?: RequestListener } = {}
  const server = createServer((request, response) => pending.handle?.(request, response))
  const serve = (issuer: string) => {
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: client.id,
          client_secret: client.secret,
          redirect_uris: [client.redirectUri],
          grant_types: ['authorization_code', 'client_credentials', 'refresh_token'],
          response_types: ['code'],
          token_endpoint_auth_method: 'client_secret_post',
          scope: `openid offline_access ${scope}`,
        },
      ],
      scopes: ['openid', 'offline_access', scope],
      findAccount: (_context: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub }) }),
      jwks: { keys: keys.map(({ privateKey, alg }) => ({ ...privateKey.export({ format: 'jwk' }), alg, use: 'sig' })) },
      cookies: { keys: ['the key of the cookies of a server that lives for a minute'] },
      ttl: { AccessToken: 600, ClientCredentials: 600, AuthorizationCode: 60, RefreshToken: 1_209_600 },
      features: {
        devInteractions: { enabled: true },
        clientCredentials: { enabled: true },
        introspection: { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => 'urn:example:api',
          useGrantedResource: () => true,
          getResourceServerInfo: () => ({
            scope,
            accessTokenTTL: 600,
            accessTokenFormat: format === 'opaque' ? 'opaque' : 'jwt',
            ...(format !== 'opaque' && { jwt: { sign: { alg: format } } }),
          }),
        },
      },
    })
    pending.handle = provider.callback()
  }
  return { server, serve }
}

/** One for each format, and RS256 for ID tokens. */
const keys = [
  { alg: 'RS256', ...generateKeyPairSync('rsa', { modulusLength: 2048 }) },
  { alg: 'ES256', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) },
  { alg: 'EdDSA', ...generateKeyPairSync('ed25519') },
] as const
