/** The error codes that this server sends: RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, RFC 7009 §2.2.1, RFC 7591 §3.2.2, OpenID Connect Core §3.1.2.6. */
export type OAuthErrorCode =
  | 'access_denied'
  | 'consent_required'
  | 'insufficient_scope'
  | 'interaction_required'
  | 'invalid_client'
  | 'invalid_client_metadata'
  | 'invalid_grant'
  | 'invalid_redirect_uri'
  | 'invalid_request'
  | 'invalid_scope'
  | 'invalid_software_statement'
  | 'invalid_token'
  | 'login_required'
  | 'unapproved_software_statement'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'unsupported_token_type'

/** What the server answers a bad request with. `description` goes to the client, `cause` only to the operator. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError'
  readonly code: OAuthErrorCode

  constructor(code: OAuthErrorCode, description: string, options?: { readonly cause: unknown }) {
    super(description, options)
    this.code = code
  }
}

/** The request cannot be answered by a redirect, for its client or redirection URI is not known to be right: the person sees a page. */
export class NotRedirectable extends Error {
  override readonly name = 'NotRedirectable'
}
