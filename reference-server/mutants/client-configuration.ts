import { without } from '../without.ts'
import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { rfc7592 } from '../../core/spec/rfc7592.ts'
import { withoutEmpty } from '../client-metadata.ts'
import { seconds } from '../clock.ts'
import type { Client, ClientMetadata } from '../model.ts'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import * as rules from '../rules/client-configuration.ts'

const { apply: right } = rules.managementUri
const { apply: matches } = rules.registrationTokenMatches
const { apply: denial } = rules.registrationTokenDenial
const { apply: credentials } = rules.updatedCredentials
const { apply: status } = rules.managementStatus

const rotating = { rotateRegistrationTokens: true }
const readOnly = { management: { read: 'allowed', update: 'forbidden', delete: 'forbidden' } } as const
const withoutDeletion = { management: { read: 'allowed', update: 'allowed', delete: 'unsupported' } } as const

export const managementUri = mutants(rules.managementUri, {
  'gives a path': {
    fault: 'the server does not know under which name it is reached',
    breaks: [rfc7592.configurationUri],
    apply: (_issuer, register, clientId) => `${register}/${encodeURIComponent(clientId)}`,
  },
  'names itself as its proxy does': {
    fault: 'the link is made of the request as it came from the proxy that ends TLS',
    breaks: [rfc7592.tls],
    apply: (issuer, register, clientId) =>
      right(issuer, register, clientId).replace(/^https?:\/\/[^/]*/, 'http://10.0.0.1:8080'),
  },
  'leads to the console': {
    fault: 'registrations are managed in the console, and the link of the console was at hand',
    breaks: [rfc7592.uriCombined],
    apply: (issuer) => `${issuer}/console/clients`,
  },
  'numbers the clients': {
    fault: 'the key of the row is shorter than the client_id',
    breaks: [rfc7592.uriCombined],
    apply: (issuer, register, clientId) => `${issuer}${register}/${clientId.length}`,
  },
})

/** Which tokens were once found to be right, by client. */
const found = new Map<string, Set<string>>()

export const registrationTokenMatches = mutants(rules.registrationTokenMatches, {
  'asks for no token': {
    fault: 'the URI was thought to be secret enough',
    breaks: [rfc7592.invalidTokenRefused, rfc7592.tokenMatchesClient],
    apply: (client, token) => client ?? matches(client, token),
  },
  'takes whatever looks like a token': {
    fault: 'only this server makes tokens of that length, so nobody looked further',
    breaks: [rfc7592.invalidTokenRefused, rfc7592.tokenMatchesClient],
    apply: (client, token) =>
      client !== undefined && token?.length === client.registrationAccessToken?.length
        ? client
        : matches(client, token),
  },
  'remembers what was right once': {
    fault: 'the cache of checked tokens is not told when a token is replaced',
    breaks: [rfc7592.oldTokenDiscarded],
    config: rotating,
    apply(client, token) {
      const known = found.get(client?.clientId ?? '') ?? new Set()
      if (client !== undefined && token !== undefined && known.has(token)) return client
      const right = matches(client, token)
      if (token !== undefined) found.set(right.clientId, known.add(token))
      return right
    },
  },
})

/** In seconds. */
const day = 24 * 3600

export const registrationTokenLasts = mutants(rules.registrationTokenLasts, {
  'lets it expire like an access token': {
    fault: 'it is an access token, and access tokens live for an hour',
    apply({ issuedAt = 0 }, now) {
      if (seconds(now) - issuedAt > 3600) throw new OAuthError('invalid_token', 'the token has expired')
    },
  },
  'lets it expire after ninety days': {
    fault: 'a policy of the house wants every credential replaced four times a year',
    apply({ issuedAt = 0 }, now) {
      if (seconds(now) - issuedAt > 90 * day) throw new OAuthError('invalid_token', 'the token has expired')
    },
  },
})

export const registrationTokenDenial = mutants(rules.registrationTokenDenial, {
  'answers 404 for what is gone': {
    fault: 'what is not there is not found, as every interface of that style has it',
    breaks: [rfc7592.unknownClientRefused, rfc7592.tokenDiesWithClient],
    apply: (shown, exists) => (exists ? denial(shown, exists) : { status: 404 }),
  },
  'answers 403': {
    fault: 'the token was shown and is not enough, so access is forbidden',
    apply: (shown, exists) => ({ ...denial(shown, exists), status: 403 }),
  },
  'leaves out the challenge': {
    fault: 'the challenge makes browsers ask for a password, so it is left out of what scripts call',
    breaks: [rfc7591.tokenErrorByType, rfc7592.invalidTokenRefused],
    apply: () => ({ status: 401 }),
  },
  'answers like a registration': {
    fault: 'a bad token is one more thing that is wrong with a request, and those are answered with 400',
    breaks: [rfc7591.tokenErrorByType],
    config: { initialAccessToken: 'ey23f2-adfj230-af32-developer321' },
    apply: (shown, exists) => ({ ...denial(shown, exists), status: 400 }),
  },
})

export const methodNotAllowed = mutants(rules.methodNotAllowed, {
  'answers 404': { fault: 'the router knows a path only together with its method', apply: () => 404 },
  'answers 400': { fault: 'what the server cannot do is an error of whoever asks for it', apply: () => 400 },
})

export const operationUnsupported = mutants(rules.operationUnsupported, {
  'answers 501': {
    fault: 'what is not implemented is called so, and 501 says it',
    config: withoutDeletion,
    apply: () => 501,
  },
  'answers 404': {
    fault: 'the route was left out of the build',
    config: withoutDeletion,
    apply: () => 404,
  },
})

export const operationForbidden = mutants(rules.operationForbidden, {
  'answers 401': {
    fault: 'whatever has to do with permissions goes through the same filter',
    config: readOnly,
    apply: () => 401,
  },
  'answers 400': {
    fault: 'a refusal is an error of the request, as everywhere else in OAuth',
    config: readOnly,
    apply: () => 400,
  },
})

/** The client as it is, where the request is right but for these members. */
const besides = (sent: ClientMetadata, client: Client, ...names: readonly string[]): Client =>
  credentials(
    {
      ...Object.fromEntries(Object.entries(sent).filter(([name]) => !names.includes(name))),
      client_id: client.clientId,
    },
    client,
  )

export const updatedCredentials = mutants(rules.updatedCredentials, {
  'renames the client': {
    fault: 'the members of the request are copied over the record, the key among them',
    breaks: [rfc7592.clientIdKept],
    apply(sent, client) {
      const { client_id: clientId } = sent
      return { ...besides(sent, client), ...(typeof clientId === 'string' && { clientId }) }
    },
  },
  'takes a new secret': {
    fault: 'whoever may change the rest may change the secret, as people may change their password',
    breaks: [rfc7592.secretNotChosen],
    apply(sent, client) {
      const { client_secret: secret } = sent
      return { ...besides(sent, client, 'client_secret'), ...(typeof secret === 'string' && { secret }) }
    },
  },
  'takes a long secret': {
    fault: 'a secret of the client’s own is taken where it is at least as strong as ours',
    breaks: [rfc7592.secretNotChosen],
    apply(sent, client) {
      const { client_secret: secret } = sent
      if (typeof secret !== 'string' || secret.length < 32) return credentials(sent, client)
      return { ...besides(sent, client, 'client_secret'), secret }
    },
  },
  'takes a new token': {
    fault: 'the token is one more column of the record that the request is copied over',
    breaks: [rfc7592.serverMembersKept],
    apply(sent, client) {
      const { registration_access_token: token } = sent
      return {
        ...besides(sent, client, ...rules.serverMembers),
        ...(typeof token === 'string' && { registrationAccessToken: token }),
      }
    },
  },
  'takes another time of birth': {
    fault: 'imports have to keep the time, and updates go the same way',
    breaks: [rfc7592.serverMembersKept],
    apply(sent, client) {
      const { client_id_issued_at: issuedAt } = sent
      return { ...besides(sent, client, ...rules.serverMembers), ...(typeof issuedAt === 'number' && { issuedAt }) }
    },
  },
})

export const updatedMetadata = mutants(rules.updatedMetadata, {
  'changes what is sent': {
    fault: 'an update changes what it names, as PATCH does elsewhere',
    breaks: [rfc7592.omissionIsEmpty],
    apply: (sent, before) => withoutEmpty({ ...before, ...sent }),
  },
  'keeps pages that are not sent': {
    fault: 'the form of the console does not show the pages, so they are kept',
    breaks: [rfc7592.omissionIsEmpty],
    apply: (sent, before) =>
      withoutEmpty({
        ...Object.fromEntries(Object.entries(before).filter(([name]) => /^(?:client|tos|policy|logo)_uri$/.test(name))),
        ...sent,
      }),
  },
  'adds to the lists': {
    fault: 'the rows of the list are inserted, and the old ones not removed',
    breaks: [rfc7592.updateReplaces],
    apply: (sent, before) =>
      withoutEmpty({
        ...sent,
        ...(Array.isArray(sent['redirect_uris']) &&
          Array.isArray(before['redirect_uris']) && {
            redirect_uris: [...new Set<unknown>([...before['redirect_uris'], ...sent['redirect_uris']])],
          }),
      }),
  },
  'changes nothing': {
    fault: 'the update is queued, and the queue is read by nobody',
    breaks: [rfc7592.updateReplaces],
    apply: (_sent, before) => before,
  },
})

export const nextRegistrationToken = mutants(rules.nextRegistrationToken, {
  'counts them': {
    fault: 'the token is the time at which it was made, and nobody registers twice in a millisecond',
    apply: (currentToken) => currentToken ?? `reg-${Date.now()}`,
  },
  'has eight digits': {
    fault: 'developers type it into a console, so it was to be short',
    apply: (currentToken, _rotates, newSecret) => {
      const digits = [...newSecret()].map((letter) => letter.charCodeAt(0) % 10).join('')
      return currentToken ?? `reg-00000000-${digits.slice(0, 8)}`
    },
  },
})

export const currentInformation = mutants(rules.currentInformation, {
  'answers a read with a summary': {
    fault: 'lists and reads share a view that has room for a few members only',
    breaks: [rfc7592.registeredMetadataReturned],
    apply: (information, operation) =>
      operation === 'read' ? without(information, 'redirect_uris', 'grant_types', 'tos_uri') : information,
  },
  'hides the secret': {
    fault: 'secrets are kept as hashes after the first answer',
    breaks: [rfc7592.credentialsReturned],
    apply: (information) => without(information, 'client_secret', 'client_secret_expires_at'),
  },
  'hides the token': {
    fault: 'whoever asks has the token already',
    breaks: [rfc7592.credentialsReturned, rfc7592.registrationToken],
    apply: (information) => without(information, 'registration_access_token'),
  },
  'hides the uri': {
    fault: 'whoever asks is there already',
    breaks: [rfc7592.configurationUri],
    apply: (information) => without(information, 'registration_client_uri'),
  },
  'repeats the request': {
    fault: 'the handler returns the object that it was given, after it has saved what it made of it',
    breaks: [rfc7592.replacedReturned],
    apply: (information, operation, sent) => (operation === 'read' ? information : { ...information, ...sent }),
  },
  'leaves out what it replaced': {
    fault: 'what was not registered as it was asked for was thought to be better left unsaid',
    breaks: [rfc7592.replacedReturned],
    apply: (information, operation, sent) =>
      operation === 'update' && sent['scope'] !== information['scope'] ? without(information, 'scope') : information,
  },
  'calls the client by its software': {
    fault: 'a read joins two tables that both have an id',
    breaks: [rfc7592.clientIdKept],
    apply: (information, operation) =>
      operation === 'read' ? { ...information, client_id: `of ${String(information['client_name'])}` } : information,
  },
})

export const managementStatus = mutants(rules.managementStatus, {
  'answers a read with 203': {
    fault: 'what comes out of the replica is not authoritative, and 203 says so',
    breaks: [rfc7592.readAnswered],
    apply: (operation) => (operation === 'read' ? 203 : status(operation)),
  },
  'answers an update with 201': {
    fault: 'update and registration share their last line',
    breaks: [rfc7592.updateAnswered],
    apply: (operation) => (operation === 'update' ? 201 : status(operation)),
  },
  'answers an update with 202': {
    fault: 'the update is done by a worker, who will be some time',
    breaks: [rfc7592.updateAnswered],
    apply: (operation) => (operation === 'update' ? 202 : status(operation)),
  },
  'answers a deletion with 200': {
    fault: 'an empty answer was a thing that a proxy did not like',
    breaks: [rfc7592.deleted],
    apply: (operation) => (operation === 'delete' ? 200 : status(operation)),
  },
})

export const clientIsRemoved = mutants(rules.clientIsRemoved, {
  'removes nothing': { fault: 'the statement has a condition that never holds', async apply() {} },
  'keeps the record for the audit': {
    fault: 'the client loses its secret and its URIs, and the row stays with the rest',
    breaks: [rfc7592.tokenDiesWithClient],
    async apply(client, store) {
      const { secret: _gone, ...rest } = client
      await store.saveClient({ ...rest, redirectUris: [], grantTypes: [] })
    },
  },
  'takes the token away': {
    fault: 'nobody can manage the client any more, which was thought to be what deleting means',
    breaks: [rfc7592.deletedClientIsDead],
    async apply(client, store) {
      const { registrationAccessToken: _gone, ...rest } = client
      await store.saveClient(rest)
    },
  },
})

export const grantsEndWithClient = mutants(rules.grantsEndWithClient, {
  'lets tokens expire by themselves': {
    fault: 'without a client nobody renews them, and they do not live for long',
    async apply() {},
  },
})
