import type { JsonWebKey } from 'node:crypto'
import type { OAuthErrorCode } from './oauth-error.ts'

export type ClientAuthMethod =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'client_secret_jwt'
  | 'private_key_jwt'
  | 'none'

/** Where clients authenticate. */
export type AuthenticatingEndpoint = 'token' | 'revocation' | 'introspection'

/** The grants of the token endpoint. */
export type TokenGrantType = 'authorization_code' | 'client_credentials' | 'refresh_token' | 'password'

export type GrantType = TokenGrantType | 'implicit'

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
  /** What else is registered: shown to people, or only returned (RFC 7591 §2). */
  readonly metadata?: ClientMetadata
  /** Of clients that registered themselves: what lets them manage their registration. */
  readonly registrationAccessToken?: string
  /** Seconds since the epoch; a secret that expires at 0 never does. */
  readonly issuedAt?: number
  readonly secretExpiresAt?: number
  /** Of a client that is a resource server: what the `aud` of tokens calls it. */
  readonly resource?: string
}

/** Members as RFC 7591 §2 names them. */
export type ClientMetadata = Readonly<Record<string, unknown>>

/** Who vouches for client software (RFC 7591 §2.3), and the public keys that its statements are signed with. */
export interface SoftwarePublisher {
  readonly issuer: string
  readonly keys: readonly JsonWebKey[]
}

/** What a client can do about its registration (RFC 7592 §2). */
export type ManagementOperation = 'read' | 'update' | 'delete'

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
  readonly redirectUri?: string | undefined
  readonly challenge?: string | undefined
  readonly challengeMethod?: 'S256' | 'plain' | undefined
  readonly nonce?: string | undefined
  readonly maxAgeAsked: boolean
  readonly scopeAsked?: string | undefined
  readonly expiresAt: number
}

export interface AccessToken {
  /** The `jti` of a JWT, the token itself where it is opaque. */
  readonly id: string
  readonly clientId: string
  readonly sub: string
  readonly scopes: readonly string[]
  readonly grantId?: string | undefined
  /** Of a person, in seconds since the epoch. */
  readonly authTime?: number | undefined
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

export type ResponseType = 'code' | 'token'

export type ResponseMode = 'query' | 'fragment' | 'form_post'

/** Where an authorization request is answered and how: this much must be right before its client can be told of an error. */
export interface ReturnAddress {
  readonly redirectUri: string
  readonly responseMode: ResponseMode
  readonly state?: string
}

/** An authorization request whose client and redirection URI are known to be right. */
export interface AuthorizationRequest extends ReturnAddress {
  readonly kind: 'authorization'
  readonly client: Client
  readonly responseType: ResponseType
  /** False where the only registered URI was taken for want of one in the request. */
  readonly redirectUriSent: boolean
  readonly scopes: readonly string[]
  /** As it was asked for; absent where it was not. */
  readonly scopeAsked?: string
  readonly nonce?: string
  readonly challenge?: string
  readonly challengeMethod?: 'S256' | 'plain'
  readonly prompts: readonly string[]
  /** Seconds. */
  readonly maxAge?: number
}

/** A request that its client will be told to be wrong, once the person whom that sends away has signed in. */
export interface FailedRequest extends ReturnAddress {
  readonly kind: 'failed'
  readonly client: Client
  readonly error: { readonly code: OAuthErrorCode; readonly description: string }
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
export type PendingRequest = AuthorizationRequest | FailedRequest | SsoRequest

/** A request that waits for a person, tied to one browser. */
export interface Interaction {
  readonly id: string
  readonly browser: string
  readonly csrf: string
  readonly request: PendingRequest
  /** The one in which the person signed in for this very request. */
  readonly session?: Session
}
