import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto'
import { oauth21 } from '../../core/spec/oauth21.ts'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7523 } from '../../core/spec/rfc7523.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { seconds } from '../clock.ts'
import { signatureIsRight } from '../jwt.ts'
import type { ClientAuthMethod } from '../model.ts'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import * as rules from '../rules/client-authentication.ts'

const { apply: credentials } = rules.basicCredentials
const { apply: signed } = rules.assertionIsSigned
const { apply: supports } = rules.authMethodIsSupported
const { apply: methodIsRegistered } = rules.authMethodIsRegistered
const { apply: namesServer } = rules.assertionNamesServer

const denied = () => new OAuthError('invalid_client', 'client authentication failed')

const pairOf = (authorization: string) => Buffer.from(authorization.replace(/^basic +/i, ''), 'base64').toString('utf8')

export const basicCredentials = mutants(rules.basicCredentials, {
  'does not decode the parts': {
    fault: 'HTTP Basic is read as RFC 7617 has it, without the form encoding that OAuth puts inside',
    apply(authorization) {
      const [clientId = '', ...secret] = pairOf(authorization).split(':')
      return { method: 'client_secret_basic', clientId, secret: secret.join(':') }
    },
  },
  'decodes as a uri does': {
    fault: 'a decoder for URIs leaves the plus sign alone, which in a form stands for a space',
    apply(authorization) {
      const [clientId = '', secret = ''] = pairOf(authorization).split(':').map(decodeURIComponent)
      return { method: 'client_secret_basic', clientId, secret }
    },
  },
  'wants the scheme spelt as usual': {
    fault: 'the scheme is compared as text, and every client that was tried wrote it with one capital',
    breaks: [rfc6749.basicSupported],
    apply(authorization) {
      if (!authorization.startsWith('Basic ')) throw denied()
      return credentials(authorization)
    },
  },
  'decodes before it splits': {
    fault: 'the pair is decoded as a whole, so a colon in the secret ends it',
    apply(authorization) {
      const [clientId = '', secret = ''] = decodeURIComponent(pairOf(authorization).replaceAll('+', ' ')).split(':')
      return { method: 'client_secret_basic', clientId, secret }
    },
  },
  'was never written': {
    fault: 'the clients of the house put their secret into the form, which is easier to read than a header',
    breaks: [rfc6749.basicSupported],
    config: { authMethods: ['client_secret_post', 'private_key_jwt', 'none'] },
    apply() {
      throw denied()
    },
  },
})

export const oneAuthMethod = mutants(rules.oneAuthMethod, {
  'takes the first that it finds': { fault: 'the header wins, and nobody looks at the form any more', apply() {} },
})

export const credentialsNotInUri = mutants(rules.credentialsNotInUri, {
  'takes them from the query': {
    fault: 'the framework merges query and form into one set of parameters',
    apply: (query, form) => new Map([...query, ...form]),
  },
  'takes them where the form has none': {
    fault: 'a client that could only send a query once asked for an exception',
    apply: (query, form) => (form.has('client_id') ? form : new Map([...form, ...query])),
  },
})

export const clientIsKnown = mutants(rules.clientIsKnown, {
  'calls it a bad request': {
    fault: 'a look-up that finds nothing is reported like a missing parameter',
    apply(client) {
      if (client === undefined) throw new OAuthError('invalid_request', 'client_id is wrong')
      return client
    },
  },
  'confuses two codes': {
    fault: 'unauthorized_client sounds like what it is',
    apply(client) {
      if (client === undefined) throw new OAuthError('unauthorized_client', 'the client is unknown')
      return client
    },
  },
})

export const authMethodIsSupported = mutants(rules.authMethodIsSupported, {
  'wants secrets in the header': {
    fault: 'secrets in a form were given up, and the list of the metadata was not',
    apply: (method, supported, at) => onlyThese(method, supported, at, ['client_secret_basic']),
  },
  'wants secrets in the form': {
    fault: 'a proxy keeps the Authorization header to itself, so secrets come in the form',
    breaks: [
      rfc8414.tokenAuthMethods,
      rfc8414.revocationAuthMethods,
      rfc8414.introspectionAuthMethods,
      oauth21.noSecretOfNativeApps,
    ],
    apply: (method, supported, at) => onlyThese(method, supported, at, ['client_secret_post']),
  },
  'takes no secret in the form': {
    fault: 'RFC 6749 advises against secrets in the form, so they were given up',
    breaks: [rfc8414.tokenAuthMethods, oauth21.secretInBody],
    apply(method, supported, at) {
      if (method === 'client_secret_post') throw denied()
      supports(method, supported, at)
    },
  },
  'wants a secret of native apps too': {
    fault: 'every client is issued a secret, and an app carries it along in what people download',
    breaks: [rfc8414.tokenAuthMethods, oauth21.noSecretOfNativeApps],
    apply(method, supported, at) {
      if (method === 'none') throw denied()
      supports(method, supported, at)
    },
  },
  'wants a secret where tokens are revoked': {
    fault: 'revocation came with a code of its own for clients, older than assertions and public clients',
    breaks: [rfc8414.revocationAuthMethods],
    apply: (method, supported, at) =>
      at === 'revocation'
        ? onlyThese(method, supported, at, ['client_secret_basic', 'client_secret_post'])
        : supports(method, supported, at),
  },
  'wants no secret where tokens are revoked': {
    fault: 'only applications on the devices of people revoke tokens, and those have none',
    breaks: [rfc8414.revocationAuthMethods],
    apply: (method, supported, at) =>
      at === 'revocation' ? onlyThese(method, supported, at, ['none']) : supports(method, supported, at),
  },
  'takes no assertions for introspection': {
    fault: 'resource servers have secrets, whatever clients have',
    breaks: [rfc8414.introspectionAuthMethods],
    apply: (method, supported, at) =>
      at === 'introspection'
        ? onlyThese(method, supported, at, ['client_secret_basic', 'client_secret_post'])
        : supports(method, supported, at),
  },
})

/** Refuses what is supported but none of these. */
function onlyThese(...[method, supported, at, these]: [...Parameters<typeof supports>, readonly ClientAuthMethod[]]) {
  supports(
    method,
    supported.filter((one) => these.includes(one)),
    at,
  )
}

export const authMethodIsRegistered = mutants(rules.authMethodIsRegistered, {
  'takes any method': { fault: 'nobody compares the method with the registered one', apply() {} },
  'takes a name for proof': {
    fault: 'a request without a secret is treated as that of a public client',
    apply(client, credentials) {
      if (credentials.method !== 'none') methodIsRegistered(client, credentials)
    },
  },
})

/** What a server breaks that does not look closely at a secret. */
const secretless = [
  rfc6749.clientAuthenticated,
  rfc6749.codeClientAuthenticated,
  rfc6749.refreshAuthenticated,
  rfc6749.clientCredentialsAuthenticated,
] as const

export const secretMatches = mutants(rules.secretMatches, {
  'takes any secret': {
    fault: 'the presence of a secret is taken for proof',
    breaks: secretless,
    apply() {},
  },
  'compares as far as the shorter': {
    fault: 'a comparison in constant time stops at the end of the shorter text',
    breaks: secretless,
    apply({ secret: own = '' }, secret) {
      const length = Math.min(own.length, secret.length)
      if (length === 0 || own.slice(0, length) !== secret.slice(0, length)) throw denied()
    },
  },
  'ignores case': {
    fault: 'the database collation ignores case',
    breaks: secretless,
    apply({ secret: own = '' }, secret) {
      if (own.toLowerCase() !== secret.toLowerCase()) throw denied()
    },
  },
  'trims white space': {
    fault: 'administrators paste secrets with a line break behind them',
    breaks: secretless,
    apply({ secret: own = '' }, secret) {
      if (own.trim() !== secret.trim()) throw denied()
    },
  },
  'confuses two codes': {
    fault: 'unauthorized_client sounds like what it is',
    breaks: [rfc6749.invalidClient],
    apply(client, secret) {
      if (client.secret !== secret) throw new OAuthError('unauthorized_client', 'the secret is wrong')
    },
  },
})

export const assertionIsSigned = mutants(rules.assertionIsSigned, {
  'does not look at the signature': {
    fault: 'the JWT is decoded where it should be verified',
    breaks: [rfc7523.signed, rfc7523.otherwiseValid],
    apply() {},
  },
  'takes alg none': {
    fault: 'the library honours the algorithm that the header names',
    breaks: [rfc7523.signed],
    apply(client, assertion) {
      if (assertion.header['alg'] !== 'none') signed(client, assertion)
    },
  },
  'takes alg none in another case': {
    fault: 'the library refuses none, and reads the name without regard to case afterwards',
    breaks: [rfc7523.signed],
    apply(client, assertion) {
      const { alg } = assertion.header
      if (typeof alg !== 'string' || alg === 'none' || alg.toLowerCase() !== 'none') signed(client, assertion)
    },
  },
  'takes a public key for a secret': {
    fault: 'the algorithm is read from the header, and the key is what it is verified with, whatever its kind',
    breaks: [rfc7523.signed],
    apply(client, assertion) {
      const [key] = client.keys
      if (assertion.header['alg'] !== 'HS256' || key === undefined) return signed(client, assertion)
      const secret = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
      const mac = createHmac('sha256', secret).update(assertion.input).digest('base64url')
      if (mac !== assertion.signature) throw denied()
    },
  },
  'takes an empty signature': {
    fault: 'a signature is verified where there is one',
    breaks: [rfc7523.signed],
    apply(client, assertion) {
      if (assertion.signature !== '') signed(client, assertion)
    },
  },
  'verifies by elliptic curves only': {
    fault: 'the verifier was made for mobile clients, whose keys are all of one kind',
    breaks: [rfc8414.signingAlgsSupported],
    apply(client, assertion) {
      if (assertion.header['alg'] !== 'ES256') throw denied()
      signed(client, assertion)
    },
  },
  'does not know crit': {
    fault: 'header parameters that are not understood are ignored, those that must not be among them',
    breaks: [rfc7523.otherwiseValid],
    apply(client, assertion) {
      const { crit: _, ...header } = assertion.header
      signed(client, { ...assertion, header })
    },
  },
  'takes the key that comes along': {
    fault: 'a key in the header is preferred to those that the client registered',
    breaks: [rfc7523.signed],
    apply(client, assertion) {
      const { jwk, alg } = assertion.header as { jwk?: JsonWebKey; alg?: unknown }
      if (jwk === undefined || !signatureIsRight(assertion, jwk, alg === 'RS256' ? 'RS256' : 'ES256'))
        signed(client, assertion)
    },
  },
  'says the grant is invalid': {
    fault: 'the code for assertions as grants is used for those of clients too',
    breaks: [rfc7523.invalidClient],
    apply(client, assertion) {
      try {
        signed(client, assertion)
      } catch (cause) {
        throw new OAuthError('invalid_grant', 'the assertion is wrong', { cause })
      }
    },
  },
})

export const assertionHasClaims = mutants(rules.assertionHasClaims, {
  'does without any claim': { fault: 'what is missing is not compared with anything', apply() {} },
  'does without a jti': {
    fault: 'RFC 7523 leaves jti to the client, and OpenID Connect was not read',
    apply(assertion) {
      const missing = ['iss', 'sub', 'aud', 'exp'].some((name) => assertion.claims[name] === undefined)
      if (missing) throw denied()
    },
  },
})

export const assertionNamesClient = mutants(rules.assertionNamesClient, {
  'asks for no name': { fault: 'whoever has the key is taken for the client', apply() {} },
  'compares the subject only': {
    fault: 'iss and sub are thought to be the same anyway',
    apply(client, { claims }) {
      if (claims['sub'] !== client.clientId) throw denied()
    },
  },
  'compares the issuer only': {
    fault: 'the key belongs to the issuer, so the issuer is compared and the subject forgotten',
    apply(client, { claims }) {
      if (claims['iss'] !== client.clientId) throw denied()
    },
  },
})

export const assertionNamesServer = mutants(rules.assertionNamesServer, {
  'takes an assertion for any server': { fault: 'aud is optional in the library, and nobody passed it', apply() {} },
  'compares the beginning': {
    fault: 'older clients name the token endpoint, which begins with the issuer, so a prefix seems to do for both',
    apply(audiences, assertion) {
      const { aud } = assertion.claims
      if (typeof aud !== 'string' || !audiences.some((one) => aud.startsWith(one))) namesServer(audiences, assertion)
    },
  },
  'looks for itself in the list': {
    fault: 'an audience is a list of those who may read, and this server is among them',
    breaks: [oauth21.assertionAudience],
    apply(audiences, assertion) {
      const { aud } = assertion.claims
      if (!Array.isArray(aud) || !audiences.some((one) => (aud as unknown[]).includes(one)))
        namesServer(audiences, assertion)
    },
  },
  'takes an empty list': {
    fault: 'every value of the list is compared, and of none every one is right',
    breaks: [rfc7523.audience],
    apply(audiences, assertion) {
      const { aud } = assertion.claims
      if (!Array.isArray(aud) || aud.length > 0) namesServer(audiences, assertion)
    },
  },
})

export const assertionIsCurrent = mutants(rules.assertionIsCurrent, {
  'takes an expired one': { fault: 'exp is required and then not compared', apply() {} },
  'takes zero for never': {
    fault: 'exp is looked at where it is anything, and nothing is what zero and null count for',
    apply({ claims }, now) {
      if (claims['exp'] && (typeof claims['exp'] !== 'number' || claims['exp'] <= seconds(now))) throw denied()
    },
  },
  'has a day of leeway': {
    fault: 'a leeway in seconds is given in milliseconds',
    apply({ claims }, now) {
      if (typeof claims['exp'] !== 'number' || claims['exp'] + 86_400 <= seconds(now)) throw denied()
    },
  },
})

export const assertionHasBegun = mutants(rules.assertionHasBegun, {
  'does not know nbf': { fault: 'nbf is optional, so nobody reads it', apply() {} },
  'compares seconds with milliseconds': {
    fault: 'the clock is in milliseconds and nbf in seconds, so it always lies behind',
    apply({ claims }, now) {
      if (typeof claims['nbf'] === 'number' && claims['nbf'] > now) throw denied()
    },
  },
})

export const assertionIsFresh = mutants(rules.assertionIsFresh, {
  'takes an assertion again': {
    fault: 'no jti is remembered',
    breaks: [oidcCore.assertionSingleUse],
    async apply() {},
  },
  'remembers the whole assertion': {
    fault: 'the text is remembered instead of its jti, and the client signs the same jti anew',
    breaks: [oidcCore.assertionSingleUse],
    async apply(client, assertion, store) {
      const until = Number(assertion.claims['exp']) * 1000
      if (!(await store.rememberAssertion(client.clientId, assertion.signature, until))) throw denied()
    },
  },
})
