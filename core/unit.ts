import type { Requirement } from './spec/document.ts'
import type { NonEmpty } from './verdict.ts'

/** What a target can do, as far as its metadata and its target file say. */
export type Capability =
  | 'authorization_code'
  | 'client_credentials'
  | 'refresh_token'
  | 'introspection'
  | 'revocation'
  | 'registration'
  | 'userinfo'
  | 'openid' // it is an OpenID Provider
  | 'offline_access'
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'client_secret_jwt'
  | 'private_key_jwt'
  | 'public_client'
  | 'plain_pkce'
  | 'query_mode' // it lists the response mode query, and so on
  | 'fragment_mode'
  | 'form_post_mode'
  | 'response_iss' // it says that it names itself in authorization responses
  | 'implicit'
  | 'password_grant'
  | 'signed_metadata'
  | 'software_statement' // it trusts a publisher whose key we have
  | 'clock' // it lets us move its clock
  | 'oauth_metadata' // it publishes RFC 8414 metadata
  | 'saml_idp'

/** What a unit needs of whoever wrote the target file, beyond what the server can do. */
export type Supply = 'second client' | 'second user'

/** What stands on the same footing for a check, a property and an invariant. */
export interface Unit {
  /** Its place: `oauth2/authorization-code/replayed-code-is-denied`. */
  readonly id: string
  readonly kind: 'check' | 'property' | 'invariant'
  /** One sentence for people, from its doc comment's thought. */
  readonly title: string
  readonly proves: NonEmpty<Requirement>
  readonly needs: readonly (Capability | Supply)[]
}
