import { setTimeout as delay } from 'node:timers/promises'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { seconds } from '../clock.ts'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import * as rules from '../rules/protected-resource.ts'

const { apply: bearer } = rules.bearerToken
const { apply: denial } = rules.bearerDenial
const { apply: active } = rules.activeAnswer
const { apply: inactive } = rules.inactiveAnswer

export const bearerToken = mutants(rules.bearerToken, {
  'does not read the header': {
    fault: 'a proxy takes the header away before the resource sees it',
    apply: () => undefined,
  },
  'cuts what is too long': {
    fault: 'the column is 255 characters wide',
    apply: (authorization) => bearer(authorization)?.slice(0, 255),
  },
})

export const tokenIsGenuine = mutants(rules.tokenIsGenuine, {
  'calls it a bad request': {
    fault: 'a token that is not found is reported like one that is missing',
    apply(token) {
      if (token === undefined) throw new OAuthError('invalid_request', 'the access token is wrong')
      return token
    },
  },
  'says it lacks scope': {
    fault: 'no token has no scope, and that is where the request stops',
    apply(token) {
      if (token === undefined) throw new OAuthError('insufficient_scope', 'the access token is wrong')
      return token
    },
  },
})

export const tokenIsCurrent = mutants(rules.tokenIsCurrent, {
  'never expires': { fault: 'the expiry is stored but not compared', apply: () => true },
  'compares seconds with milliseconds': {
    fault: 'the clock is in seconds and the expiry in milliseconds, so it always lies ahead',
    apply: (token, now) => token.expiresAt > seconds(now),
  },
})

export const tokenIsNotRevoked = mutants(rules.tokenIsNotRevoked, {
  'looks at the token alone': {
    fault: 'a token has no mark of its own, and its grant is not looked up',
    apply: () => true,
  },
})

export const tokenHasScope = mutants(rules.tokenHasScope, {
  'asks for no scope': { fault: 'a valid token is taken for a sufficient one', apply() {} },
  'asks for some scope': {
    fault: 'a token with any scope at all is let in',
    apply(token) {
      if (token.scopes.length === 0) throw new OAuthError('insufficient_scope', 'the access token has no scope')
    },
  },
})

export const bearerDenial = mutants(rules.bearerDenial, {
  'sends no challenge': {
    fault: 'browsers open a dialogue when they see one',
    breaks: [rfc6750.challenge, oidcCore.userinfoError],
    apply: (error) => ({ status: denial(error).status }),
  },
  'challenges with basic': {
    fault: 'the framework challenges on its own where the status is 401',
    breaks: [rfc6750.challengeBearer],
    apply: (error) => ({ status: denial(error).status, challenge: 'Basic realm="userinfo"' }),
  },
  'blames a token that never came': {
    fault: 'no token is treated like a wrong one',
    breaks: [rfc6750.noErrorWithoutToken],
    apply: (error) => denial(error ?? new OAuthError('invalid_token', 'there is no token')),
  },
  'forbids what it does not know': {
    fault: 'a request that brought a token is authenticated, so what is wrong with it is forbidden',
    breaks: [rfc6750.invalidToken, oidcCore.userinfoError],
    apply: (error) => ({ ...denial(error), status: error === undefined ? 401 : 403 }),
  },
  'does not say what is wrong': {
    fault: 'the challenge is a constant',
    breaks: [rfc6750.invalidToken, oidcCore.userinfoError],
    apply: (error) => ({ status: denial(error).status, challenge: 'Bearer realm="userinfo"' }),
  },
  'answers 401 to all': {
    fault: 'the status goes with the challenge',
    breaks: [rfc6750.insufficientScope],
    apply: (error) => ({ ...denial(error), status: 401 }),
  },
})

export const introspectionCaller = mutants(rules.introspectionCaller, {
  'asks nobody who they are': { fault: 'the endpoint was meant for the inner network', async apply() {} },
  'takes a public client': {
    fault: 'a client that authenticates by nothing has authenticated',
    apply: async (authenticate) => void (await authenticate()),
  },
})

export const activeAnswer = mutants(rules.activeAnswer, {
  'writes the truth as text': {
    fault: 'all values of a cache are texts',
    apply: (token, issuer) => ({ ...active(token, issuer), active: 'true' }),
  },
  'lets the claims speak': {
    fault: 'a token that is described is thought to be active',
    apply(token, issuer) {
      const { active: _left, ...rest } = active(token, issuer)
      return rest
    },
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
      ...(token !== undefined && { sub: token.sub, client_id: token.clientId, exp: seconds(token.expiresAt) }),
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

export const revokerOwnsToken = mutants(rules.revokerOwnsToken, {
  'revokes for anyone': { fault: 'whoever holds a token is taken to own it', apply() {} },
  'trusts whoever authenticated': {
    fault: 'only public clients are compared, for the others have shown who they are',
    apply(client, token) {
      if (client.authMethod === 'none' && token.clientId !== client.clientId)
        throw new OAuthError('invalid_grant', 'the token belongs to another client')
    },
  },
})

export const tokenTypesToSearch = mutants(rules.tokenTypesToSearch, {
  'searches one type': {
    fault: 'the hint is read as the name of a table',
    apply: (hint) => (hint === 'refresh_token' ? ['refresh_token'] : ['access_token']),
  },
  'takes the hint at its word': {
    fault: 'the hint tells where the token is, so it is looked for nowhere else',
    breaks: [rfc7009.unknownHintIgnored],
    apply: (hint) => (hint === 'access_token' ? ['access_token'] : ['refresh_token', 'access_token']),
  },
  'refuses hints that it does not know': {
    fault: 'a schema lists the hints',
    breaks: [rfc7009.invalidHintIgnored],
    apply(hint) {
      if (hint !== undefined && hint !== 'access_token' && hint !== 'refresh_token')
        throw new OAuthError('invalid_request', 'token_type_hint is unknown')
      return ['refresh_token', 'access_token']
    },
  },
})

export const revocationEndsGrant = mutants(rules.revocationEndsGrant, {
  'leaves refresh tokens alone': { fault: 'the revocation was built for access tokens', apply: () => false },
  'ends the wrong grants': { fault: 'the two types were mixed up', apply: (kind) => kind === 'access_token' },
})

export const unknownTokenRevoked = mutants(rules.unknownTokenRevoked, {
  'answers 404': { fault: 'what is not found is answered so elsewhere', apply: () => 404 },
  'answers 400': { fault: 'a token that is unknown is thought to be malformed', apply: () => 400 },
})

export const tokenSignatureIsRight = mutants(rules.tokenSignatureIsRight, {
  'does not verify': { fault: 'the JWT is decoded where it should be verified', apply: () => true },
  'looks at the length': {
    fault: 'the signature is there and complete, which looks like a check',
    apply: (jwt) => jwt.signature.length > 80,
  },
})

export const revokedAccessToken = mutants(rules.revokedAccessToken, {
  'keeps it': { fault: 'a JWT is valid until it expires, so nothing is done', async apply() {} },
  'removes it later': {
    fault: 'a queue takes the work, and the answer does not wait for it',
    async apply(token, store) {
      void delay(5000, undefined, { ref: false }).then(async () => await store.removeAccessToken(token.id))
    },
  },
})
