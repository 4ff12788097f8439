import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { rfc7592 } from '../../core/spec/rfc7592.ts'
import { urlOf } from '../config.ts'
import { withoutEmpty } from '../client-metadata.ts'
import type { Client, ClientMetadata, ManagementOperation } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import { rule } from '../rule.ts'
import type { Store } from '../store.ts'
import { sameText } from './client-authentication.ts'

/** RFC 7592 Appendix B: the client is in the path. */
export const managementUri = rule(
  [rfc7592.configurationUri, rfc7592.uriCombined, rfc7592.tls],
  (issuer: string, register: string, clientId: string): string =>
    `${urlOf(issuer, register)}/${encodeURIComponent(clientId)}`,
)

/** Each token opens one registration, for as long as there is one. */
export const registrationTokenMatches = rule(
  [
    rfc7592.invalidTokenRefused,
    rfc7592.unknownClientRefused,
    rfc7592.tokenDiesWithClient,
    rfc7592.tokenMatchesClient,
    rfc7592.oldTokenDiscarded,
  ],
  (client: Client | undefined, token: string | undefined): Client => {
    const owed = client?.registrationAccessToken
    if (client === undefined || owed === undefined || token === undefined || !sameText(owed, token))
      throw new OAuthError('invalid_token', 'the registration access token is missing or wrong')
    return client
  },
)

/** It lives as long as its client: without it nobody could change the registration any more. */
export const registrationTokenLasts = rule([rfc7592.tokenLasts], (_client: Client, _now: number) => {})

export interface TokenDenial {
  readonly status: number
  readonly challenge?: string
}

/** RFC 6750 §3, for initial and for registration access tokens. Whether there is such a client is not told. */
export const registrationTokenDenial = rule(
  [rfc7591.tokenErrorByType, rfc7592.invalidTokenRefused, rfc7592.unknownClientRefused, rfc7592.tokenDiesWithClient],
  (shown: boolean, _exists: boolean): TokenDenial => ({
    status: 401,
    challenge: `Bearer realm="registration"${shown ? ', error="invalid_token"' : ''}`,
  }),
)

export const methodNotAllowed = rule([rfc7592.unsupportedMethod], (): number => 405)

export const operationUnsupported = rule(
  [rfc7592.deletionUnsupported],
  (_operation: ManagementOperation): number => 405,
)

export const operationForbidden = rule([rfc7592.forbidden], (_operation: ManagementOperation): number => 403)

/** What is not the client's to say. A client_secret may be repeated, and nothing else. */
export const updatedCredentials = rule(
  [rfc7592.clientIdKept, rfc7592.secretNotChosen, rfc7592.serverMembersKept],
  (sent: ClientMetadata, client: Client): Client => {
    const refuse = (why: string) => {
      throw new OAuthError('invalid_client_metadata', why)
    }
    const foreign = serverMembers.find((name) => sent[name] !== undefined)
    if (foreign !== undefined) refuse(`${foreign} is not for the client to say`)
    if (sent['client_id'] !== client.clientId) refuse('client_id is not that of the client')
    const { client_secret: secret } = sent
    if (secret !== undefined && (typeof secret !== 'string' || !sameText(secret, client.secret ?? '')))
      refuse('client_secret is not that of the client')
    return client
  },
)

export const serverMembers = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
] as const

/** The whole of what is registered from now on: nothing of what was registered before stays. */
export const updatedMetadata = rule(
  [rfc7592.updateReplaces, rfc7592.omissionIsEmpty],
  (sent: ClientMetadata, _before: ClientMetadata): ClientMetadata => withoutEmpty(sent),
)

export const nextRegistrationToken = rule(
  [rfc7592.tokenUnguessable],
  (current: string | undefined, rotates: boolean, newSecret: () => string): string =>
    current === undefined || rotates ? newSecret() : current,
)

/** The client information as it stands, whatever the client had asked for. */
export const currentInformation = rule(
  [
    rfc7592.registeredMetadataReturned,
    rfc7592.credentialsReturned,
    rfc7592.replacedReturned,
    rfc7592.registrationToken,
    rfc7592.configurationUri,
    rfc7592.clientIdKept,
  ],
  (information: ClientMetadata, _operation: 'read' | 'update', _sent: ClientMetadata): ClientMetadata => information,
)

export const managementStatus = rule(
  [rfc7592.readAnswered, rfc7592.updateAnswered, rfc7592.deleted],
  (operation: ManagementOperation): number => (operation === 'delete' ? 204 : 200),
)

export const clientIsRemoved = rule(
  [rfc7592.deletedClientIsDead, rfc7592.tokenDiesWithClient],
  async (client: Client, store: Store) => await store.removeClient(client.clientId),
)

export const grantsEndWithClient = rule(
  [rfc7592.deletionEndsTokens],
  async (client: Client, store: Store) => await store.endGrantsOf(client.clientId),
)
