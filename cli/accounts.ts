import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { HarnessError } from '../harness/error.ts'
import { type Config, defaultConfig } from '../reference-server/config.ts'
import type { Client, User } from '../reference-server/model.ts'
import type { Io } from './command.ts'

/** Who a server that is started by hand knows: those whom a target file of `assay init` names. */
export interface Accounts {
  readonly config: Pick<Config, 'clients' | 'users' | 'serviceProviders'>
  /** What a person is told of them, by what it is about. */
  readonly told: readonly (readonly [what: string, said: string])[]
}

type Environment = Io['environment']

const redirectUris = ['https://rp.example/callback', 'https://rp.example/other?keep=this']
const scopes = ['openid', 'profile', 'email', 'offline_access', 'api:read', 'api:write']

/**
 * Secrets come from the environment, under the names that the target file refers to. Where they are not set, they are
 * known to everybody on loopback, and whoever would need them does not exist elsewhere; nor do clients that authenticate
 * in a way that the server is configured not to know.
 */
export function servedAccounts(
  environment: Environment,
  isLoopback: boolean,
  { authMethods = defaultConfig.authMethods }: Partial<Config> = {},
): Accounts {
  const secretOf = (variable: string, known: string) => {
    const said = environment[variable]
    return said !== undefined && said !== '' ? said : isLoopback ? known : undefined
  }
  const users = people.flatMap((person): readonly User[] => {
    const password = secretOf(person.variable, person.username)
    return password === undefined ? [] : [userOf(person, password)]
  })
  const clients = [
    ...withSecret('assay-basic', 'client_secret_basic', secretOf('ASSAY_BASIC_SECRET', 'assay-basic-secret')),
    ...withSecret('assay-post', 'client_secret_post', secretOf('ASSAY_POST_SECRET', 'assay-post-secret')),
    ...withSecret(
      'assay-mac',
      'client_secret_jwt',
      secretOf('ASSAY_MAC_SECRET', 'assay-mac-secret-of-32-octets-or-more'),
    ),
    ...withKey('assay-jwt', environment['ASSAY_JWT_KEY']),
    publicClient,
  ].filter(({ authMethod }) => authMethods.includes(authMethod))
  return { config: { clients, users, serviceProviders }, told: tell(users, clients, isLoopback) }
}

/** They hold no secret: without a certificate, a service provider is who its entityID says. */
const serviceProviders: Config['serviceProviders'] = [
  {
    entityId: 'https://sp.example/saml',
    acsUrls: ['https://sp.example/saml/acs', 'https://sp.example/saml/other?keep=this'],
  },
  { entityId: 'https://other-sp.example/saml', acsUrls: ['https://other-sp.example/saml/acs'] },
]

const people = [
  { sub: '248289761001', username: 'alice', name: 'Alice Adams', variable: 'ALICE_PASSWORD' },
  { sub: '248289761002', username: 'bob', name: 'Bob Brown', variable: 'BOB_PASSWORD' },
] as const

const userOf = ({ sub, username, name }: (typeof people)[number], password: string): User => ({
  sub,
  username,
  password,
  claims: { name, preferred_username: username, email: `${username}@people.example`, email_verified: true },
})

const confidential = (clientId: string, authMethod: Client['authMethod']): Client => ({
  clientId,
  authMethod,
  redirectUris,
  grantTypes: ['authorization_code', 'client_credentials', 'refresh_token'],
  scopes,
  keys: [],
  applicationType: 'web',
  name: clientId,
})

const withSecret = (clientId: string, method: Client['authMethod'], secret: string | undefined): readonly Client[] =>
  secret === undefined ? [] : [{ ...confidential(clientId, method), secret }]

function withKey(clientId: string, jwk: string | undefined): readonly Client[] {
  if (jwk === undefined || jwk === '') return []
  return [{ ...confidential(clientId, 'private_key_jwt'), keys: [publicPart(jwk)] }]
}

function publicPart(jwk: string): JsonWebKey {
  try {
    const key = JSON.parse(jwk) as JsonWebKey
    const { kid, alg } = key
    return {
      ...createPublicKey({ key, format: 'jwk' }).export({ format: 'jwk' }),
      ...(kid !== undefined && { kid }),
      ...(alg !== undefined && { alg }),
    }
  } catch (cause) {
    throw new HarnessError('USAGE', 'ASSAY_JWT_KEY is no private JWK in JSON', {
      hint: 'export an RSA or EC key as a JWK on one line, or unset the variable',
      cause,
    })
  }
}

const publicClient: Client = {
  ...confidential('assay-public', 'none'),
  redirectUris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
  grantTypes: ['authorization_code', 'refresh_token'],
  applicationType: 'native',
}

function tell(users: readonly User[], clients: readonly Client[], isLoopback: boolean): Accounts['told'] {
  const names = users.map(({ username }) => username).join(', ')
  const ids = clients.map(({ clientId }) => clientId).join(', ')
  const passwords = isLoopback
    ? 'the password is the name, unless ALICE_PASSWORD and BOB_PASSWORD say otherwise'
    : 'passwords by ALICE_PASSWORD and BOB_PASSWORD'
  return [
    ['people', users.length === 0 ? 'none: set ALICE_PASSWORD and BOB_PASSWORD' : `${names}; ${passwords}`],
    ['clients', `${ids}, and any that registers itself`],
    ['saml', `${serviceProviders.map(({ entityId }) => entityId).join(', ')}; metadata at /saml/metadata`],
  ]
}
