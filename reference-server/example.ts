import { randomBytes } from 'node:crypto'
import { type Config, defaultConfig } from './config.ts'
import { generateKey, type SigningKey } from './keys.ts'
import type { Client, User } from './model.ts'
import { selfSignedCertificate } from './saml/certificate.ts'

/** The applications and people that a test server starts with, and the private keys of those that sign. */
export interface Example {
  readonly config: Pick<Config, 'clients' | 'users' | 'serviceProviders' | 'softwarePublishers'>
  /** Of the client that signs assertions: a JWK in JSON. */
  readonly privateKey: string
  /** Of the service provider that has a certificate: a JWK in JSON. */
  readonly serviceProviderKey: string
  /** Of the publisher whose software statements are trusted: a JWK in JSON. */
  readonly publisherKey: string
}

const redirectUris = ['https://rp.example/callback', 'https://rp.example/other?keep=this']

/** Made anew for every server: no secret of a test server is known beforehand. They fit a server that is configured like that. */
export function exampleAccounts(configured: Partial<Config> = {}): Example {
  const { authMethods, grantTypes, scopes, redirectUriPatterns } = { ...defaultConfig, ...configured }
  const key = generateKey('ES256')
  const providerKey = generateKey('ES256')
  const publisherKey = generateKey('ES256')
  const client = (clientId: string, more: Partial<Client>): Client => ({
    clientId,
    authMethod: 'client_secret_basic',
    redirectUris: redirectUriPatterns ? [...redirectUris, 'https://rp.example/apps/one/*'] : redirectUris,
    // That of the public client errs on client_credentials, so that the server itself must see to who may use it.
    grantTypes,
    scopes,
    keys: [],
    applicationType: 'web',
    name: clientId,
    ...more,
  })
  /** The client, by another method where the server does not know its own. */
  const authenticating = (one: Client): readonly Client[] => {
    if (authMethods.includes(one.authMethod)) return [one]
    const { secret: _left, ...rest } = one
    return one.authMethod === 'none' ? [] : [{ ...rest, authMethod: 'private_key_jwt', keys: [key.jwk] }]
  }
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
        client('mac-client', { authMethod: 'client_secret_jwt', secret: `${secret()}é` }),
        client('jwt-client', { authMethod: 'private_key_jwt', keys: [key.jwk] }),
        client('public-client', {
          authMethod: 'none',
          applicationType: 'native',
          redirectUris: ['http://127.0.0.1/callback', 'http://[::1]/callback', 'com.example.app:/callback'],
        }),
      ].flatMap(authenticating),
      users: [user('248289761001', 'alice', 'Alice Adams'), user('248289761002', 'bob', 'Bob Brown')],
      serviceProviders: [
        {
          entityId: 'https://sp.example/saml',
          acsUrls: ['https://sp.example/saml/acs', 'https://sp.example/saml/other?keep=this'],
          certificate: pem(selfSignedCertificate(providerKey, 'sp.example')),
        },
        { entityId: 'https://other-sp.example/saml', acsUrls: ['https://other-sp.example/saml/acs'] },
      ],
      softwarePublishers: [{ issuer: 'https://publisher.example', keys: [publisherKey.jwk] }],
    },
    privateKey: jwkOf(key),
    serviceProviderKey: jwkOf(providerKey),
    publisherKey: jwkOf(publisherKey),
  }
}

const jwkOf = ({ privateKey, kid, alg }: SigningKey) =>
  JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid, alg })

const pem = (certificate: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`

const secret = () => randomBytes(24).toString('base64url')
