import { setTimeout as delay } from 'node:timers/promises'
import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import * as rules from '../rules/revocation.ts'
import type { Store } from '../store.ts'

const ownerOf = async (token: string, store: Store) =>
  await store.findClient((await store.findRefreshToken(token))?.clientId ?? '')

export const revokingClient = mutants(rules.revokingClient, {
  'lets a token speak for its client': {
    fault: 'whoever holds a token can do worse than to revoke it, so nobody is asked',
    apply: async (authenticate, token, store) => (await ownerOf(token, store)) ?? (await authenticate()),
  },
  'asks confidential clients alone': {
    fault: 'a public client has nothing to show, so its name was thought to be of no use',
    async apply(authenticate, token, store) {
      const owner = await ownerOf(token, store)
      return owner?.authMethod === 'none' ? owner : await authenticate()
    },
  },
})

export const tokenIsNamed = mutants(rules.tokenIsNamed, {
  'revokes nothing': { fault: 'no token is an unknown token, and that is no error', apply: (token) => token ?? '' },
  'calls it an unsupported type': {
    fault: 'the type of nothing is none that the server knows',
    apply(token) {
      if (token === undefined) throw new OAuthError('unsupported_token_type', 'token is missing')
      return token
    },
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
  'looks no further than refresh tokens': {
    fault: 'the hint of a refresh token is believed, for those are found fastest',
    breaks: [rfc7009.unknownHintIgnored],
    apply: (hint) => (hint === 'refresh_token' ? ['refresh_token'] : ['refresh_token', 'access_token']),
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

export const accessTokenIsRevocable = mutants(rules.accessTokenIsRevocable, {
  'says that it cannot': {
    fault: 'access tokens live so briefly that nobody thought it worth the trouble',
    breaks: [rfc7009.accessTokensRevocable],
    config: { accessTokenFormat: 'opaque' },
    apply() {
      throw new OAuthError('unsupported_token_type', 'access tokens are not revoked')
    },
  },
  'calls it a bad request': {
    fault: 'what is no refresh token is no token that this endpoint knows',
    breaks: [rfc7009.unsupportedTypeReported],
    apply() {
      throw new OAuthError('invalid_request', 'token is no refresh token')
    },
  },
  'calls it a bad grant': {
    fault: 'the endpoint shares its code with the refresh grant',
    breaks: [rfc7009.unsupportedTypeReported],
    apply() {
      throw new OAuthError('invalid_grant', 'the refresh token is unknown')
    },
  },
})

export const revocationEndsGrant = mutants(rules.revocationEndsGrant, {
  'leaves refresh tokens alone': { fault: 'the revocation was built for access tokens', apply: () => false },
  'ends the wrong grants': { fault: 'the two types were mixed up', apply: (kind) => kind === 'access_token' },
})

export const endedGrant = mutants(rules.endedGrant, {
  'leaves it to a nightly job': { fault: 'the grant is marked for a job that has not run yet', async apply() {} },
  'ends it later': {
    fault: 'a queue takes the work, and the answer does not wait for it',
    async apply(grantId, store) {
      void delay(5000, undefined, { ref: false }).then(async () => await store.revokeGrant(grantId))
    },
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

export const revocationStatus = mutants(rules.revocationStatus, {
  'answers 204': { fault: 'an answer without a body is answered so elsewhere', apply: () => 204 },
  'answers 202': { fault: 'the revocation is put into a queue, and 202 says so', apply: () => 202 },
})

export const unknownTokenRevoked = mutants(rules.unknownTokenRevoked, {
  'answers 404': { fault: 'what is not found is answered so elsewhere', apply: () => 404 },
  'answers 400': { fault: 'a token that is unknown is thought to be malformed', apply: () => 400 },
})
