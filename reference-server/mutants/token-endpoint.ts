import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { oauth21 } from '../../core/spec/oauth21.ts'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import * as rules from '../rules/token-endpoint.ts'

const { apply: supported } = rules.grantTypeIsSupported
const { apply: headers } = rules.tokenResponseHeaders
const { apply: scope } = rules.clientCredentialsScope
const { apply: status } = rules.errorStatus
const { apply: body } = rules.errorBody
const { apply: secret } = rules.newSecret

export const tokenParamsNotRepeated = mutants(rules.tokenParamsNotRepeated, {
  'sees neighbours': {
    fault: 'the parameters were to be sorted before each is compared with the next',
    apply(raw) {
      if (raw.some(([name], index) => raw[index + 1]?.[0] === name))
        throw new OAuthError('invalid_request', 'a parameter is repeated')
    },
  },
  'takes the last of each': { fault: 'a map keeps what was written last', apply() {} },
  'lets a value stand twice': {
    fault: 'a proxy doubled a parameter once, and the same value twice was declared harmless',
    apply(raw) {
      const values = new Map<string, string>()
      for (const [name, value] of raw) {
        if ((values.get(name) ?? value) !== value) throw new OAuthError('invalid_request', 'a parameter is repeated')
        values.set(name, value)
      }
    },
  },
})

export const tokenParams = mutants(rules.tokenParams, {
  'keeps what is empty': {
    fault: 'an empty text is a value like any other',
    breaks: [rfc6749.tokenEmptyParamsOmitted],
    apply: (raw) => new Map(raw),
  },
  'refuses what is empty': {
    fault: 'a schema demands that every text has a length',
    breaks: [rfc6749.tokenEmptyParamsOmitted],
    apply(raw) {
      if (raw.some(([, value]) => value === '')) throw new OAuthError('invalid_request', 'a parameter is empty')
      return new Map(raw)
    },
  },
})

const known = new Set([
  'grant_type',
  'code',
  'redirect_uri',
  'code_verifier',
  'refresh_token',
  'scope',
  'token',
  'token_type_hint',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
])

export const tokenUnknownParams = mutants(rules.tokenUnknownParams, {
  'refuses what it does not know': {
    fault: 'a strict schema allows no other members',
    apply(params) {
      if ([...params.keys()].some((name) => !known.has(name)))
        throw new OAuthError('invalid_request', 'a parameter is unknown')
    },
  },
  'refuses odd names': {
    fault: 'a filter against injection knows letters and underscores',
    apply(params) {
      if ([...params.keys()].some((name) => !/^\w+$/.test(name)))
        throw new OAuthError('invalid_request', 'a parameter is malformed')
    },
  },
})

export const grantTypeIsPresent = mutants(rules.grantTypeIsPresent, {
  'assumes one': {
    fault: 'a default was convenient for testing',
    apply: (grantType) => grantType ?? 'client_credentials',
  },
  'calls it unsupported': {
    fault: 'no grant type is looked up like one that does not exist',
    apply: (grantType) => grantType ?? '',
  },
})

export const grantTypeIsSupported = mutants(rules.grantTypeIsSupported, {
  'falls back to another': {
    fault: 'the last branch of a chain of conditions has no condition',
    apply: (grantType) =>
      grantType === 'authorization_code' || grantType === 'refresh_token' ? grantType : 'client_credentials',
  },
  'calls it a bad request': {
    fault: 'a schema lists the grant types, and what it refuses is malformed',
    breaks: [rfc6749.unsupportedGrantType],
    apply(grantType, offered) {
      try {
        return supported(grantType, offered)
      } catch (cause) {
        throw new OAuthError('invalid_request', 'grant_type is malformed', { cause })
      }
    },
  },
  'still takes passwords': {
    fault: 'an old client could not be moved, and its grant stayed',
    breaks: [rfc9700.passwordGrantRefused, rfc8414.grantTypes],
    apply: (grantType, offered) => (grantType === 'password' ? 'client_credentials' : supported(grantType, offered)),
  },
  'has given up a grant that it lists': {
    fault: 'services were moved to another server, and what this one lists was left as it was',
    breaks: [rfc8414.grantTypes],
    apply: (grantType, offered) =>
      supported(
        grantType,
        offered.filter((one) => one !== 'client_credentials'),
      ),
  },
})

export const clientMayUseGrant = mutants(rules.clientMayUseGrant, {
  'lets every client use every grant': { fault: 'grant_types is stored at registration and never read', apply() {} },
  'blames the grant': {
    fault: 'invalid_grant sounds like what it is',
    apply(client, grantType) {
      if (!client.grantTypes.includes(grantType))
        throw new OAuthError('invalid_grant', 'the client may not use this grant_type')
    },
  },
})

export const clientIsConfidential = mutants(rules.clientIsConfidential, {
  'lets public clients in': { fault: 'the registration lists the grant, and that is thought to be enough', apply() {} },
  'trusts what is installed': {
    fault: 'an installed app is thought to keep to itself what it has',
    apply(client) {
      if (client.authMethod === 'none' && client.applicationType === 'web')
        throw new OAuthError('unauthorized_client', 'a web page keeps no secret')
    },
  },
})

export const clientCredentialsScope = mutants(rules.clientCredentialsScope, {
  'grants whatever is asked for': {
    fault: 'scope is copied into the token',
    breaks: [rfc6749.invalidScope, rfc7591.scopeLimits],
    apply: (client, asked) => asked?.split(' ') ?? scope(client, asked),
  },
  'looks for the text in the text': {
    fault: 'the scope of the client is one text, and contains is at hand',
    breaks: [rfc6749.invalidScope],
    apply(client, asked) {
      const own = scope(client, undefined).join(' ')
      return asked !== undefined && own.includes(asked) ? asked.split(' ') : scope(client, asked)
    },
  },
  'checks the first value': {
    fault: 'scope is read as one value and found to begin well',
    breaks: [rfc6749.invalidScope],
    apply(client, asked) {
      scope(client, asked?.split(' ')[0])
      return asked?.split(' ') ?? scope(client, asked)
    },
  },
  'calls it a bad request': {
    fault: 'everything that is wrong with a parameter is invalid_request',
    breaks: [rfc6749.invalidScope],
    apply(client, asked) {
      try {
        return scope(client, asked)
      } catch (cause) {
        throw new OAuthError('invalid_request', 'scope is wrong', { cause })
      }
    },
  },
})

export const clientCredentialsRefresh = mutants(rules.clientCredentialsRefresh, {
  'adds a refresh token': { fault: 'all grants share the code that answers them', apply: () => true },
  'adds one where it is asked for': {
    fault: 'offline_access brings a refresh token, and nobody asked by which grant',
    apply: (asked) => asked?.split(' ').includes('offline_access') ?? false,
  },
})

let issued = 0

export const newSecret = mutants(rules.newSecret, {
  counts: {
    fault: 'a serial number is unique, and unique was taken for unguessable',
    breaks: [rfc6749.tokensUnguessable],
    apply: () => `${Date.now()}${++issued}`,
  },
  'makes them short': {
    fault: 'sixty-four bits fit the column of an old table',
    breaks: [rfc6749.tokensUnguessable],
    apply: () => randomBytes(8).toString('base64url'),
  },
  'makes short refresh tokens': {
    fault: 'refresh tokens are kept in the table of sessions, whose key is sixteen letters wide',
    breaks: [rfc6749.tokensUnguessable, rfc6749.tokensHardToGuess],
    apply: (of) => (of === 'refresh token' ? randomBytes(12).toString('base64url') : secret()),
  },
  'seeds its generator by the second': {
    fault: 'the generator of the language is seeded with the time, at every use, so one second has one secret',
    apply: () =>
      createHash('sha256')
        .update(String(Math.floor(Date.now() / 1000)))
        .digest('base64url'),
  },
  'takes a uuid': {
    fault: 'a random UUID has 122 bits, and looks as if it had 128',
    breaks: [rfc6749.tokensUnguessable, rfc6749.tokensHardToGuess],
    apply: () => randomUUID(),
  },
})

export const tokenResponseBody = mutants(rules.tokenResponseBody, {
  'leaves out the type': {
    fault: 'there is one type of token, so why name it',
    breaks: [rfc6749.tokenResponse],
    apply: ({ token_type: _left, ...rest }) => rest,
  },
  'writes names in camel case': {
    fault: 'the serialiser turns every name into the style of the house',
    breaks: [rfc6749.tokenResponse],
    apply: ({ access_token: accessToken, token_type: tokenType, ...rest }) => ({ ...rest, accessToken, tokenType }),
  },
  'names the format for the type': {
    fault: 'the token is a JWT, so token_type says so',
    breaks: [oidcCore.tokenTypeBearer],
    apply: (response) => ({ ...response, token_type: 'JWT' }),
  },
  'writes the lifetime as text': {
    fault: 'the value comes from the environment and was never made a number',
    breaks: [rfc6749.tokenExpiryIsNumber],
    apply: (response) => ({ ...response, expires_in: String(response.expires_in) }),
  },
  'does not say what was granted': {
    fault: 'scope is optional, so it was left out',
    breaks: [rfc6749.scopeReturnedWhenChanged, oauth21.scopeReturned],
    apply: ({ scope: _left, ...rest }) => rest,
  },
  'writes what there is not': {
    fault: 'the serialiser writes every field of the record, and those without a value as null',
    breaks: [oauth21.noNullMembers],
    apply: (response) => ({ refresh_token: null, id_token: null, ...response }),
  },
})

export const tokenResponseHeaders = mutants(rules.tokenResponseHeaders, {
  'says nothing of caches': {
    fault: 'a POST is not cached anyway',
    breaks: [rfc6749.noStore, rfc6749.pragmaNoCache],
    apply: () => ({ 'content-type': 'application/json', 'cache-control': '' }),
  },
  'lets the browser store': {
    fault: 'private keeps a shared cache out and was thought to be enough',
    breaks: [rfc6749.noStore],
    apply: () => ({ ...headers(), 'cache-control': 'private, max-age=0' }),
  },
  'leaves out pragma': {
    fault: 'Pragma is a relic of HTTP/1.0',
    breaks: [rfc6749.pragmaNoCache],
    apply: () => ({ 'content-type': 'application/json', 'cache-control': 'no-store' }),
  },
  'calls it text': {
    fault: 'the framework answers with its default type where a text is returned',
    breaks: [rfc6749.tokenResponseJson],
    apply: () => ({ ...headers(), 'content-type': 'text/html; charset=utf-8' }),
  },
})

export const errorBody = mutants(rules.errorBody, {
  'has a shape of its own': {
    fault: 'all APIs of the house report errors as code and message',
    breaks: [rfc6749.errorJson],
    apply: (error) => ({ code: error.code, message: error.message }),
  },
  'nests the error': {
    fault: 'an envelope for errors wraps what is inside',
    breaks: [rfc6749.errorJson],
    apply: (error) => ({ error: body(error) }),
  },
  'writes what there is not': {
    fault: 'the serialiser writes every field of the record, and those without a value as null',
    breaks: [oauth21.noNullMembers],
    apply: (error) => ({ ...body(error), error_uri: null }),
  },
  'quotes in the description': {
    fault: 'a wrong value is easier to find between quotation marks',
    breaks: [rfc6749.errorDescriptionCharset],
    apply: (error) => ({ ...body(error), error_description: `the request was refused: "${error.message}"` }),
  },
})

export const errorStatus = mutants(rules.errorStatus, {
  'answers 200': { fault: 'the error is in the body, and the transport went well', apply: () => 200 },
  'fails at what it cannot read': {
    fault: 'the parser throws, and what is thrown is reported as a failure of the server',
    breaks: [rfc6749.errorStatus],
    apply: (error, usedHeader) => (error.code === 'invalid_request' ? 500 : status(error, usedHeader)),
  },
  'answers 422': {
    fault: 'what is understood and refused is unprocessable elsewhere',
    breaks: [rfc6749.errorStatus],
    apply: (error, usedHeader) => (error.code === 'invalid_client' ? status(error, usedHeader) : 422),
  },
  'answers 400 to all': {
    fault: '400 is the status of OAuth errors, and the exception was overlooked',
    breaks: [rfc6749.invalidClientStatus],
    apply: () => 400,
  },
})

export const clientChallenge = mutants(rules.clientChallenge, {
  'sends no challenge': { fault: 'browsers open a dialogue when they see one', apply: () => undefined },
  'challenges with bearer': {
    fault: 'the helper that challenges is the one of protected resources',
    apply: (error, usedHeader) =>
      error.code === 'invalid_client' && usedHeader ? 'Bearer realm="clients"' : undefined,
  },
})
