import type { Dialect } from '../dialect.ts'
import { currentInformation } from '../rules/client-configuration.ts'
import { registeredAuthMethod, registeredGrantTypes } from '../rules/client-metadata.ts'
import { registrationAnswer } from '../rules/registration.ts'

/** Lawful ways to register clients and to let them manage that. */
export const registrationDialects: readonly Dialect[] = [
  {
    id: 'registration-with-a-token',
    lawful: 'RFC 7591 §3: the registration endpoint may accept an initial access token, to limit who registers',
    config: { initialAccessToken: 'ey23f2-adfj230-af32-developer321' },
  },
  {
    id: 'registration-replaces-values',
    lawful: 'RFC 7591 §2: the server may replace requested values by suitable defaults instead of refusing them',
    swap: {
      registeredAuthMethod: (asked, supported) =>
        registeredAuthMethod.apply(asked, supported) ?? registeredAuthMethod.apply(undefined, supported),
      registeredGrantTypes: (asked, method) => {
        const known = asked?.filter((one) =>
          ['authorization_code', 'client_credentials', 'refresh_token'].includes(one),
        )
        return registeredGrantTypes.apply(known?.length === 0 ? undefined : known, method)
      },
      registeredResponseTypes: (_asked, grantTypes) => (grantTypes.includes('authorization_code') ? ['code'] : []),
    },
  },
  {
    id: 'registration-without-management',
    lawful: 'RFC 7592 §1: managing registrations is an extension of registering, and an experimental one',
    config: { management: { read: 'unsupported', update: 'unsupported', delete: 'unsupported' } },
    swap: {
      registrationAnswer(client, uri) {
        const {
          registration_client_uri: _uri,
          registration_access_token: _token,
          ...rest
        } = registrationAnswer.apply(client, uri)
        return rest
      },
    },
  },
  {
    id: 'registration-is-only-read',
    lawful:
      'OpenID Connect Registration §4: GET is the only method at the client configuration endpoint, and need not repeat the token',
    config: { management: { read: 'allowed', update: 'unsupported', delete: 'unsupported' } },
    swap: {
      methodNotAllowed: () => 404,
      operationUnsupported: () => 404,
      currentInformation(information, operation, sent) {
        const {
          registration_client_uri: _uri,
          registration_access_token: _token,
          ...rest
        } = currentInformation.apply(information, operation, sent)
        return rest
      },
    },
  },
  {
    id: 'registration-is-final',
    lawful: 'RFC 7592 §2.2 and §2.3: a client that may not update or delete its registration is told so by 403',
    config: { management: { read: 'allowed', update: 'forbidden', delete: 'forbidden' } },
  },
  {
    id: 'registration-deletes-nothing',
    lawful: 'RFC 7592 §2.3: a server that does not support deletion answers 405',
    config: { management: { read: 'allowed', update: 'allowed', delete: 'unsupported' } },
  },
  {
    id: 'registration-tokens-rotate',
    lawful: 'RFC 7592 §5: the registration access token may be rotated by an update',
    config: { rotateRegistrationTokens: true },
  },
  {
    id: 'client-secrets-expire',
    lawful: 'RFC 7591 §3.2.1: client_secret_expires_at is 0 only where the secret does not expire',
    config: { clientSecretLifetime: 30 * 24 * 3600 },
  },
  {
    id: 'terse-registrations',
    lawful: 'RFC 7591 §3.2.1 and §2: client_id_issued_at is optional, and so is the use of most metadata',
    swap: {
      keptMetadata: () => ({}),
      registrationAnswer(client, uri) {
        const { client_id_issued_at: _time, ...rest } = registrationAnswer.apply(client, uri)
        return rest
      },
    },
  },
]
