import type { ServerMetadata } from './target.ts'

/** A member that should be text; `undefined` where it is anything else. */
export const stringMember = (metadata: Readonly<Record<string, unknown>>, name: string): string | undefined => {
  const value = metadata[name]
  return typeof value === 'string' ? value : undefined
}

/** A member that should be an http or https URL; `undefined` where it is anything else. */
export const urlMember = (metadata: Readonly<Record<string, unknown>>, name: string): string | undefined => {
  const value = stringMember(metadata, name)
  return value !== undefined && /^https?:\/\//i.test(value) && URL.canParse(value) ? value : undefined
}

/** A member that should be a list of texts; `undefined` where it is no list, what is no text left out. */
export const stringsMember = (
  metadata: Readonly<Record<string, unknown>>,
  name: string,
): readonly string[] | undefined => {
  const value = metadata[name]
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : undefined
}

/** Every endpoint that the metadata leads to, and where the keys are. */
export const publishedUrls = (metadata: ServerMetadata): readonly string[] =>
  Object.keys(metadata).flatMap((name) => (/_endpoint$|^jwks_uri$/.test(name) ? (urlMember(metadata, name) ?? []) : []))

/** The grant types. RFC 8414 §2: a server that lists none supports `authorization_code` and `implicit`. */
export const grantTypes = (metadata: ServerMetadata) =>
  stringsMember(metadata, 'grant_types_supported') ?? ['authorization_code', 'implicit']

/** How clients may authenticate at the token endpoint. RFC 8414 §2: a server that lists nothing supports `client_secret_basic`. */
export const authMethods = (metadata: ServerMetadata) =>
  stringsMember(metadata, 'token_endpoint_auth_methods_supported') ?? ['client_secret_basic']

/** Whether the response type of the code flow is offered. RFC 8414 §2 requires the list, so one that is absent says nothing. */
export const offersCode = (metadata: ServerMetadata) =>
  stringsMember(metadata, 'response_types_supported')?.includes('code') ?? true

/** Whether the response type of the implicit grant is offered. */
export const offersToken = (metadata: ServerMetadata) =>
  stringsMember(metadata, 'response_types_supported')?.includes('token') ?? false

/** Whether a request may come as plain parameters: RFC 9126 §5 lets a server demand that it is pushed, RFC 9101 §10.5 that it is signed. */
export const takesPlainRequests = (metadata: ServerMetadata) =>
  metadata['require_pushed_authorization_requests'] !== true && metadata['require_signed_request_object'] !== true
