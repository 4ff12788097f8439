import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import * as codes from '../rules/authorization-code.ts'
import * as clients from '../rules/client-authentication.ts'
import * as refreshTokens from '../rules/refresh-token.ts'
import * as rules from '../rules/token-endpoint.ts'

const { apply: params } = rules.tokenParams
const { apply: supported } = rules.grantTypeIsSupported
const { apply: scope } = rules.clientCredentialsScope
const { apply: basic } = clients.basicCredentials
const { apply: fresh } = codes.codeIsFresh
const { apply: knownToken } = refreshTokens.refreshTokenIsKnown

export const tokenMethods = mutants(rules.tokenMethods, {
  'answers GET as well': {
    fault: 'the route is declared for every method, as it is quicker to try in a browser',
    apply: () => ['POST', 'GET'],
  },
  'answers PUT as well': {
    fault: 'the route is declared for whatever carries a body',
    apply: () => ['POST', 'PUT'],
  },
})

export const tokenParams = mutants(rules.tokenParams, {
  'reads names in any case': {
    fault: 'the collection that the framework puts parameters into has no case, as those for headers have none',
    breaks: [rfc6749.paramsCaseSensitive],
    apply: (raw) => params(raw.map(([name, value]) => [name.toLowerCase(), value])),
  },
})

export const grantTypeIsSupported = mutants(rules.grantTypeIsSupported, {
  'ignores case': {
    fault: 'an enumeration is parsed without regard to case',
    breaks: [rfc6749.paramsCaseSensitive],
    apply: (grantType, offered) => supported(grantType.toLowerCase(), offered),
  },
})

export const unnamedClient = mutants(clients.unnamedClient, {
  'takes the client of the code': {
    fault: 'the code leads to its client, so the client need not say who it is',
    breaks: [rfc6749.publicClientNamed],
    async apply(request, store) {
      const code = await store.findCode(request.get('code') ?? '')
      return code && (await store.findClient(code.clientId))
    },
  },
  'takes the public client of the code': {
    fault: 'the code leads to its client, and of one without credentials nothing more can be asked',
    breaks: [rfc6749.publicClientNamed],
    async apply(request, store) {
      const code = await store.findCode(request.get('code') ?? '')
      const client = code && (await store.findClient(code.clientId))
      return client?.authMethod === 'none' ? client : undefined
    },
  },
  'takes the client of the refresh token': {
    fault: 'a refresh token is a secret that the client alone has, which seemed to be proof enough',
    breaks: [rfc6749.refreshAuthenticated],
    async apply(request, store) {
      const token = await store.findRefreshToken(request.get('refresh_token') ?? '')
      return token && (await store.findClient(token.clientId))
    },
  },
})

export const basicCredentials = mutants(clients.basicCredentials, {
  'reads octets as Latin-1': {
    fault: 'the decoder for escapes gives octets, and octets become text by the default of the platform',
    apply(authorization) {
      const { secret = '', ...rest } = basic(authorization)
      return { ...rest, secret: Buffer.from(secret).toString('latin1') }
    },
  },
})

export const clientCredentialsScope = mutants(rules.clientCredentialsScope, {
  'ignores case': {
    fault: 'scopes are kept in small letters and compared so',
    breaks: [rfc6749.scopeCaseSensitive],
    apply: (client, asked) => scope(client, asked?.toLowerCase()),
  },
  'compares the scope as one text': {
    fault: 'the scope of a client is one text in the table, and what is asked for has to be found in it',
    breaks: [rfc6749.scopeOrderFree],
    apply(client, asked) {
      if (asked !== undefined && !scope(client, undefined).join(' ').includes(asked))
        throw new OAuthError('invalid_scope', 'scope is not that of the client')
      return scope(client, asked)
    },
  },
  'grants what comes first': {
    fault: 'scope is read as one value, and what stands behind a space is something else',
    breaks: [rfc6749.scopeOrderFree],
    apply: (client, asked) => scope(client, asked?.split(' ')[0]),
  },
})

const spent = new WeakMap<object, Set<string>>()

export const codeIsSingleUse = mutants(codes.codeIsSingleUse, {
  'spends it after the answer': {
    fault: 'a job marks the code as spent once the answer is out, so that the client need not wait for it',
    breaks: [rfc6749.codeSingleUse, rfc9700.codeInvalidated],
    async apply(code, store) {
      const seen = spent.get(store) ?? new Set()
      spent.set(store, seen)
      if (seen.has(code.value)) throw new OAuthError('invalid_grant', 'the code was already redeemed')
      setTimeout(() => seen.add(code.value), 1000).unref()
    },
  },
})

const tenMinutes = 10 * 60_000

export const codeIsFresh = mutants(codes.codeIsFresh, {
  'lives ten minutes longer': {
    fault: 'a code lives as long as it may, and clocks that differ are forgiven as much again',
    apply: (code, now) => fresh({ ...code, expiresAt: code.expiresAt + 2 * tenMinutes }, now),
  },
})

export const codeIsKnown = mutants(codes.codeIsKnown, {
  'calls it a bad request': {
    fault: 'a code that is not found is reported like one that is missing',
    breaks: [rfc6749.invalidGrant],
    async apply(value, store) {
      const code = await store.findCode(value)
      if (code === undefined) throw new OAuthError('invalid_request', 'code is wrong')
      return code
    },
  },
})

export const refreshTokenIsKnown = mutants(refreshTokens.refreshTokenIsKnown, {
  'calls the client unauthorized': {
    fault: 'a client whose token is not found may not refresh, and is told so',
    breaks: [rfc6749.invalidGrant],
    async apply(value, store) {
      const token = await store.findRefreshToken(value)
      if (token === undefined) throw new OAuthError('unauthorized_client', 'the client may not refresh')
      return token
    },
  },
  'takes a code for a refresh token': {
    fault: 'codes and tokens are kept in one table, and nobody asks which of them was found',
    breaks: [rfc6749.refreshValid],
    config: { rotateRefreshTokens: false },
    async apply(value, store) {
      const code = await store.findCode(value)
      const grant = code && (await store.findGrant(code.grantId))
      if (code === undefined || grant === undefined) return await knownToken(value, store)
      return { value, grantId: grant.id, clientId: code.clientId, scopes: grant.scopes, expiresAt: code.expiresAt }
    },
  },
})
