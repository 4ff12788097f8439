import { createPublicKey, type JsonWebKey } from 'node:crypto'
import type { ClientMetadata } from './model.ts'
import { OAuthError } from './oauth-error.ts'

type Kind = 'text' | 'texts' | 'object'

/** What this server understands of RFC 7591 §2 and OpenID Connect Dynamic Client Registration §2, and as what JSON value. */
const kinds: Readonly<Record<string, Kind>> = {
  redirect_uris: 'texts',
  token_endpoint_auth_method: 'text',
  grant_types: 'texts',
  response_types: 'texts',
  application_type: 'text',
  client_name: 'text',
  client_uri: 'text',
  logo_uri: 'text',
  scope: 'text',
  contacts: 'texts',
  tos_uri: 'text',
  policy_uri: 'text',
  jwks_uri: 'text',
  jwks: 'object',
  software_id: 'text',
  software_version: 'text',
}

/** Pages of the client that people are shown. */
export const pageUris = ['client_uri', 'tos_uri', 'policy_uri', 'logo_uri'] as const

/** A language tag by BCP 47, as far as its form goes. */
const tagged = /^(client_name|client_uri|tos_uri|policy_uri|logo_uri)#[a-z]{1,8}(?:-[a-z0-9]{1,8})*$/i

/** The name of a member without its language tag. */
export const untagged = (name: string): string => tagged.exec(name)?.[1] ?? name

export const isUnderstood = (name: string): boolean => Object.hasOwn(kinds, untagged(name))

export const kindOf = (name: string): Kind | undefined => (isUnderstood(name) ? kinds[untagged(name)] : undefined)

/** A null or empty member stands for nothing. */
export const withoutEmpty = (metadata: ClientMetadata): ClientMetadata =>
  Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== null && value !== ''))

/** The object that a request consists of. */
export function readMetadata(body: string): ClientMetadata {
  try {
    const value = JSON.parse(body) as unknown
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as ClientMetadata
  } catch (cause) {
    throw new OAuthError('invalid_client_metadata', 'the request is not JSON', { cause })
  }
  throw new OAuthError('invalid_client_metadata', 'the request is not a JSON object')
}

/** The values of metadata whose types were looked at. */
export const textOf = (metadata: ClientMetadata, name: string) => metadata[name] as string | undefined

export const textsOf = (metadata: ClientMetadata, name: string) => metadata[name] as readonly string[] | undefined

/** Whether the key can be used, and by everybody: public, and of a kind that this server reads. */
export function isPublicKey(value: unknown): value is JsonWebKey {
  if (typeof value !== 'object' || value === null || 'd' in value || 'k' in value) return false
  try {
    createPublicKey({ key: value as JsonWebKey, format: 'jwk' })
    return true
  } catch {
    return false
  }
}
