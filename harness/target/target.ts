import type { MacAlg } from '../../core/mac-alg.ts'
import type { Claim } from '../../core/spec/claims.ts'
import type { Capability } from '../../core/unit.ts'
import type { Secret } from './secret.ts'

/** How clients that can be tested authenticate at the token endpoint (RFC 7591 §2, OpenID Connect Core §9). */
export const clientAuthMethods = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'none',
] as const

export type ClientAuthMethod = (typeof clientAuthMethods)[number]

/** A client that the target knows, as `target.yaml` or a dynamic registration gave it. Members are named as on the wire. */
export interface ClientAccount {
  readonly client_id: string
  readonly client_secret?: Secret
  /** The private key as a JWK in JSON, for `private_key_jwt`. */
  readonly private_key?: Secret
  /** What a client of `client_secret_jwt` makes MACs by; HS256 unless said. A private key says itself what it signs by. */
  readonly token_endpoint_auth_signing_alg?: MacAlg
  /** The `aud` of its client assertions, where the server goes by another name there than its issuer identifier. */
  readonly assertion_audience?: string
  readonly token_endpoint_auth_method: ClientAuthMethod
  readonly redirect_uris: readonly string[]
  /** Those that the server may take for patterns, set apart from the others. */
  readonly redirect_uri_patterns?: readonly string[]
  readonly grant_types: readonly string[]
  /** Space-separated, what the client may ask for. */
  readonly scope?: string
}

export interface UserAccount {
  readonly username: string
  readonly password: Secret
  /** The subject identifier that the target is expected to issue, where it is known. */
  readonly sub?: string
}

/** How a person gets through the target's pages where the heuristics are not enough. */
export interface LoginHints {
  readonly browser: boolean
  readonly selectors: {
    readonly username?: string
    readonly password?: string
    readonly submit?: string
    readonly consent?: string
  }
  readonly headers: Readonly<Record<string, string>>
}

/** A service provider that the target's identity provider trusts. */
export interface ServiceProvider {
  readonly entity_id: string
  /** The default one. */
  readonly acs_url: string
  readonly other_acs_urls?: readonly string[]
  /** The private key as a JWK in JSON, of a provider whose certificate the identity provider knows. */
  readonly private_key?: Secret
}

/** What lets clients be registered that the server would not register for everybody. */
export interface RegistrationAccess {
  readonly initial_access_token?: Secret
  /** A publisher whose software statements the target trusts; its private key is a JWK in JSON. */
  readonly software_publisher?: { readonly issuer: string; readonly private_key: Secret }
}

/** What a target lets be done to it from outside, so that a test sees what follows. */
export interface Control {
  /** Where a POST without a body makes it sign with new keys. */
  readonly rotate_keys?: { readonly url: string }
}

/** The authorization server metadata (RFC 8414, OpenID Connect Discovery) as it came; values are not trusted to be what they should. */
export type ServerMetadata = Readonly<Record<string, unknown>> & { readonly issuer: string }

/** A server under test: what its file says, what it publishes, and what follows from both. */
export interface Target {
  readonly issuer: string
  /** Where it is a SAML identity provider alone, and has no other metadata. */
  readonly oauth?: false
  readonly metadata: ServerMetadata
  /** The URL that the metadata came from. */
  readonly metadataUrl: string
  readonly capabilities: ReadonlySet<Capability>
  /** What it claims to follow beyond what binds every server. */
  readonly claims: ReadonlySet<Claim>
  readonly clients: readonly ClientAccount[]
  readonly users: readonly UserAccount[]
  readonly registration?: RegistrationAccess
  readonly login: LoginHints
  /** The HTTP authorities (`host` or `host:port`) that may be fuzzed and loaded besides loopback. */
  readonly authorizedHosts: readonly string[]
  /** Where the target lets us move its clock: POST `{"offset_ms": n}`. */
  readonly clockUrl?: string
  /** What else the target lets us do to it. */
  readonly control?: Control
  readonly saml?: { readonly metadata_url: string; readonly service_providers: readonly ServiceProvider[] }
  readonly limits: { readonly concurrency: number; readonly max_rps?: number; readonly timeout_ms: number }
}
