import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { seconds } from '../clock.ts'
import { parseJwt, signatureIsRight } from '../jwt.ts'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import * as rules from '../rules/introspection.ts'

const { apply: active } = rules.activeAnswer
const { apply: inactive } = rules.inactiveAnswer
const { apply: mayKnow } = rules.callerMayKnow
const { apply: caller } = rules.introspectionCaller

const nobody = {
  clientId: '',
  authMethod: 'none',
  redirectUris: [],
  grantTypes: [],
  scopes: [],
  keys: [],
  applicationType: 'web',
  name: '',
} as const

export const introspectionCaller = mutants(rules.introspectionCaller, {
  'asks nobody who they are': {
    fault: 'the endpoint was meant for the inner network',
    breaks: [rfc7662.callerAuthorized],
    apply: async (authenticate) => await authenticate().catch(() => nobody),
  },
  'asks only whoever knows the password': {
    fault: 'who fails to authenticate may go on as a guest, as on the pages of the site',
    breaks: [rfc7662.callerAuthorized, rfc7662.badCredentialsRefused],
    async apply(authenticate, methods) {
      try {
        return await caller(authenticate, methods)
      } catch (error) {
        if (error instanceof OAuthError && error.code === 'invalid_client') return nobody
        throw error
      }
    },
  },
  'says that the token is inactive': {
    fault: 'whoever cannot show who they are is told as little as possible, in the form of an error in the request',
    breaks: [rfc7662.badCredentialsRefused],
    async apply(authenticate, methods) {
      try {
        return await caller(authenticate, methods)
      } catch (error) {
        if (!(error instanceof OAuthError)) throw error
        throw new OAuthError('invalid_request', error.message)
      }
    },
  },
})

export const introspectionBearer = mutants(rules.introspectionBearer, {
  'takes any token': {
    fault: 'a token that is good is taken for one that is good for this',
    config: { introspectionByBearer: true },
    apply(token, isActive) {
      if (token === undefined || !isActive) throw new OAuthError('invalid_token', 'the access token is wrong')
      return token
    },
  },
  'calls it a bad request': {
    fault: 'the token of the caller and the token of the question are read by the same code',
    config: { introspectionByBearer: true },
    apply(token, isActive) {
      if (token === undefined || !isActive) throw new OAuthError('invalid_request', 'the access token is wrong')
      return token
    },
  },
})

export const callerMayKnow = mutants(rules.callerMayKnow, {
  'tells any client about any token': {
    fault: 'whoever has authenticated is taken for a resource server',
    breaks: [rfc7662.callersSelected],
    apply: () => true,
  },
  'goes by the scopes of the caller': {
    fault: 'who may ask for a scope is taken for somebody who serves it',
    breaks: [rfc7662.callersSelected],
    apply: (client, { token }) => token.scopes.every((scope) => client.scopes.includes(scope)),
  },
  'forbids it': {
    fault: 'who asks for what is not theirs is told so, as everywhere else',
    breaks: [rfc7662.hiddenTokenInactive],
    apply(client, described) {
      if (!mayKnow(client, described)) throw new OAuthError('access_denied', 'the token is meant for somebody else')
      return true
    },
  },
  'calls it somebody elses grant': {
    fault: 'the comparison is that of the token endpoint, and so is its error',
    breaks: [rfc7662.hiddenTokenInactive],
    apply(client, described) {
      if (!mayKnow(client, described)) throw new OAuthError('invalid_grant', 'the token was issued to another client')
      return true
    },
  },
})

export const tokenTypesToDescribe = mutants(rules.tokenTypesToDescribe, {
  'takes the hint at its word': {
    fault: 'the hint is read as the name of a table',
    apply: (hint) => (hint === 'refresh_token' ? ['refresh_token'] : ['access_token']),
  },
  'looks for refresh tokens by hint alone': {
    fault: 'resource servers see access tokens, so these are looked for unless the hint says otherwise',
    apply: (hint) => (hint === 'access_token' ? ['access_token'] : ['access_token', 'refresh_token']),
  },
})

export const tokenOfAnotherKind = mutants(rules.tokenOfAnotherKind, {
  'describes codes': {
    fault: 'whatever is issued stands in one table, and the column that says what it is was not asked for',
    async apply(value, _caller, store) {
      const code = await store.findCode(value)
      return code && { ...code, id: value, sub: '', scopes: [], issuedAt: 0 }
    },
  },
  'describes what clients signed': {
    fault: 'a JWT is looked at with all keys that the server knows, those of its clients among them',
    async apply(value, { clientId, keys }) {
      const jwt = parseJwt(value)
      const isSigned = jwt !== undefined && keys.some((key) => signatureIsRight(jwt, key, 'ES256'))
      const expiresAt = Number(jwt?.claims['exp']) * 1000
      return isSigned ? { id: value, clientId, sub: clientId, scopes: [], issuedAt: 0, expiresAt } : undefined
    },
  },
})

export const refreshTokenIsUnspent = mutants(rules.refreshTokenIsUnspent, {
  'does not look': { fault: 'a spent token is kept to notice replays, and is found like any other', apply: () => true },
})

export const activeAnswer = mutants(rules.activeAnswer, {
  'writes the truth as text': {
    fault: 'all values of a cache are texts',
    breaks: [rfc7662.activeMember],
    apply: (facts) => ({ ...active(facts), active: 'true' }),
  },
  'lets the claims speak': {
    fault: 'a token that is described is thought to be active',
    breaks: [rfc7662.activeMember],
    apply(facts) {
      const { active: _left, ...rest } = active(facts)
      return rest
    },
  },
  'lists the scopes': {
    fault: 'the scopes are a list in the record, and JSON has lists',
    breaks: [rfc7662.scopeMember],
    apply: (facts) => ({ ...active(facts), scope: facts.token.scopes }),
  },
  'tells more scope than was granted': {
    fault: 'the scope is read from the registration of the client',
    breaks: [rfc7662.scopeMember],
    apply: (facts) => ({ ...active(facts), scope: `${facts.token.scopes.join(' ')} api:admin` }),
  },
  'names whoever asks': {
    fault: 'the client at hand is the one that has just authenticated, and its name is put there by its key',
    breaks: [rfc7662.clientMember],
    apply: (facts) => ({ ...active(facts), client_id: `${facts.token.clientId}@clients` }),
  },
  'writes names as objects': {
    fault: 'the person is serialized with all that belongs to a name',
    breaks: [rfc7662.usernameMember],
    apply: (facts) => ({ ...active(facts), username: { given: facts.username } }),
  },
  'says what kind of token it is': {
    fault: 'the type of a token is taken for its kind, as the hint has it',
    breaks: [rfc7662.tokenTypeMember],
    apply: (facts) => ({ ...active(facts), token_type: 'access_token' }),
  },
  'writes dates': {
    fault: 'a JSON library writes dates its own way',
    breaks: [rfc7662.expiryMember, rfc7662.issuedAtMember, rfc7662.notBeforeMember],
    apply(facts) {
      const { exp, iat, nbf, ...rest } = active(facts)
      const date = (time: unknown) => new Date(Number(time) * 1000).toISOString()
      return { ...rest, exp: date(exp), iat: date(iat), nbf: date(nbf) }
    },
  },
  'counts milliseconds': {
    fault: 'the clock of the platform counts milliseconds',
    breaks: [rfc7662.expiryMember, rfc7662.issuedAtMember, rfc7662.notBeforeMember],
    apply(facts) {
      const { exp, iat, nbf, ...rest } = active(facts)
      return { ...rest, exp: Number(exp) * 1000, iat: Number(iat) * 1000, nbf: Number(nbf) * 1000 }
    },
  },
  'lets it expire with the session': {
    fault: 'the record in the cache has an expiry of its own',
    breaks: [rfc7662.expiryMember],
    apply: (facts) => ({ ...active(facts), exp: seconds(facts.token.expiresAt) + 3600 }),
  },
  'writes the subject as a number': {
    fault: 'the primary key of a person is a number and is written as one',
    breaks: [rfc7662.subjectMember],
    apply: (facts) => ({ ...active(facts), sub: Number(facts.sub) }),
  },
  'describes the audience': {
    fault: 'the resource servers are objects, and are written whole',
    breaks: [rfc7662.audienceMember],
    apply: (facts) => ({ ...active(facts), aud: [{ resource: facts.audience }] }),
  },
  'names the product': {
    fault: 'the issuer is whoever made the server',
    breaks: [rfc7662.issuerMember],
    apply: (facts) => ({ ...active(facts), iss: ['reference', 'server'] }),
  },
  'numbers the tokens': {
    fault: 'a table has a counter, which is unique as well',
    breaks: [rfc7662.tokenIdMember],
    apply: (facts) => ({ ...active(facts), jti: facts.token.expiresAt }),
  },
})

export const inactiveAnswer = mutants(rules.inactiveAnswer, {
  'says why': {
    fault: 'an explanation saves a call to support',
    breaks: [rfc7662.inactiveSaysNothing],
    apply: (token) => ({ ...inactive(token), reason: token === undefined ? 'unknown' : 'expired or revoked' }),
  },
  'describes what has expired': {
    fault: 'the record is still there, and so is what it says',
    breaks: [rfc7662.inactiveSaysNothing],
    apply: (token) => ({
      ...inactive(token),
      ...(token !== undefined && { client_id: token.clientId, exp: seconds(token.expiresAt) }),
    }),
  },
  'answers with an error': {
    fault: 'a token that is not found is an error elsewhere',
    breaks: [rfc7662.unknownTokenInactive],
    apply: () => ({ error: 'invalid_token' }),
  },
  'answers with nothing': {
    fault: 'what is not there is not described',
    breaks: [rfc7662.unknownTokenInactive],
    apply: () => ({}),
  },
})

export const introspectionHeaders = mutants(rules.introspectionHeaders, {
  'sends text': {
    fault: 'the answer is written as text, and the framework says so',
    apply: () => ({ 'content-type': 'text/plain; charset=utf-8' }),
  },
  'says that it is a JWT': {
    fault: 'the type is that of the signed form, whatever the form',
    apply: () => ({ 'content-type': 'application/token-introspection+jwt' }),
  },
})
