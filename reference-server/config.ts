import type { Client, ServiceProvider, User } from './model.ts'

/** What the operator decides. Lifetimes are in seconds. */
export interface Config {
  readonly clients: readonly Client[]
  readonly users: readonly User[]
  /** Who may ask for sign-in by SAML; without any there is no identity provider. */
  readonly serviceProviders: readonly ServiceProvider[]
  readonly scopes: readonly string[]
  readonly accessTokenFormat: 'jwt' | 'opaque'
  readonly rotateRefreshTokens: boolean
  readonly registration: boolean
  readonly introspection: boolean
  readonly plainPkce: boolean
  /** The path that stands before every endpoint; '' for none. It is part of the issuer. */
  readonly issuerPath: string
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
  accessTokenFormat: 'jwt',
  rotateRefreshTokens: true,
  registration: true,
  introspection: true,
  plainPkce: false,
  issuerPath: '',
  lifetimes: { code: 60, accessToken: 600, idToken: 600, refreshToken: 14 * 24 * 3600, session: 3600, assertion: 300 },
}
