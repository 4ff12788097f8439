import type { SigningAlg } from './keys.ts'
import type {
  AuthenticatingEndpoint,
  Client,
  ClientAuthMethod,
  GrantType,
  ManagementOperation,
  ResponseMode,
  ResponseType,
  ServiceProvider,
  SoftwarePublisher,
  User,
} from './model.ts'

/** Where the endpoints lie, below the issuer. */
export interface Paths {
  readonly authorize: string
  readonly login: string
  readonly consent: string
  readonly token: string
  readonly userinfo: string
  readonly revoke: string
  readonly introspect: string
  readonly register: string
  readonly jwks: string
}

/** What the operator decides. Lifetimes are in seconds. */
export interface Config {
  readonly clients: readonly Client[]
  readonly users: readonly User[]
  /** Who may ask for sign-in by SAML; without any there is no identity provider. */
  readonly serviceProviders: readonly ServiceProvider[]
  readonly scopes: readonly string[]
  readonly grantTypes: readonly GrantType[]
  /** How clients may ask for the answers of the authorization endpoint. */
  readonly responseModes: readonly ResponseMode[]
  /** Whether the metadata is signed as well. */
  readonly signedMetadata: boolean
  /** How clients may authenticate. */
  readonly authMethods: readonly ClientAuthMethod[]
  readonly accessTokenFormat: 'jwt' | 'opaque'
  /** What signs access tokens that are JWTs. */
  readonly accessTokenAlg: SigningAlg
  /** What signs ID tokens; clients that register themselves expect RS256. */
  readonly idTokenAlg: 'RS256' | 'ES256'
  /** Whether whoever controls the server may rotate its keys. */
  readonly keyRotation: boolean
  /** Whether a client that may refresh gets a refresh token without asking for offline_access. */
  readonly refreshTokens: 'where asked for' | 'always'
  readonly rotateRefreshTokens: boolean
  readonly registration: boolean
  /** Without this token nobody registers; where there is none, everybody may. */
  readonly initialAccessToken?: string
  /** Whose software statements are trusted. */
  readonly softwarePublishers: readonly SoftwarePublisher[]
  /** What clients that registered themselves may do about it. */
  readonly management: Readonly<Record<ManagementOperation, 'allowed' | 'forbidden' | 'unsupported'>>
  /** Whether an update brings a new registration access token. */
  readonly rotateRegistrationTokens: boolean
  /** For how long the secrets live of clients that registered themselves; 0 for ever. */
  readonly clientSecretLifetime: number
  readonly introspection: boolean
  /** Whether those who introspect may show an access token instead of client credentials. */
  readonly introspectionByBearer: boolean
  readonly revocation: boolean
  /** When a token response names its scope: RFC 6749 §5.1 owes it where it is not the one that was asked for. */
  readonly scopeIsTold: 'always' | 'where it differs'
  /** Whether a registered redirection URI that ends in `/*` stands for what lies in that folder. */
  readonly redirectUriPatterns: boolean
  readonly plainPkce: boolean
  /** Who must use PKCE: everybody, or all but confidential clients that send a nonce, or public clients alone. */
  readonly pkceRequired: 'always' | 'without a nonce' | 'of public clients'
  /** Where a bearer token may stand besides the Authorization header (RFC 6750 §2.2, §2.3). */
  readonly bearerMethods: readonly ('form' | 'query')[]
  /** Whether the password is asked for on a page of its own, after the user name. */
  readonly identifierFirst: boolean
  /** Whether a person who agreed to a client once is asked no more. */
  readonly rememberConsent: boolean
  /** Whether a sign-in goes on, under its first number, in whatever browser opens its address, and in that one alone from then on. */
  readonly movingSignIns: boolean
  /** The path that stands before every endpoint; '' for none. It is part of the issuer, with a slash at its end where it has one. */
  readonly issuerPath: string
  readonly paths: Paths
  readonly lifetimes: {
    readonly code: number
    readonly accessToken: number
    readonly idToken: number
    readonly refreshToken: number
    readonly session: number
    /** Of a SAML assertion: until when it can be delivered. */
    readonly assertion: number
  }
}

export const defaultConfig: Config = {
  clients: [],
  users: [],
  serviceProviders: [],
  scopes: ['openid', 'profile', 'email', 'offline_access', 'api:read', 'api:write'],
  grantTypes: ['authorization_code', 'client_credentials', 'refresh_token'],
  responseModes: ['query', 'fragment', 'form_post'],
  signedMetadata: false,
  authMethods: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'],
  accessTokenFormat: 'jwt',
  accessTokenAlg: 'ES256',
  idTokenAlg: 'RS256',
  keyRotation: true,
  refreshTokens: 'where asked for',
  rotateRefreshTokens: true,
  registration: true,
  softwarePublishers: [],
  management: { read: 'allowed', update: 'allowed', delete: 'allowed' },
  rotateRegistrationTokens: false,
  clientSecretLifetime: 0,
  introspection: true,
  introspectionByBearer: false,
  revocation: true,
  scopeIsTold: 'always',
  redirectUriPatterns: false,
  plainPkce: false,
  pkceRequired: 'always',
  bearerMethods: ['form'],
  identifierFirst: false,
  rememberConsent: true,
  movingSignIns: false,
  issuerPath: '',
  paths: {
    authorize: '/authorize',
    login: '/login',
    consent: '/consent',
    token: '/token',
    userinfo: '/userinfo',
    revoke: '/revoke',
    introspect: '/introspect',
    register: '/register',
    jwks: '/jwks',
  },
  lifetimes: { code: 60, accessToken: 600, idToken: 600, refreshToken: 14 * 24 * 3600, session: 3600, assertion: 300 },
}

/** What switches on a grant that is off for being forbidden by a later document. */
export const offering = (grant: 'implicit' | 'password') => ({ grantTypes: [...defaultConfig.grantTypes, grant] })

/** How clients may authenticate at an endpoint: who asks about tokens has to show more than a name. */
export const authMethodsAt = (endpoint: AuthenticatingEndpoint, { authMethods }: Config): readonly ClientAuthMethod[] =>
  endpoint === 'introspection' ? authMethods.filter((method) => method !== 'none') : authMethods

/** The URL of what lies at a path below the issuer, be there a slash at its end or not. */
export const urlOf = (issuer: string, path: string): string =>
  `${issuer.endsWith('/') ? issuer.slice(0, -1) : issuer}${path}`

/** What the authorization endpoint can be asked for, by the grants that begin there. */
export const responseTypesOf = ({ grantTypes }: Config): readonly ResponseType[] => [
  ...(grantTypes.includes('authorization_code') ? (['code'] as const) : []),
  ...(grantTypes.includes('implicit') ? (['token'] as const) : []),
]
