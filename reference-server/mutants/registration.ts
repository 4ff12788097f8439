import { without } from '../without.ts'
import { createHash } from 'node:crypto'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { rfc7592 } from '../../core/spec/rfc7592.ts'
import { rfc9068 } from '../../core/spec/rfc9068.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { textOf, textsOf } from '../client-metadata.ts'
import { parseJwt } from '../jwt.ts'
import type { ClientMetadata } from '../model.ts'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import * as rules from '../rules/registration.ts'

const { apply: answer } = rules.registrationAnswer
const { apply: issued } = rules.issuedCredentials
const { apply: current } = rules.secretIsCurrent

/** A server that registers nobody without a token. */
const closed = { initialAccessToken: 'ey23f2-adfj230-af32-developer321' }

/** A server whose secrets live for thirty days. */
const expiring = { clientSecretLifetime: 30 * 24 * 3600 }

export const mayRegister = mutants(rules.mayRegister, {
  'asks everybody for a token': {
    fault: 'the endpoint was put behind the filter that guards the other interfaces',
    breaks: [rfc7591.openRegistration],
    apply() {
      throw new OAuthError('invalid_token', 'the initial access token is missing')
    },
  },
  'wants any token': {
    fault: 'a gateway lets nothing pass that has no Authorization header',
    breaks: [rfc7591.openRegistration],
    apply(token) {
      if (token === undefined) throw new OAuthError('invalid_token', 'the initial access token is missing')
    },
  },
  'takes any token': {
    fault: 'whether there is a token is looked at, and not which',
    breaks: [rfc7591.tokenErrorByType],
    config: closed,
    apply(token, owed) {
      if (owed !== undefined && token === undefined)
        throw new OAuthError('invalid_token', 'the initial access token is missing')
    },
  },
  'takes the beginning of one': {
    fault: 'the tokens are kept in a column that is too short, and compared as far as it goes',
    breaks: [rfc7591.tokenErrorByType],
    config: closed,
    apply(token, owed) {
      if (owed !== undefined && token?.slice(0, 8) !== owed.slice(0, 8))
        throw new OAuthError('invalid_token', 'the initial access token is wrong')
    },
  },
})

export const registrationType = mutants(rules.registrationType, {
  'wants a form': {
    fault: 'every other endpoint takes forms, and they share their parser',
    apply: (contentType) => contentType.startsWith('application/x-www-form-urlencoded'),
  },
  'wants the charset': {
    fault: 'the type is compared as text, and the library of the house always sends the charset',
    apply: (contentType) => contentType.toLowerCase() === 'application/json; charset=utf-8',
  },
})

const softwareOf = (sent: ClientMetadata) =>
  createHash('sha256')
    .update(`${textOf(sent, 'software_id')} ${textOf(sent, 'software_version')}`)
    .digest('base64url')

export const issuedCredentials = mutants(rules.issuedCredentials, {
  'takes the client id that was asked for': {
    fault: 'operators wanted names that they can read, so a client may bring one',
    breaks: [rfc7591.clientIdIssued, rfc9068.subjectNotChosen, rfc9700.clientIdNotChosen],
    apply(sent, method, newSecret) {
      const chosen = textOf(sent, 'client_id')
      return { ...issued(sent, method, newSecret), ...(typeof chosen === 'string' && { clientId: chosen }) }
    },
  },
  'calls every client the same': {
    fault: 'the id of the example was left in the template',
    breaks: [rfc6749.clientIdUnique, rfc7591.clientIdUnique],
    apply: (sent, method, newSecret) => ({ ...issued(sent, method, newSecret), clientId: 's6BhdRkqt3' }),
  },
  'calls a client by its host': {
    fault: 'the id is made of the host of the redirection URI, which seemed to tell clients apart',
    breaks: [rfc6749.clientIdUnique, rfc7591.clientIdUnique],
    apply(sent, method, newSecret) {
      const [uri = ''] = textsOf(sent, 'redirect_uris') ?? []
      return { ...issued(sent, method, newSecret), clientId: URL.canParse(uri) ? new URL(uri).host : newSecret() }
    },
  },
  'takes the secret that was asked for': {
    fault: 'a tool that moves clients from one server to another had to bring their secrets',
    breaks: [rfc7591.secretUnique],
    apply(sent, method, newSecret) {
      const secret = textOf(sent, 'client_secret')
      return { ...issued(sent, method, newSecret), ...(typeof secret === 'string' && { secret }) }
    },
  },
  'gives every client the same secret': {
    fault: 'the secret is made once, when the module is loaded',
    breaks: [rfc7591.secretUnique],
    apply(sent, method, newSecret) {
      const { secret, ...rest } = issued(sent, method, newSecret)
      return { ...rest, ...(secret !== undefined && { secret: 'cf136dc3c1fc93f31185e5885805d' }) }
    },
  },
  'knows the software again': {
    fault: 'what has the software_id of a client is taken for that client, and told all about it',
    breaks: [rfc7591.secretPerInstance],
    apply(sent, method, newSecret) {
      const { secret, clientId } = issued(sent, method, newSecret)
      const software = softwareOf(sent)
      return sent['software_id'] === undefined
        ? { clientId, ...(secret !== undefined && { secret }) }
        : { clientId: software, ...(secret !== undefined && { secret: software }) }
    },
  },
  'makes secrets of sixteen octets': {
    fault: 'nobody guesses 128 bits, and that is as far as anybody thought',
    breaks: [oidcCore.secretFitsMac],
    apply(sent, method, newSecret) {
      const { secret, clientId } = issued(sent, method, newSecret)
      return { clientId, ...(secret !== undefined && { secret: secret.slice(0, 22) }) }
    },
  },
  'makes short secrets': {
    fault: 'somebody was to type the secret into a form, and ten letters are as many as people bear',
    breaks: [rfc6749.tokensUnguessable, rfc6749.tokensHardToGuess],
    apply(sent, method, newSecret) {
      const { secret, clientId } = issued(sent, method, newSecret)
      return { clientId, ...(secret !== undefined && { secret: secret.slice(0, 10) }) }
    },
  },
  'hashes the name for a secret': {
    fault: 'a secret that can be computed again need not be stored, and nobody thought of adding a key',
    breaks: [rfc6749.tokensUnguessable, rfc6749.tokensHardToGuess],
    apply(sent, method, newSecret) {
      const { secret, clientId } = issued(sent, method, newSecret)
      const hash = createHash('sha256').update(clientId).digest('hex')
      return { clientId, ...(secret !== undefined && { secret: hash }) }
    },
  },
  'repeats the name in the secret': {
    fault: 'a secret should tell operators whose it is, and looks long enough with a few letters behind',
    breaks: [rfc6749.tokensUnguessable, rfc6749.tokensHardToGuess],
    apply(sent, method, newSecret) {
      const { secret, clientId } = issued(sent, method, newSecret)
      return { clientId, ...(secret !== undefined && { secret: `${clientId}.${secret.slice(0, 8)}` }) }
    },
  },
  'gives no secret to clients that post it': {
    fault: 'only clients of the default method were thought of as confidential',
    breaks: [rfc7591.secretForConfidential],
    apply(sent, method, newSecret) {
      const { secret, clientId } = issued(sent, method, newSecret)
      return { clientId, ...(secret !== undefined && method !== 'client_secret_post' && { secret }) }
    },
  },
  'gives nobody a secret': {
    fault: 'the secret is shown once in the console of the operator, and nowhere else',
    breaks: [rfc7591.secretForConfidential],
    apply: (_sent, _method, newSecret) => ({ clientId: newSecret() }),
  },
  'gives everybody a secret': {
    fault: 'the column for the secret must not be null',
    breaks: [rfc7591.publicClientHasNoSecret],
    apply: (_sent, _method, newSecret) => ({ clientId: newSecret(), secret: newSecret() }),
  },
  'gives one to public clients of the web': {
    fault: 'what runs on a web site has a server, and a server can keep a secret',
    breaks: [rfc7591.publicClientHasNoSecret],
    apply: (sent, method, newSecret) =>
      sent['application_type'] === 'native'
        ? issued(sent, method, newSecret)
        : { clientId: newSecret(), secret: newSecret() },
  },
})

export const secretIsCurrent = mutants(rules.secretIsCurrent, {
  'takes expired secrets': { fault: 'the time is told and never looked at again', config: expiring, apply() {} },
  'takes them for another day': {
    fault: 'clients that were late to renew theirs complained, and were given a day of grace',
    config: expiring,
    apply: (client, now) => current(client, now - 24 * 3600 * 1000),
  },
})

export const clientIsKept = mutants(rules.clientIsKept, {
  'forgets the client': { fault: 'the transaction is rolled back after the answer went out', async apply() {} },
  'folds the case of its secret': {
    fault: 'the column folds case, and passwords of people were kept elsewhere',
    apply: async (client, store) =>
      await store.saveClient({
        ...client,
        ...(client.secret !== undefined && { secret: client.secret.toLowerCase() }),
      }),
  },
})

export const registrationAnswer = mutants(rules.registrationAnswer, {
  'calls the client by another name': {
    fault: 'members are renamed for JavaScript, and this one is not named back',
    breaks: [rfc7591.clientIdReturned],
    apply(client, managementUri) {
      const { client_id: clientId, ...rest } = answer(client, managementUri)
      return { clientId, ...rest }
    },
  },
  'returns the credentials only': {
    fault: 'the client knows what it sent',
    breaks: [rfc7591.registeredMetadataReturned, rfc7591.redirectUrisRequired],
    apply: (client, managementUri) =>
      without(answer(client, managementUri), 'redirect_uris', 'token_endpoint_auth_method'),
  },
  'keeps one redirection uri': {
    fault: 'the table has one column for it, and the first is kept',
    breaks: [rfc7591.registeredMetadataReturned, rfc7591.redirectUrisRequired],
    apply: (client, managementUri) => ({
      ...answer(client, managementUri),
      redirect_uris: client.redirectUris.slice(0, 1),
    }),
  },
  'does not say when the secret expires': {
    fault: 'it never does, so there seemed to be nothing to say',
    breaks: [rfc7591.secretExpiryTold],
    apply: (client, managementUri) => without(answer(client, managementUri), 'client_secret_expires_at'),
  },
  'writes the expiry as a date': {
    fault: 'dates are written as ISO 8601 everywhere else',
    breaks: [rfc7591.secretExpiryTold, rfc7591.timesInSeconds],
    apply: (client, managementUri) => ({
      ...answer(client, managementUri),
      client_secret_expires_at: '9999-12-31T23:59:59Z',
    }),
  },
  'counts milliseconds': {
    fault: 'the clock of the runtime counts milliseconds, and nobody divided',
    breaks: [rfc7591.timesInSeconds],
    apply: (client, managementUri) => ({
      ...answer(client, managementUri),
      client_id_issued_at: (client.issuedAt ?? 0) * 1000,
    }),
  },
  'drops the statement': {
    fault: 'the statement was used up when it was read',
    breaks: [rfc7591.statementReturned],
    apply: (client, managementUri) => without(answer(client, managementUri), 'software_statement'),
  },
  'returns what the statement says': {
    fault: 'the decoded claims were at hand, and easier to read than the token',
    breaks: [rfc7591.statementReturned],
    apply(client, managementUri) {
      const information = answer(client, managementUri)
      const claims = claimsOf(information['software_statement'])
      return { ...information, ...(claims !== undefined && { software_statement: claims }) }
    },
  },
  'leaves to the statement what it says': {
    fault: 'nothing was to be said twice',
    breaks: [rfc7591.statementClaimsReturned],
    apply(client, managementUri) {
      const information = answer(client, managementUri)
      return without(information, ...Object.keys(claimsOf(information['software_statement']) ?? {}))
    },
  },
  'returns of the statement what it decides by': {
    fault: 'names and pages are for people, and were left in the statement',
    breaks: [rfc7591.statementClaimsReturned],
    apply(client, managementUri) {
      const information = answer(client, managementUri)
      const told = Object.keys(claimsOf(information['software_statement']) ?? {})
      return without(information, ...told.filter((name) => /^client_name$|_uri$|^software_(?:id|version)$/.test(name)))
    },
  },
  'does not say where it is managed': {
    fault: 'the URI was to be made by the client out of the endpoint and its id',
    breaks: [rfc7592.configurationUri],
    apply: (client, managementUri) => {
      const information = answer(client, managementUri)
      return information['registration_access_token'] === undefined
        ? information
        : without(information, 'registration_client_uri')
    },
  },
  'keeps the token to itself': {
    fault: 'the token is sent to the developer by mail',
    breaks: [rfc7592.registrationToken],
    apply: (client, managementUri) => without(answer(client, managementUri), 'registration_access_token'),
  },
})

export const newInformation = mutants(rules.newInformation, {
  'repeats what was asked for': {
    fault: 'defaults are filled in when they are needed, long after the answer went out',
    apply: (information, sent) =>
      Object.fromEntries(
        Object.entries(information).filter(([name]) => name in sent || /^(?:client_|registration_)/.test(name)),
      ),
  },
  'leaves out the scope': {
    fault: 'the scope is added by a policy that runs after the client was described',
    apply: (information) => without(information, 'scope'),
  },
})

const claimsOf = (statement: unknown) => (typeof statement === 'string' ? parseJwt(statement)?.claims : undefined)

export const registrationHeaders = mutants(rules.registrationHeaders, {
  'lets anybody keep it': {
    fault: 'the headers were written for the token endpoint alone',
    apply: () => ({ 'cache-control': 'public' }),
  },
  'lets browsers keep it': {
    fault: 'no shared cache keeps what is private, and nobody thought of the others',
    apply: () => ({ 'cache-control': 'private' }),
  },
})

export const registrationStatus = mutants(rules.registrationStatus, {
  'answers 200': { fault: 'the handler returns a body and the framework does the rest', apply: () => 200 },
})

export const registrationErrorStatus = mutants(rules.registrationErrorStatus, {
  'answers 200': { fault: 'the error is in the body, and the transport went well', apply: () => 200 },
  'answers 422': { fault: 'what is understood and refused is unprocessable elsewhere', apply: () => 422 },
})

export const registrationError = mutants(rules.registrationError, {
  'lists the errors': {
    fault: 'the validator finds several errors at once, and a list has room for them',
    breaks: [rfc7591.errorMember],
    apply: (told) => ({ errors: [told] }),
  },
  'numbers the errors': {
    fault: 'the house has numbers for its errors, and texts may be translated',
    breaks: [rfc7591.errorMember],
    apply: (told) => ({ ...told, error: 4001 }),
  },
  'quotes like a printer': {
    fault: 'the editor of the texts turns quotation marks and dashes into better ones',
    breaks: [rfc7591.errorDescriptionAscii],
    apply: (told) => ({ ...told, error_description: `“${String(told['error_description'])}” – see the manual` }),
  },
})
