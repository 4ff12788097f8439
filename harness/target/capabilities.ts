import type { Capability } from '../../core/unit.ts'
import {
  authMethods,
  grantTypes,
  offersCode,
  offersToken,
  stringsMember,
  takesPlainRequests,
  urlMember,
} from './metadata.ts'
import type { ServerMetadata, Target } from './target.ts'

/** What the metadata and the target file claim for a server; what is not claimed is not tested. */
export function capabilitiesOf(
  metadata: ServerMetadata,
  more: {
    readonly clock: boolean
    readonly saml: boolean
    readonly oauthMetadata: boolean
    readonly softwarePublisher: boolean
  },
): ReadonlySet<Capability> {
  const has = (name: string) => urlMember(metadata, name) !== undefined
  const grants = grantTypes(metadata)
  const methods = authMethods(metadata)
  const scopes = stringsMember(metadata, 'scopes_supported') ?? []
  // RFC 8414 §2 has a default where none is listed, which servers have that know nothing of modes.
  const modes = stringsMember(metadata, 'response_modes_supported') ?? []
  // OpenID Connect Discovery §3 requires these of every OpenID Provider; plain OAuth metadata does not know them.
  const openid = has('jwks_uri') && stringsMember(metadata, 'id_token_signing_alg_values_supported') !== undefined
  const claims: Readonly<Record<Capability, boolean>> = {
    authorization_code:
      has('authorization_endpoint') &&
      has('token_endpoint') &&
      grants.includes('authorization_code') &&
      offersCode(metadata) &&
      takesPlainRequests(metadata),
    client_credentials: has('token_endpoint') && grants.includes('client_credentials'),
    refresh_token: has('token_endpoint') && grants.includes('refresh_token'),
    introspection: has('introspection_endpoint'),
    revocation: has('revocation_endpoint'),
    registration: has('registration_endpoint'),
    userinfo: has('userinfo_endpoint'),
    openid,
    // RFC 8414 §2 lets a server support scopes that it does not list; what is not claimed is not tested.
    offline_access: scopes.includes('offline_access'),
    client_secret_basic: methods.includes('client_secret_basic'),
    client_secret_post: methods.includes('client_secret_post'),
    client_secret_jwt: methods.includes('client_secret_jwt'),
    private_key_jwt: methods.includes('private_key_jwt'),
    public_client: methods.includes('none'),
    // RFC 8414 §2: a server that lists no method does not support PKCE.
    plain_pkce: stringsMember(metadata, 'code_challenge_methods_supported')?.includes('plain') ?? false,
    query_mode: modes.includes('query'),
    fragment_mode: modes.includes('fragment'),
    form_post_mode: modes.includes('form_post'),
    response_iss: metadata['authorization_response_iss_parameter_supported'] === true,
    implicit:
      has('authorization_endpoint') &&
      grants.includes('implicit') &&
      offersToken(metadata) &&
      takesPlainRequests(metadata),
    password_grant: has('token_endpoint') && grants.includes('password'),
    signed_metadata: metadata['signed_metadata'] !== undefined,
    software_statement: has('registration_endpoint') && more.softwarePublisher,
    clock: more.clock,
    oauth_metadata: more.oauthMetadata,
    saml_idp: more.saml,
  }
  return new Set(Object.entries(claims).flatMap(([name, claimed]) => (claimed ? [name as Capability] : [])))
}

/** Why what has these needs says nothing of a server that speaks SAML alone; nothing where it does, or the server speaks more. */
export const whyApart = (needs: readonly string[], { oauth }: Pick<Target, 'oauth'>): string | undefined =>
  oauth === false && !needs.includes('saml_idp')
    ? 'the target file says oauth: false, for a server that is a SAML identity provider alone'
    : undefined

/** Why a unit that needs this capability says nothing of the target. */
export const whyMissing = (capability: Capability): string => reasons[capability]

const reasons: Readonly<Record<Capability, string>> = {
  authorization_code:
    'the metadata does not offer the authorization code grant, or only for requests that are pushed or signed',
  client_credentials: 'the metadata does not offer the client credentials grant',
  refresh_token: 'the metadata does not offer refresh tokens',
  introspection: 'the metadata has no introspection_endpoint',
  revocation: 'the metadata has no revocation_endpoint',
  registration: 'the metadata has no registration_endpoint',
  userinfo: 'the metadata has no userinfo_endpoint',
  openid: 'the metadata is not that of an OpenID Provider',
  offline_access: 'the metadata does not list the scope offline_access',
  client_secret_basic: 'the metadata does not list client_secret_basic',
  client_secret_post: 'the metadata does not list client_secret_post',
  client_secret_jwt: 'the metadata does not list client_secret_jwt',
  private_key_jwt: 'the metadata does not list private_key_jwt',
  public_client: 'the metadata does not let public clients use the token endpoint',
  plain_pkce: 'the metadata does not list the PKCE method plain',
  query_mode: 'the metadata does not list the response mode query',
  fragment_mode: 'the metadata does not list the response mode fragment',
  form_post_mode: 'the metadata does not list the response mode form_post',
  response_iss: 'the metadata does not say that authorization responses have an iss',
  implicit: 'the metadata does not offer the implicit grant',
  password_grant: 'the metadata does not offer the password grant',
  signed_metadata: 'the metadata is not signed',
  software_statement: 'the target file names no software_publisher whose statements the server trusts',
  clock: 'the target file names no clock_url, so time cannot be moved',
  oauth_metadata: 'the target publishes no OAuth authorization server metadata',
  saml_idp: 'the target file names no SAML identity provider',
}
