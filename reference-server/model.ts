import type { JsonWebKey } from 'node:crypto'

export type ClientAuthMethod = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none'

export interface Client {
  readonly clientId: string
  readonly secret?: string
  readonly authMethod: ClientAuthMethod
  readonly redirectUris: readonly string[]
  readonly grantTypes: readonly string[]
  readonly scopes: readonly string[]
  readonly keys: readonly JsonWebKey[]
  readonly applicationType: 'web' | 'native'
  readonly name: string
  /** Of clients that registered themselves: what lets them manage their registration. */
  readonly registrationAccessToken?: string
}

export interface User {
  readonly sub: string
  readonly username: string
  readonly password: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** What a person allowed a client, once; tokens hang on it and die with it. */
export interface Grant {
  readonly id: string
  readonly clientId: string
  readonly sub: string
  readonly scopes: readonly string[]
  /** Seconds since the epoch. */
  readonly authTime: number
  readonly revoked: boolean
}

/** All times here and below are milliseconds since the epoch. */
export interface IssuedCode {
  readonly value: string
  readonly grantId: string
  readonly clientId: string
  /** As it stood in the authorization request; absent where it did not. */
  readonly redirectUri?: string
  readonly challenge?: string
  readonly challengeMethod?: 'S256' | 'plain'
  readonly nonce?: string
  readonly maxAgeAsked: boolean
  readonly expiresAt: number
}

export interface AccessToken {
  /** The `jti` of a JWT, the token itself where it is opaque. */
  readonly id: string
  readonly clientId: string
  readonly sub: string
  readonly scopes: readonly string[]
  readonly grantId?: string
  readonly issuedAt: number
  readonly expiresAt: number
}

export interface RefreshToken {
  readonly value: string
  readonly grantId: string
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly expiresAt: number
}

export interface Session {
  readonly id: string
  readonly sub: string
  readonly authTime: number
}

/** An authorization request whose client and redirection URI are known to be right. */
export interface AuthorizationRequest {
  readonly kind: 'authorization'
  readonly client: Client
  readonly redirectUri: string
  /** False where the only registered URI was taken for want of one in the request. */
  readonly redirectUriSent: boolean
  readonly scopes: readonly string[]
  readonly state?: string
  readonly nonce?: string
  readonly challenge?: string
  readonly challengeMethod?: 'S256' | 'plain'
  readonly prompts: readonly string[]
  /** Seconds. */
  readonly maxAge?: number
}

/** A service provider that this server signs people in for by SAML. */
export interface ServiceProvider {
  readonly entityId: string
  /** Where responses may go: the default first, each under its place as index. */
  readonly acsUrls: readonly [string, ...string[]]
  /** An X.509 certificate in PEM, whose key signs its requests. */
  readonly certificate?: string
}

export interface NameIdPolicy {
  readonly format: string | undefined
  readonly spNameQualifier: string | undefined
}

export interface RequestedSubject {
  readonly value: string
  readonly format: string | undefined
}

export interface RequestedContext {
  readonly comparison: 'exact' | 'minimum' | 'maximum' | 'better'
  /** The most preferred first. */
  readonly classes: readonly string[]
}

/** A SAML AuthnRequest that can be answered: its service provider and where the answer goes are known to be right. */
export interface SsoRequest {
  readonly kind: 'sso'
  readonly id: string
  readonly provider: ServiceProvider
  /** The assertion consumer service that the response is sent to. */
  readonly consumer: string
  readonly relayState: string | undefined
  /** The binding that the response is asked to come by. */
  readonly binding: string | undefined
  readonly forceAuthn: boolean
  readonly isPassive: boolean
  /** The format of the name identifier that the assertion will have. */
  readonly nameIdFormat: string
  readonly subject: RequestedSubject | undefined
  readonly authnContext: string
}

/** Any request that may have to wait for a person. */
export type PendingRequest = AuthorizationRequest | SsoRequest

/** A request that waits for a person, tied to one browser. */
export interface Interaction {
  readonly id: string
  readonly browser: string
  readonly csrf: string
  readonly request: PendingRequest
  /** True once the person signed in for this very request. */
  readonly authenticated: boolean
}
