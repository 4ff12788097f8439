import type { JsonWebKey } from 'node:crypto'
import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { rfc8252 } from '../../core/spec/rfc8252.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { isPublicKey, isUnderstood, kindOf, untagged } from '../client-metadata.ts'
import type { ClientAuthMethod, ClientMetadata } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import { rule } from '../rule.ts'

/** What the client is told of a value that it may not have. */
export const refusedMetadata = rule(
  [rfc7591.invalidClientMetadata],
  (name: string, why: string): OAuthError => new OAuthError('invalid_client_metadata', `${name} ${why}`),
)

/** What this server understands; anything else might as well not have been sent. */
export const understoodMetadata = rule(
  [rfc7591.unknownMetadataIgnored, rfc8414.stringComparison],
  (sent: ClientMetadata): ClientMetadata =>
    Object.fromEntries(Object.entries(sent).filter(([name]) => isUnderstood(name))),
)

/** Nothing is converted: a number is no text, and one text no list. */
export const metadataIsTyped = rule([rfc7591.metadataTypes], (name: string, value: unknown): boolean => {
  switch (kindOf(name)) {
    case 'texts':
      return Array.isArray(value) && value.every((one) => typeof one === 'string')
    case 'object':
      return typeof value === 'object' && !Array.isArray(value)
    default:
      return typeof value === 'string'
  }
})

export const registeredAuthMethod = rule(
  [rfc7591.authMethodDefault, rfc8252.clientTypeRecorded],
  (asked: string | undefined, supported: readonly ClientAuthMethod[]): ClientAuthMethod | undefined =>
    supported.find((method) => method === (asked ?? 'client_secret_basic')),
)

export const registeredGrantTypes = rule(
  [rfc7591.grantTypesDefault],
  (asked: readonly string[] | undefined, _method: ClientAuthMethod): readonly string[] =>
    asked ?? ['authorization_code'],
)

/** A client that has no use for the authorization endpoint need not say so. */
export const registeredResponseTypes = rule(
  [rfc7591.responseTypesDefault],
  (asked: readonly string[] | undefined, grantTypes: readonly string[]): readonly string[] =>
    asked ?? [
      ...(grantTypes.includes('authorization_code') ? ['code'] : []),
      ...(grantTypes.includes('implicit') ? ['token'] : []),
    ],
)

/** RFC 7591 §2.1: each grant that begins at the authorization endpoint goes with a response type, and the other way round. */
export const typesAreConsistent = rule(
  [rfc7591.typesConsistent],
  (grantTypes: readonly string[], responseTypes: readonly string[]): boolean =>
    grantTypes.includes('authorization_code') === responseTypes.includes('code') &&
    grantTypes.includes('implicit') === responseTypes.includes('token'),
)

export const keysStandOnce = rule(
  [rfc7591.keysOnce],
  (metadata: ClientMetadata): boolean => metadata['jwks'] === undefined || metadata['jwks_uri'] === undefined,
)

/** The keys of a JWK Set; nothing where it is none, or holds what nobody but the client may have. */
export const registeredKeys = rule(
  [rfc7591.jwksIsKeySet, rfc7591.jwksIsPublic],
  (jwks: ClientMetadata): readonly JsonWebKey[] | undefined => {
    const { keys } = jwks
    return Array.isArray(keys) && keys.every(isPublicKey) ? keys : undefined
  },
)

/** What a person may be led to: a page of the web, and nothing that would run on the page where the link stands. */
export const pageIsHarmless = rule(
  [rfc7591.harmlessLinks],
  (uri: string): boolean => URL.canParse(uri) && /^https?:\/\/[^\s\\]+$/i.test(uri),
)

/** Everything about a client that is there to be shown or returned. */
export const keptMetadata = rule([rfc7591.untaggedBeside], (metadata: ClientMetadata): ClientMetadata =>
  Object.fromEntries(Object.entries(metadata).filter(([name]) => name.includes('#') || echoed.has(untagged(name)))),
)

/** What the server itself decides by is kept in members of its own. */
const echoed: ReadonlySet<string> = new Set([
  'client_uri',
  'logo_uri',
  'tos_uri',
  'policy_uri',
  'contacts',
  'jwks_uri',
  'software_id',
  'software_version',
])
