import { randomBytes } from 'node:crypto'
import type { Config } from './config.ts'
import { generateKey } from './keys.ts'
import type { Client, User } from './model.ts'

/** The clients and people that a test server starts with, and the private key of the client that signs assertions. */
export interface Example {
  readonly config: Pick<Config, 'clients' | 'users'>
  /** A JWK in JSON. */
  readonly privateKey: string
}

const redirectUris = ['https://rp.example/callback', 'https://rp.example/other?keep=this']

/** Made anew for every server: no secret of a test server is known beforehand. */
export function exampleAccounts(): Example {
  const key = generateKey('ES256')
  const everyGrant = ['authorization_code', 'client_credentials', 'refresh_token']
  const scopes = ['openid', 'profile', 'email', 'offline_access', 'api:read', 'api:write']
  const client = (clientId: string, more: Partial<Client>): Client => ({
    clientId,
    authMethod: 'client_secret_basic',
    redirectUris,
    grantTypes: everyGrant,
    scopes,
    keys: [],
    applicationType: 'web',
    name: clientId,
    ...more,
  })
  const user = (sub: string, username: string, name: string): User => ({
    sub,
    username,
    password: secret(),
    claims: { name, preferred_username: username, email: `${username}@people.example`, email_verified: true },
  })
  return {
    config: {
      clients: [
        // Characters that only a form-encoded Basic header carries unharmed.
        client('basic client', { secret: `${secret()} +%&:é` }),
        client('post-client', { authMethod: 'client_secret_post', secret: secret() }),
        client('jwt-client', { authMethod: 'private_key_jwt', keys: [key.jwk] }),
        client('public-client', {
          authMethod: 'none',
          applicationType: 'native',
          redirectUris: ['http://127.0.0.1/callback', 'http://[::1]/callback', 'com.example.app:/callback'],
          // The registration errs on client_credentials, so that the server itself must see to who may use it.
          grantTypes: everyGrant,
        }),
      ],
      users: [user('248289761001', 'alice', 'Alice Adams'), user('248289761002', 'bob', 'Bob Brown')],
    },
    privateKey: JSON.stringify({ ...key.privateKey.export({ format: 'jwk' }), kid: key.kid, alg: key.alg }),
  }
}

const secret = () => randomBytes(24).toString('base64url')
