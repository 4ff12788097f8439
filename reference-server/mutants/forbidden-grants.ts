import { randomBytes } from 'node:crypto'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { offering } from '../config.ts'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import { redirectUriMatches as matches } from '../rules/authorization-request.ts'
import {
  authMethodIsRegistered as isRegistered,
  secretMatches as secretIsRight,
} from '../rules/client-authentication.ts'
import * as rules from '../rules/forbidden-grants.ts'
import { errorState as stateOfErrors } from '../rules/redirect.ts'

const { apply: rightResponse } = rules.implicitResponse
const { apply: rightPassword } = rules.passwordIsRight

export const implicitResponse = mutants(rules.implicitResponse, {
  'adds a refresh token': {
    fault: 'one function makes every token response, in the fragment and in JSON',
    breaks: [rfc6749.implicitNoRefresh],
    config: offering('implicit'),
    apply: (response) => ({ ...rightResponse(response), refresh_token: randomBytes(32).toString('base64url') }),
  },
  'leaves the type to be guessed': {
    fault: 'there is but one type of token, so nobody names it',
    breaks: [rfc6749.implicitTokenResponse],
    config: offering('implicit'),
    apply: (response) => ({ ...rightResponse(response), token_type: undefined }),
  },
  'calls the token by another name': {
    fault: 'the parameter was named when the first draft of the specification was new',
    breaks: [rfc6749.implicitTokenResponse],
    config: offering('implicit'),
    apply(response) {
      const { access_token: token, ...rest } = rightResponse(response)
      return { ...rest, oauth_token: token }
    },
  },
  'tells when the token ends': {
    fault: 'the column of the database holds a date',
    breaks: [rfc6749.implicitExpiryIsNumber],
    config: offering('implicit'),
    apply: (response) => ({
      ...rightResponse(response),
      expires_in: new Date(Date.now() + response.expires_in * 1000).toISOString(),
    }),
  },
  'keeps the scope to itself': {
    fault: 'the scope is optional, and the URL was too long',
    breaks: [rfc6749.implicitScopeReturned],
    config: offering('implicit'),
    apply: (response) => ({ ...rightResponse(response), scope: undefined }),
  },
})

export const implicitState = mutants(rules.implicitState, {
  'drops the state': {
    fault: 'the state protects codes, and there is no code',
    config: offering('implicit'),
    apply: () => undefined,
  },
  'takes a plus for a space': {
    fault: 'the fragment is put together from a query that was decoded twice',
    config: offering('implicit'),
    apply: (state) => state?.replaceAll('+', ' '),
  },
})

export const errorState = mutants(stateOfErrors, {
  'drops the state of implicit requests': {
    fault: 'the script of the page that reports errors in fragments never had it',
    breaks: [rfc6749.implicitErrorState],
    config: offering('implicit'),
    apply: () => undefined,
  },
})

export const redirectUriMatches = mutants(matches, {
  'sends tokens wherever they are asked for': {
    fault: 'where a code goes is looked at again when it is redeemed, and that was thought to be enough',
    breaks: [rfc6749.implicitRedirectUriVerified],
    config: offering('implicit'),
    apply(client, redirectUri, params) {
      if (params?.get('response_type') !== 'token') matches.apply(client, redirectUri, params)
    },
  },
  'sends tokens anywhere below the registered URI': {
    fault: 'single-page apps have a path for each of their views, so a prefix is enough for them',
    breaks: [rfc6749.implicitRedirectUriVerified],
    config: offering('implicit'),
    apply(client, redirectUri, params) {
      const isBelow = client.redirectUris.some((registered) => redirectUri.startsWith(registered))
      if (params?.get('response_type') !== 'token' || !isBelow) matches.apply(client, redirectUri, params)
    },
  },
})

export const authMethodIsRegistered = mutants(isRegistered, {
  'trusts whoever knows a password': {
    fault: 'the password of a person is the credential of the request, so that of the client is not missed',
    breaks: [rfc6749.passwordClientRequired],
    config: offering('password'),
    apply(client, credentials) {
      if (credentials.method !== 'none') isRegistered.apply(client, credentials)
    },
  },
})

export const secretMatches = mutants(secretIsRight, {
  'trusts whoever names a client': {
    fault: 'the middleware that reads credentials leaves comparing them to the handler, and this one compares another',
    breaks: [rfc6749.passwordClientAuthenticated],
    config: offering('password'),
    apply() {},
  },
  'lets more stand behind the secret': {
    fault: 'the comparison ends where the shorter of the two does',
    breaks: [rfc6749.passwordClientAuthenticated],
    config: offering('password'),
    apply(client, secret) {
      if (client.secret === undefined || !secret.startsWith(client.secret)) secretIsRight.apply(client, secret)
    },
  },
})

const wrong = () => new OAuthError('invalid_grant', 'the user name or the password is wrong')

export const passwordIsRight = mutants(rules.passwordIsRight, {
  'looks at the user name alone': {
    fault: 'the client is trusted, and is thought to have looked at the password',
    config: offering('password'),
    apply(users, username) {
      const user = users.find((one) => one.username === username)
      if (user === undefined) throw wrong()
      return user
    },
  },
  'reads eight characters': {
    fault: 'the directory still keeps what crypt makes of a password, which is cut off after eight characters',
    config: offering('password'),
    apply(users, username, password) {
      const user = users.find((one) => one.username === username)
      if (user === undefined || user.password.slice(0, 8) !== password.slice(0, 8)) throw wrong()
      return user
    },
  },
  'takes the password of anybody': {
    fault: 'the query joins the two conditions with OR',
    config: offering('password'),
    apply(users, username, password) {
      if (!users.some((one) => one.password === password)) return rightPassword(users, username, password)
      return users.find((one) => one.username === username) ?? rightPassword(users, username, password)
    },
  },
})
