import { oauth21 } from '../../core/spec/oauth21.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import * as rules from '../rules/refresh-token.ts'

const { apply: known } = rules.refreshTokenIsKnown
const { apply: scopeOf } = rules.refreshedScope

export const refreshTokenExpiry = mutants(rules.refreshTokenExpiry, {
  'lives for ever': {
    fault: 'rotation was thought to make an expiry superfluous',
    apply: () => Number.MAX_SAFE_INTEGER,
  },
  'takes seconds for days': {
    fault: 'the lifetime was configured in days until it was needed more finely, and one place still multiplies',
    apply: (now, lifetime) => now + lifetime * 24 * 3600 * 1000,
  },
})

export const refreshTokenIsKnown = mutants(rules.refreshTokenIsKnown, {
  'cuts what is too long': {
    fault: 'the column is as wide as a token, and the database cuts what is longer',
    breaks: [rfc6749.refreshValid, rfc6749.refreshTokensUnforgeable, rfc9700.refreshIntegrity],
    apply: async (value, store) => await known(value.slice(0, 43), store),
  },
  'trims white space': {
    fault: 'a form library trims every value',
    breaks: [rfc6749.refreshValid, rfc6749.refreshTokensUnforgeable],
    apply: async (value, store) => await known(value.trim(), store),
  },
  'calls it a bad request': {
    fault: 'a token that is not found is reported like one that is missing',
    breaks: [rfc6749.invalidGrant],
    async apply(value, store) {
      const token = await store.findRefreshToken(value)
      if (token === undefined) throw new OAuthError('invalid_request', 'refresh_token is wrong')
      return token
    },
  },
})

export const refreshTokenBelongsToClient = mutants(rules.refreshTokenBelongsToClient, {
  'refreshes for anyone': { fault: 'the token alone is taken as proof', apply() {} },
  'trusts whoever authenticated': {
    fault: 'only public clients are compared, for the others have shown who they are',
    breaks: [rfc6749.refreshBoundToClient],
    apply(token, client) {
      if (client.authMethod === 'none' && token.clientId !== client.clientId)
        throw new OAuthError('invalid_grant', 'the token belongs to another client')
    },
  },
  'trusts whoever did not': {
    fault: 'the name of a public client proves nothing, so nobody compares it',
    breaks: [oauth21.refreshBoundToName],
    apply(token, client) {
      if (client.authMethod !== 'none' && token.clientId !== client.clientId)
        throw new OAuthError('invalid_grant', 'the token belongs to another client')
    },
  },
})

export const refreshedGrantIsAlive = mutants(rules.refreshedGrantIsAlive, {
  'does not look': { fault: 'revoking a grant sets a mark that only access tokens are measured by', apply() {} },
})

export const refreshTokenRotates = mutants(rules.refreshTokenRotates, {
  'rotates for nobody': { fault: 'a refresh token is issued once, with the grant', apply: () => false },
  'rotates for confidential clients': {
    fault: 'the condition was written the wrong way round',
    apply: (client) => client.authMethod !== 'none',
  },
})

const spentBy = new WeakMap<object, Set<string>>()

const grace = 10_000
const firstUse = new WeakMap<object, Map<string, number>>()

export const refreshTokenIsSingleUse = mutants(rules.refreshTokenIsSingleUse, {
  'takes a token again and again': {
    fault: 'a new token is issued and the old one left alone',
    breaks: [rfc9700.refreshRotatedForPublic],
    async apply() {},
  },
  'reads before it writes': {
    fault: 'the token is looked up, then spent, with time for another request between the two',
    breaks: [rfc9700.refreshRotatedForPublic],
    async apply(token, rotates, store) {
      if (!rotates) return
      const seen = spentBy.get(store) ?? new Set()
      spentBy.set(store, seen)
      if (seen.has(token.value)) throw new OAuthError('invalid_grant', 'the refresh token was already used')
      await new Promise((resolve) => setTimeout(resolve, 50))
      seen.add(token.value)
    },
  },
  'takes a token again for a while': {
    fault: 'a grace window lets a client retry a lost response',
    breaks: [rfc9700.refreshRotatedForPublic],
    async apply(token, rotates, store) {
      if (!rotates) return
      const uses = firstUse.get(store) ?? new Map<string, number>()
      firstUse.set(store, uses)
      if (await store.spendRefreshToken(token.value)) uses.set(token.value, Date.now())
      else if (Date.now() - (uses.get(token.value) ?? 0) > grace)
        throw new OAuthError('invalid_grant', 'the refresh token was already used')
    },
  },
})

export const refreshReplayRevokes = mutants(rules.refreshReplayRevokes, {
  'revokes nothing': {
    fault: 'the replay is denied, and what the thief may already hold goes on working',
    async apply() {},
  },
})

export const refreshedScope = mutants(rules.refreshedScope, {
  'grants whatever is asked for': {
    fault: 'scope is copied into the token',
    breaks: [rfc6749.refreshScopeNotWidened, rfc9700.refreshBoundToScope],
    apply: (token, scope) => scope?.split(' ') ?? token.scopes,
  },
  'looks for the text in the text': {
    fault: 'the granted scope is one text, and contains is at hand',
    breaks: [rfc6749.refreshScopeNotWidened, rfc9700.refreshBoundToScope],
    apply: (token, scope) =>
      scope !== undefined && token.scopes.join(' ').includes(scope) ? scope.split(' ') : scopeOf(token, scope),
  },
  'ignores case': {
    fault: 'scopes are kept in small letters and compared so',
    breaks: [rfc6749.refreshScopeNotWidened, rfc9700.refreshBoundToScope],
    apply(token, scope) {
      scopeOf(token, scope?.toLowerCase())
      return scope?.split(' ') ?? token.scopes
    },
  },
  'asks for some overlap': {
    fault: 'some was written where every was meant',
    breaks: [rfc6749.refreshScopeNotWidened, rfc9700.refreshBoundToScope],
    apply(token, scope) {
      const asked = scope?.split(' ') ?? token.scopes
      if (!asked.some((one) => token.scopes.includes(one)))
        throw new OAuthError('invalid_scope', 'scope is more than was granted')
      return asked
    },
  },
  'grants the default where none is named': {
    fault: 'the default scope of authorization requests is used for refreshes too',
    breaks: [rfc6749.refreshScopeKept],
    apply: (token, scope) => (scope === undefined ? ['openid'] : scopeOf(token, scope)),
  },
  'grants nothing where none is named': {
    fault: 'a missing scope is read as an empty one',
    breaks: [rfc6749.refreshScopeKept],
    apply: (token, scope) => (scope === undefined ? [] : scopeOf(token, scope)),
  },
})

export const rotatedScope = mutants(rules.rotatedScope, {
  'forgets the scope': { fault: 'the new record is made without one', apply: () => [] },
  'narrows with the request': {
    fault: 'the new token takes the scope of the access token that it comes with',
    apply: (_token, refreshed) => refreshed,
  },
})
