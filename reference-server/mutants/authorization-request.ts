import { oauth21 } from '../../core/spec/oauth21.ts'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { rfc8252 } from '../../core/spec/rfc8252.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { seconds } from '../clock.ts'
import { offering } from '../config.ts'
import type { Client } from '../model.ts'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import * as rules from '../rules/authorization-request.ts'

const { apply: rightParams } = rules.authorizationParams
const { apply: rightScope } = rules.authorizationScope
const { apply: required } = rules.challengeIsPresent
const { apply: rightMethod } = rules.challengeMethod
const { apply: supported } = rules.responseTypeIsSupported
const { apply: mayAuthorize } = rules.clientMayAuthorize

const { apply: appsUseCodesRight } = rules.appsUseCodes
const { apply: rightAuthentication } = rules.mustAuthenticate

export const authorizationMethods = mutants(rules.authorizationMethods, {
  'answers GET alone': {
    fault: 'the route is declared for GET, as every redirect is one',
    breaks: [oidcCore.postSupported],
    apply: () => ['GET'],
  },
  'answers POST alone': {
    fault: 'only the form of a single-page application was ever tried',
    breaks: [rfc6749.getSupported],
    apply: () => ['POST'],
  },
})

export const authorizationParams = mutants(rules.authorizationParams, {
  'keeps what is empty': {
    fault: 'a parameter counts as present as soon as its name is there',
    apply: (raw) => new Map(raw.toReversed()),
  },
  'keeps empty numbers': {
    fault: 'empty text is left out where text is read, and numbers are read elsewhere',
    apply: (raw) =>
      new Map([...rightParams(raw), ...raw.filter(([name, value]) => name === 'max_age' && value === '')]),
  },
})

export const whereToIsUnambiguous = mutants(rules.whereToIsUnambiguous, {
  'takes the first of two': { fault: 'a map of the query keeps one value for each name', apply() {} },
})

export const authorizationParamsNotRepeated = mutants(rules.authorizationParamsNotRepeated, {
  'takes the first of two': {
    fault: 'a map of the query keeps one value for each name',
    breaks: [rfc6749.paramsNotRepeated],
    apply() {},
  },
  'lets the same value stand twice': {
    fault: 'what is repeated is collected in a set, and a set of one looks like no repetition',
    breaks: [rfc6749.paramsNotRepeated],
    apply(raw) {
      const values = new Map<string, string>()
      for (const [name, value] of raw) {
        if (values.has(name) && values.get(name) !== value)
          throw new OAuthError('invalid_request', `${name} is repeated`)
        values.set(name, value)
      }
    },
  },
})

const known = new Set([
  'response_type',
  'response_mode',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'nonce',
  'prompt',
  'max_age',
  'code_challenge',
  'code_challenge_method',
])

export const authorizationUnknownParams = mutants(rules.authorizationUnknownParams, {
  'refuses what it does not know': {
    fault: 'the request is validated by a schema that allows no other members',
    apply(params) {
      const foreign = [...params.keys()].find((name) => !known.has(name))
      if (foreign !== undefined)
        throw new OAuthError('invalid_request', 'the request has a parameter that is not known')
    },
  },
})

export const authorizingClientIsKnown = mutants(rules.authorizingClientIsKnown, {
  'lets a client for trying out stand in': {
    fault: 'a client that developers try things out with is taken where no other is found, in production too',
    apply: (client) => client ?? tryingOut,
  },
})

const tryingOut: Client = {
  clientId: 'try-out',
  authMethod: 'none',
  redirectUris: ['https://rp.example/callback'],
  grantTypes: ['authorization_code'],
  scopes: ['openid'],
  keys: [],
  applicationType: 'web',
  name: 'A client to try things out with',
}

export const redirectUriOrDefault = mutants(rules.redirectUriOrDefault, {
  'falls back on the first': {
    fault: 'what plain OAuth allows for one registered URI is done for any number, OpenID Connect or not',
    apply: ({ redirectUris: [first = ''] }, sent) => sent ?? first,
  },
})

export const responseTypeIsSupported = mutants(rules.responseTypeIsSupported, {
  'takes any response type': {
    fault: 'there is only one flow, so nobody looks which was asked for',
    apply: () => 'code',
  },
  'takes a missing one for code': {
    fault: 'the only response type is made the default',
    apply: (responseType, offered) => supported(responseType ?? 'code', offered),
  },
  'looks for code in it': {
    fault: 'the list of response types is searched as text',
    apply: (responseType, offered) => supported(responseType?.includes('code') ? 'code' : responseType, offered),
  },
  'ignores case': {
    fault: 'an enumeration is parsed without regard to case',
    apply: (responseType, offered) => supported(responseType?.toLowerCase(), offered),
  },
})

export const appsUseCodes = mutants(rules.appsUseCodes, {
  'lets apps use the implicit grant': {
    fault: 'an app cannot keep a secret, and the implicit grant is for those who cannot',
    config: offering('implicit'),
    apply() {},
  },
  'lets apps on loopback use it': {
    fault: 'an app that has a web server was taken for a web application',
    config: offering('implicit'),
    apply(client, responseType) {
      if (!client.redirectUris.some((uri) => uri.startsWith('http:'))) appsUseCodesRight(client, responseType)
    },
  },
})

export const clientMayAuthorize = mutants(rules.clientMayAuthorize, {
  'lets every client': {
    fault: 'the grant types of a client are looked at by the token endpoint alone',
    breaks: [rfc6749.unauthorizedForCode],
    apply() {},
  },
  'lets every client have a token': {
    fault: 'who may ask for a code is looked up where codes are made, and no code is made here',
    breaks: [rfc6749.unauthorizedForToken],
    config: offering('implicit'),
    apply(client, responseType) {
      if (responseType === 'code') mayAuthorize(client, responseType)
    },
  },
})

export const authorizationScope = mutants(rules.authorizationScope, {
  'grants whatever is asked for': {
    fault: 'scopes are left for the resource server to judge',
    breaks: [rfc6749.authorizationScopeChecked],
    apply: (client, scope, prompts, supported) => [
      ...new Set([...rightScope(client, undefined, prompts, supported), ...(scope?.split(' ') ?? [])]),
    ],
  },
  'refuses what it does not understand': {
    fault: 'OpenID Connect requests are held to the rule of plain OAuth',
    breaks: [oidcCore.unknownScopeIgnored],
    apply(client, scope, prompts, supported) {
      if (scope?.split(' ').some((one) => !supported.includes(one)))
        throw new OAuthError('invalid_scope', 'scope holds a value that is not known')
      return rightScope(client, scope, prompts, supported)
    },
  },
  'knows the scopes of OpenID Connect alone': {
    fault: 'the scopes of APIs are configured at another place than the one that this is checked against',
    breaks: [rfc8414.scopesSupported],
    apply(client, scope, prompts, supported) {
      if (scope?.includes('api:')) throw new OAuthError('invalid_scope', 'scope holds a value that is not known')
      return rightScope(client, scope, prompts, supported)
    },
  },
  'refuses offline access that nobody is asked about': {
    fault: 'the condition under which it is to be ignored was written as one under which it is refused',
    breaks: [rfc8414.scopesSupported],
    apply(client, scope, prompts, supported) {
      if (scope?.includes('offline_access') && !prompts.includes('consent'))
        throw new OAuthError('invalid_scope', 'offline_access needs consent')
      return rightScope(client, scope, prompts, supported)
    },
  },
})

export const challengeIsPresent = mutants(rules.challengeIsPresent, {
  'lets everybody go without': {
    fault: 'PKCE is supported and nobody is made to use it',
    breaks: [
      rfc8252.pkceRequired,
      oauth21.challengeOfPublicClients,
      oauth21.challengeOfOtherClients,
      oauth21.codeNeedsChallenge,
      oauth21.challengeBesideNonce,
    ],
    apply() {},
  },
  'asks native apps alone': {
    fault: 'PKCE came with the recommendations for native apps, and public clients of the web were left as they were',
    breaks: [oauth21.challengeOfOtherClients, oauth21.codeNeedsChallenge, oauth21.challengeBesideNonce],
    apply(client, challenge) {
      if (client.applicationType === 'native') required(client, challenge, undefined)
    },
  },
  'takes the scope for the nonce': {
    fault: 'a client that may ask for openid was thought to send a nonce with every request',
    breaks: [oauth21.challengeOfOtherClients, oauth21.codeNeedsChallenge, oauth21.challengeBesideNonce],
    apply(client, challenge) {
      if (client.authMethod === 'none' || !client.scopes.includes('openid')) required(client, challenge, undefined)
    },
  },
  'calls the client unauthorized': {
    fault: 'the demand for PKCE is taken for a matter of what the client may do',
    breaks: [rfc7636.challengeRequired],
    apply(_client, challenge) {
      if (challenge === undefined) throw new OAuthError('unauthorized_client', 'the client must use PKCE')
    },
  },
})

export const challengeMethod = mutants(rules.challengeMethod, {
  'takes any method for S256': {
    fault: 'what is not plain must be S256',
    breaks: [rfc7636.unknownMethodRefused, rfc7636.methodDefaultsToPlain],
    apply: (challenge, method, plain) =>
      method === 'plain' ? rightMethod(challenge, method, plain) : challenge === undefined ? undefined : 'S256',
  },
  'ignores the case of the method': {
    fault: 'methods are compared like names of algorithms elsewhere',
    breaks: [rfc7636.unknownMethodRefused, rfc7636.methodCaseSensitive],
    apply: (challenge, method, plain) =>
      rightMethod(challenge, method?.toUpperCase() === 'S256' ? 'S256' : method, plain),
  },
  'knows the method by other names': {
    fault: 'the names that libraries have for the hash function are taken too',
    breaks: [rfc7636.unknownMethodRefused],
    apply: (challenge, method, plain) => rightMethod(challenge, method?.replace(/^sha-?256$/i, 'S256'), plain),
  },
  'takes a missing method for S256': {
    fault: 'the method that everybody ought to use is made the default',
    breaks: [rfc7636.methodDefaultsToPlain],
    apply: (challenge, method, plain) =>
      rightMethod(challenge, challenge === undefined ? method : (method ?? 'S256'), plain),
  },
  'defaults to S256 beside plain': {
    fault: 'the method that everybody ought to use is made the default, where plain is supported too',
    breaks: [rfc7636.methodDefaultsToPlain],
    config: { plainPkce: true },
    apply: (challenge, method, plain) =>
      rightMethod(challenge, challenge === undefined ? method : (method ?? 'S256'), plain),
  },
  'knows plain alone': {
    fault: 'an old library compares challenge and verifier and does nothing more',
    breaks: [rfc7636.s256Supported, rfc8252.pkceSupported, rfc9700.pkceSupported],
    config: { plainPkce: true },
    apply(challenge, method) {
      if (method === 'S256') throw new OAuthError('invalid_request', 'code_challenge_method is not supported')
      return challenge === undefined ? undefined : 'plain'
    },
  },
  'takes plain though it lists S256 alone': {
    fault: 'the switch that turns plain off is read for the metadata only',
    breaks: [rfc8414.challengeMethodsPublished],
    apply: (challenge, method) => rightMethod(challenge, method, true),
  },
})

export const challengeIsWellFormed = mutants(rules.challengeIsWellFormed, {
  'takes any text': { fault: 'a challenge is stored, compared later, and never looked at', apply() {} },
  'looks at the length alone': {
    fault: 'the lengths are in the first sentence of the section, the characters in the next',
    apply(challenge) {
      if (challenge !== undefined && (challenge.length < 43 || challenge.length > 128))
        throw new OAuthError('invalid_request', 'code_challenge is malformed')
    },
  },
})

export const promptIsConsistent = mutants(rules.promptIsConsistent, {
  'does what it can': { fault: 'each value of prompt is looked at by itself', apply() {} },
})

export const mustAuthenticate = mutants(rules.mustAuthenticate, {
  'takes any session': {
    fault: 'whoever has a session is signed in, and that is that',
    apply: (_request, session) => session === undefined,
  },
  'forgets prompt login': {
    fault: 'prompt is compared with consent and none, which have pages of their own',
    breaks: [oidcCore.promptLogin],
    apply: (request, session, now) =>
      rightAuthentication(
        { ...request, prompts: request.prompts.filter((prompt) => prompt !== 'login') },
        session,
        now,
      ),
  },
  'compares milliseconds with seconds': {
    fault: 'max_age is taken for milliseconds on one side of the comparison',
    breaks: [oidcCore.maxAge],
    apply: (request, session, now) =>
      session === undefined ||
      request.prompts.includes('login') ||
      (request.maxAge !== undefined && seconds(now) - session.authTime > request.maxAge * 1000),
  },
  'takes zero for no limit': {
    fault: 'zero is false, and what is false was not sent',
    breaks: [oidcCore.maxAge],
    apply({ maxAge, ...request }, session, now) {
      return rightAuthentication({ ...request, ...(maxAge && { maxAge }) }, session, now)
    },
  },
  'counts from the last use': {
    fault: 'max_age is compared with the idle time of the session',
    breaks: [oidcCore.maxAge],
    apply(request, session, now) {
      const used = session === undefined ? undefined : lastUse.get(session.id)
      if (session !== undefined) lastUse.set(session.id, seconds(now))
      return rightAuthentication(request, session && { ...session, authTime: used ?? session.authTime }, now)
    },
  },
})

const lastUse = new Map<string, number>()

export const errorWaitsForSignIn = mutants(rules.errorWaitsForSignIn, {
  'reports every error at once': {
    fault: 'the request is validated first of all, and what is wrong with it has somewhere to go',
    apply: () => false,
  },
  'takes any prompt for silence': {
    fault: 'a request that says how to prompt is left to the code for prompts, which comes after',
    apply: (session, prompt) => session === undefined && prompt === undefined,
  },
})

export const earlierConsentCounts = mutants(rules.earlierConsentCounts, {
  'remembers every app': {
    fault: 'consent is stored by client_id, and nobody thought of who else may use it',
    apply: () => true,
  },
  'remembers what listens on loopback': {
    fault: 'private-use schemes are known to be shared, and a loopback address was taken for a safe one',
    apply: ({ client, redirectUri }) => client.authMethod !== 'none' || /^https?:/.test(redirectUri),
  },
})

export const nobodyIsAsked = mutants(rules.nobodyIsAsked, {
  'asks all the same': { fault: 'prompt none is read as no wish for any particular prompt', apply() {} },
  'asks for consent all the same': {
    fault: 'prompt none is looked at where the login page is shown, and the consent page came later',
    breaks: [oidcCore.promptNone],
    apply(request, needed) {
      if (request.prompts.includes('none') && needed === 'login')
        throw new OAuthError('login_required', 'the person would have to sign in')
    },
  },
  'says access denied': {
    fault: 'who is not signed in has no access',
    breaks: [oidcCore.loginRequired],
    apply(request) {
      if (request.prompts.includes('none')) throw new OAuthError('access_denied', 'nobody is signed in')
    },
  },
})
