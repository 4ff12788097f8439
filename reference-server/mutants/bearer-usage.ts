import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { rfc9068 } from '../../core/spec/rfc9068.ts'
import type { AccessToken } from '../model.ts'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import * as rules from '../rules/bearer-usage.ts'

const { apply: bearer } = rules.bearerToken
const { apply: denial } = rules.bearerDenial
const { apply: inForm } = rules.tokensInForm

export const bearerToken = mutants(rules.bearerToken, {
  'does not read the header': {
    fault: 'a proxy takes the header away before the resource sees it',
    apply: () => undefined,
  },
  'cuts what is too long': {
    fault: 'the column is 255 characters wide',
    breaks: [rfc6750.headerSupported, oidcCore.userinfoBearer],
    apply: (authorization) => bearer(authorization)?.slice(0, 255),
  },
  'wants the scheme spelt as usual': {
    fault: 'the scheme is compared as text, and every client that was tried wrote it with one capital',
    breaks: [rfc6750.headerSyntax],
    apply: (authorization) => (authorization?.startsWith('Bearer ') ? bearer(authorization) : undefined),
  },
  'splits at one space': {
    fault: 'the header is split at spaces, and has to come into two parts',
    breaks: [rfc6750.headerSyntax],
    apply: (authorization) => (authorization?.split(' ').length === 2 ? bearer(authorization) : undefined),
  },
})

export const tokensInForm = mutants(rules.tokensInForm, {
  'does not look at the type': {
    fault: 'the body is searched for the parameter, whatever it is said to be',
    apply: (_contentType, body) => rules.tokensIn(body),
  },
  'reads JSON as well': {
    fault: 'the framework parses every body that it can, and its members look like parameters',
    apply(contentType, body) {
      const [, token] = /"access_token"\s*:\s*"([^"]*)"/.exec(body) ?? []
      return contentType?.startsWith('application/json') && token !== undefined ? [token] : inForm(contentType, body)
    },
  },
})

export const tokenComesOnce = mutants(rules.tokenComesOnce, {
  'takes the first': {
    fault: 'the header is looked at first, and the search ends where something is found',
    apply: ([first]) => first,
  },
  'lets the same token come twice': {
    fault: 'what was found is put into a set, and one token in two places is one token',
    apply(brought) {
      if (new Set(brought).size > 1) throw new OAuthError('invalid_request', 'there is more than one access token')
      return brought[0]
    },
  },
})

export const queryAnswerHeaders = mutants(rules.queryAnswerHeaders, {
  'lets caches keep it': {
    fault: 'a GET request is cached, as those for all other resources are',
    config: { bearerMethods: ['form', 'query'] },
    apply: () => ({ 'cache-control': 'public, max-age=60' }),
  },
  'says only how long': {
    fault: 'a lifetime of nothing was thought to keep caches out',
    config: { bearerMethods: ['form', 'query'] },
    apply: () => ({ 'cache-control': 'max-age=0' }),
  },
})

export const tokenIsGenuine = mutants(rules.tokenIsGenuine, {
  'calls it a bad request': {
    fault: 'a token that is not found is reported like one that is missing',
    breaks: [rfc6750.invalidToken, rfc9068.invalidTokenReported],
    apply(token) {
      if (token === undefined) throw new OAuthError('invalid_request', 'the access token is wrong')
      return token
    },
  },
  'says it lacks scope': {
    fault: 'no token has no scope, and that is where the request stops',
    breaks: [rfc6750.invalidToken, rfc9068.invalidTokenReported],
    apply(token) {
      if (token === undefined) throw new OAuthError('insufficient_scope', 'the access token is wrong')
      return token
    },
  },
  'lets a guest in': {
    fault: 'a guest stands in for whoever is not recognised, as on the pages of the site',
    apply: (token) => token ?? guest,
  },
})

/** Of somebody whom every test server knows. */
const guest: AccessToken = {
  id: 'guest',
  clientId: 'guest',
  sub: '248289761001',
  scopes: ['openid'],
  issuedAt: 0,
  expiresAt: Number.MAX_SAFE_INTEGER,
}

export const tokenHasScope = mutants(rules.tokenHasScope, {
  'asks for no scope': { fault: 'a valid token is taken for a sufficient one', apply() {} },
  'asks for some scope': {
    fault: 'a token with any scope at all is let in',
    apply(token) {
      if (token.scopes.length === 0) throw new OAuthError('insufficient_scope', 'the access token has no scope')
    },
  },
})

const plainly = 'Bearer realm="userinfo"'

export const bearerDenial = mutants(rules.bearerDenial, {
  'sends no challenge': {
    fault: 'browsers open a dialogue when they see one',
    breaks: [rfc6750.challenge, rfc6750.errorTold, rfc6749.resourceErrorTold, oidcCore.userinfoError],
    apply: (error) => ({ status: denial(error).status }),
  },
  'challenges with basic': {
    fault: 'the framework challenges on its own where the status is 401',
    breaks: [rfc6750.challengeBearer],
    apply: (error) => ({ status: denial(error).status, challenge: 'Basic realm="userinfo"' }),
  },
  'names the scheme alone': {
    fault: 'the middleware names its scheme, and has nothing to add unless it is told to',
    breaks: [rfc6750.challengeParams],
    apply: (error) => (error === undefined ? { status: 401, challenge: 'Bearer' } : denial(error)),
  },
  'adds a realm to the realm': {
    fault: 'the gateway in front writes its realm into every challenge that passes',
    breaks: [rfc6750.challengeParamsOnce],
    apply: (error) => ({ ...denial(error), challenge: `${denial(error).challenge}, realm="gateway"` }),
  },
  'says twice what is wrong': {
    fault: 'the resource says what is wrong, and the handler for all errors says it again',
    breaks: [rfc6750.challengeParamsOnce],
    apply: (error) =>
      error === undefined
        ? denial(error)
        : { ...denial(error), challenge: `${denial(error).challenge}, error="${error.code}"` },
  },
  'writes the scopes as JSON': {
    fault: 'the list of scopes is turned into text as all lists are',
    breaks: [rfc6750.challengeScopeCharset],
    apply: (error) => ({
      ...denial(error),
      challenge: `${denial(error).challenge}, scope="[\\"openid\\"]"`.replace('scope="openid", ', ''),
    }),
  },
  'quotes in the description': {
    fault: 'a quotation mark is escaped as HTTP has it, and was never allowed',
    breaks: [rfc6750.challengeErrorCharset],
    apply: (error) =>
      error === undefined
        ? denial(error)
        : {
            status: denial(error).status,
            challenge: rules.challengeOf({ error: error.code, error_description: `\\"${error.message}\\"` }),
          },
  },
  'points to what it says': {
    fault: 'the page on errors has an anchor for each message, which is put behind the sign as it is',
    breaks: [rfc6750.challengeErrorUri],
    apply: (error) =>
      error === undefined
        ? denial(error)
        : {
            status: denial(error).status,
            challenge: rules.challengeOf({
              error: error.code,
              error_uri: `https://as.example/errors#${error.message}`,
            }),
          },
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
    breaks: [
      rfc6750.errorTold,
      rfc6749.resourceErrorTold,
      rfc6750.invalidToken,
      rfc9068.invalidTokenReported,
      oidcCore.userinfoError,
    ],
    apply: (error) => ({ status: denial(error).status, challenge: plainly }),
  },
  'answers 401 to all': {
    fault: 'the status goes with the challenge',
    breaks: [rfc6750.insufficientScope, rfc6750.invalidRequest],
    apply: (error) => ({ ...denial(error), status: 401 }),
  },
})
