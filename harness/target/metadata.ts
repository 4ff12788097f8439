import type { ServerMetadata } from './target.ts'

/** A member that should be text; `undefined` where it is anything else. */
export const stringMember = (metadata: Readonly<Record<string, unknown>>, name: string): string | undefined => {
  const value = metadata[name]
  return typeof value === 'string' ? value : undefined
}

/** A member that should be a list of texts; `undefined` where it is no list, what is no text left out. */
export const stringsMember = (metadata: Readonly<Record<string, unknown>>, name: string): readonly string[] | undefined => {
  const value = metadata[name]
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : undefined
}

/** The grant types, with what RFC 8414 §2 says of an absent member. */
export const grantTypes = (metadata: ServerMetadata) => stringsMember(metadata, 'grant_types_supported') ?? ['authorization_code', 'implicit']

/** How clients may authenticate at the token endpoint, with what RFC 8414 §2 says of an absent member. */
export const authMethods = (metadata: ServerMetadata) => stringsMember(metadata, 'token_endpoint_auth_methods_supported') ?? ['client_secret_basic']
