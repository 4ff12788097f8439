import { oauth21 } from '../../core/spec/oauth21.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc8252 } from '../../core/spec/rfc8252.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { Dialect } from '../dialect.ts'
import { NotRedirectable, OAuthError } from '../oauth-error.ts'
import { accessTokenClaims, accessTokenHeader } from '../rules/access-token.ts'
import { authorizationScope } from '../rules/authorization-request.ts'
import { activeAnswer } from '../rules/introspection.ts'
import { metadataCapabilities } from '../rules/metadata.ts'
import { userinfoClaims } from '../rules/protected-resource.ts'
import { responseLocation } from '../rules/redirect.ts'
import { refreshedScope, refreshTokenIsSingleUse } from '../rules/refresh-token.ts'
import { registrationAnswer } from '../rules/registration.ts'
import { clientCredentialsScope, errorBody, newSecret, tokenResponseBody } from '../rules/token-endpoint.ts'
import { idTokenTimes, joseHeader } from '../rules/tokens.ts'

/** A member that no specification knows, under a name of the kind that RFC 6749 §8.2 allows. */
const extra = { 'as.example_extra-1': { kept: ['for', 1, null] } }

/** The same where RFC 6749 §8.2 says what names are made of. */
const extraOfOAuth = { 'as.example_extra': { kept: ['for', 1, null] } }

/** Parameters that no client asked for; one of them is OpenID Connect Session Management's. */
const extraParams = { session_state: 'a.b~c', 'as.example_extra': 'a b&c=d' }

const day = 24 * 3600

export const oauthDialects: readonly Dialect[] = [
  {
    id: 'no-error-description',
    lawful: 'RFC 6749 §5.2 and §4.1.2.1: error_description is optional',
    forbiddenBy: [rfc7636.errorsExplained],
    swap: {
      errorBody: (error) => ({ error: error.code }),
      responseLocation: (uri, params) => responseLocation.apply(uri, { ...params, error_description: undefined }),
    },
  },
  {
    id: 'opaque-access-tokens',
    lawful: 'RFC 6749 §1.4: an access token is a string that only the server need understand',
    config: { accessTokenFormat: 'opaque' },
  },
  {
    id: 'redirects-with-302',
    lawful: 'RFC 9700 §4.12 forbids 307 only',
    forbiddenBy: [rfc9700.seeOther],
    swap: { redirectStatus: () => 302 },
  },
  {
    id: 'marks-the-end-of-locations',
    lawful: 'RFC 9700 §4.1.3: a server may put any fragment behind a response, so that browsers attach no other',
    swap: { responseLocation: (uri, params) => `${responseLocation.apply(uri, params)}#_` },
  },
  {
    id: 'errors-at-once',
    lawful: 'RFC 6749 §4.1.2.1: a server informs the client of an error, and need not know who the person is',
    forbiddenBy: [rfc9700.personSignedInFirst],
    swap: { errorWaitsForSignIn: () => false },
  },
  {
    id: 'remembers-apps',
    lawful: 'OpenID Connect Core §3.1.2.4: consent may have been given before',
    forbiddenBy: [rfc6749.repeatedNotAutomatic, rfc8252.personAsked, rfc8252.earlierConsentForgotten],
    swap: { earlierConsentCounts: () => true },
  },
  {
    id: 'x-frame-options-alone',
    lawful: 'RFC 6749 §10.13: x-frame-options is one way to keep pages out of frames',
    forbiddenBy: [rfc9700.pagesHavePolicy],
    swap: { pageHeaders: () => ({ 'content-type': 'text/html; charset=utf-8', 'x-frame-options': 'DENY' }) },
  },
  {
    id: 'no-rotation',
    lawful: 'RFC 6749 §6: a server may issue a new refresh token, and RFC 9700 §2.2.2 wants it for public clients only',
    config: { rotateRefreshTokens: false },
  },
  {
    id: 'rotation-keeps-the-old-token',
    lawful: 'RFC 6749 §6: a server that issues a new refresh token may revoke the old one',
    swap: {
      async refreshTokenIsSingleUse(token, rotates, store) {
        const client = await store.findClient(token.clientId)
        // Those of public clients are watched for replay (RFC 9700 §2.2.2).
        if (client?.authMethod === 'none') await refreshTokenIsSingleUse.apply(token, rotates, store)
      },
    },
  },
  {
    id: 'refresh-tokens-unasked',
    lawful: 'RFC 6749 §1.5: whether to issue a refresh token is left to the server',
    config: { refreshTokens: 'always' },
  },
  {
    id: 'extra-members',
    lawful: 'RFC 6749 §4.1.2 and §5.1, OpenID Connect Core §2: clients ignore what they do not know',
    swap: {
      tokenResponseBody: (response) => ({ ...tokenResponseBody.apply(response), ...extraOfOAuth }),
      errorBody: (error) => ({ ...errorBody.apply(error), error_uri: 'https://as.example/errors', ...extraOfOAuth }),
      responseLocation: (uri, params) => responseLocation.apply(uri, { ...extraParams, ...params }),
      userinfoClaims: (user, token) => ({ ...userinfoClaims.apply(user, token), ...extra }),
      activeAnswer: (facts) => ({ ...activeAnswer.apply(facts), ...extra }),
      registrationAnswer: (client, uri) => ({ ...registrationAnswer.apply(client, uri), ...extra }),
      metadataCapabilities: (config) => ({ ...metadataCapabilities.apply(config), ...extra }),
      accessTokenClaims: (...facts) => ({ ...accessTokenClaims.apply(...facts), ...extra }),
      accessTokenHeader: (key, token) => ({ ...accessTokenHeader.apply(key, token), 'x5t#S256': 'AAAA', ...extra }),
      idTokenTimes: (facts) => ({ ...idTokenTimes.apply(facts), azp: facts.clientId, sid: 'a session', ...extra }),
      joseHeader: (key, typ) => ({ ...joseHeader.apply(key, typ), 'x5t#S256': 'AAAA', ...extra }),
    },
    // RFC 7009 §2.2: what stands in the body of a successful answer is ignored.
    transport: {
      rewrite: (answer, { url }) =>
        url.endsWith('/revoke') && answer.status === 200
          ? { ...answer, fields: [...answer.fields, ['content-type', 'application/json']], body: '{"revoked":true}' }
          : answer,
    },
  },
  {
    id: 'another-case',
    lawful:
      'RFC 6749 §5.1: token_type is case insensitive, and so are media types and directives by RFC 9110 §8.3.1 and RFC 9111 §5.2',
    swap: {
      tokenResponseBody: (response) => ({ ...tokenResponseBody.apply(response), token_type: 'bearer' }),
      tokenResponseHeaders: () => ({
        'content-type': 'Application/JSON;charset=UTF-8',
        'cache-control': 'Private, No-Store',
        pragma: 'No-Cache',
      }),
      metadataHeaders: () => ({ 'content-type': 'Application/JSON; Charset="utf-8"' }),
      userinfoHeaders: () => ({ 'content-type': 'Application/JSON; Charset="utf-8"' }),
      clientChallenge: (error, usedHeader) =>
        error.code === 'invalid_client' && usedHeader ? 'bASIC realm="clients"' : undefined,
      pageHeaders: () => ({
        'content-type': 'Text/HTML; Charset=UTF-8',
        'x-frame-options': 'sameorigin',
        'content-security-policy': "Default-Src 'none'; Style-Src 'unsafe-inline'; Frame-Ancestors 'SELF'",
      }),
    },
  },
  {
    id: 'another-alphabet',
    lawful: 'RFC 6749 Appendix A: codes and tokens are of any printable ASCII and any length',
    config: { accessTokenFormat: 'opaque' },
    swap: {
      newSecret(of) {
        const random = newSecret.apply()
        // An access token is also what RFC 6750 §2.1 lets stand in a header.
        if (of === 'access token') return `${'long.'.repeat(60)}${random}~+/._-${newSecret.apply()}==`
        return of === undefined ? random : `${punctuation}${random}${newSecret.apply()}`
      },
    },
  },
  {
    id: 'terse-token-responses',
    lawful: 'RFC 6749 §5.1: expires_in is recommended, and scope optional where it is the one that was asked for',
    forbiddenBy: [oauth21.scopeReturned],
    config: { scopeIsTold: 'where it differs' },
    swap: {
      tokenResponseBody(response) {
        const { expires_in: _left, ...rest } = tokenResponseBody.apply(response)
        return rest
      },
    },
  },
  {
    id: 'shorter-lifetimes',
    lawful: 'RFC 6749 §4.1.2 and §5.1: a code lives ten minutes at most, and a token as long as the server says',
    config: { lifetimes: { code: 20, accessToken: 60, idToken: 60, refreshToken: 3600, session: 600, assertion: 60 } },
  },
  {
    id: 'longer-lifetimes',
    lawful: 'RFC 6749 §4.1.2 and §5.1: a code lives ten minutes at most, and a token as long as the server says',
    config: {
      lifetimes: {
        code: 600,
        // RFC 6750 §5.3: an hour at most.
        accessToken: 3600,
        idToken: 7 * day,
        refreshToken: 400 * day,
        session: 30 * day,
        assertion: 300,
      },
    },
  },
  {
    id: 'invalid-client-with-400',
    lawful: 'RFC 6749 §5.2: 401 is owed only where the client used the Authorization header',
    swap: { errorStatus: (error, usedHeader) => (error.code === 'invalid_client' && usedHeader ? 401 : 400) },
  },
  {
    id: 'other-error-codes',
    lawful: 'RFC 6749 §5.2 and OpenID Connect Core §3.1.2.6: where two errors fit, a server chooses',
    swap: {
      redirectUriIsRepeated(code, redirectUri) {
        if (code.redirectUri !== undefined && redirectUri === undefined) throw missing('redirect_uri')
      },
      verifierIsPresent(code, verifier) {
        if (code.challenge !== undefined && verifier === undefined) throw missing('code_verifier')
      },
      verifierIsWellFormed(verifier) {
        if (verifier !== undefined && !/^[\w.~-]{43,128}$/.test(verifier))
          throw new OAuthError('invalid_request', 'code_verifier is malformed')
      },
      clientIsConfidential(client) {
        if (client.authMethod === 'none') throw new OAuthError('invalid_client', 'the client is public')
      },
      nobodyIsAsked(request) {
        if (request.prompts.includes('none'))
          throw new OAuthError('interaction_required', 'the person would have to be asked')
      },
    },
  },
  {
    id: 'ignores-another-client-id',
    lawful:
      'RFC 6749 §3.2.1 and §4.1.3: a client that authenticates need not name itself, and is the one that it shows to be',
    swap: { clientThatAsks: async (client) => client },
  },
  {
    id: 'responses-replace-the-query',
    lawful: 'RFC 6749 §3.1: no parameter of a response comes twice, so what the client has under its name gives way',
    swap: {
      queryLeavesRoom() {},
      responseLocation(uri, params) {
        const url = new URL(uri)
        for (const [name, value] of Object.entries(params)) if (value !== undefined) url.searchParams.set(name, value)
        return url.href
      },
    },
  },
  {
    id: 'pages-refuse-what-they-do-not-know',
    lawful:
      'RFC 6749 §3.1: how a server authenticates the person is beyond the protocol, and so is what its forms take',
    swap: {
      requestThatWaits(request, address, form) {
        const known = ['interaction', 'csrf', 'username', 'password', 'decision']
        if (![...address.keys(), ...(form?.keys() ?? [])].every((name) => known.includes(name)))
          throw new NotRedirectable('the form is not the one that was shown')
        return request
      },
    },
  },
  {
    id: 'ignores-unknown-scopes',
    lawful: 'RFC 6749 §3.3: the server may ignore a scope that was asked for, if it names what it granted',
    swap: {
      authorizationScope: (client, scope, prompts, supported) => {
        const known = scope?.split(' ').filter((one) => supported.includes(one)) ?? []
        return authorizationScope.apply(client, known.length > 0 ? known.join(' ') : undefined, prompts, supported)
      },
    },
  },
  {
    id: 'scopes-not-for-clients-to-choose',
    lawful: 'RFC 6749 §3.3: the server may ignore the scope of a request in whole, by its own policy',
    swap: {
      clientCredentialsScope: (client) => clientCredentialsScope.apply(client, undefined),
      refreshedScope: (token) => refreshedScope.apply(token, undefined),
    },
  },
  {
    id: 'plain-pkce',
    lawful: 'RFC 7636 §4.2: clients that cannot do better may use plain, where the server supports it',
    config: { plainPkce: true },
  },
  {
    id: 'access-tokens-for-several',
    lawful: 'RFC 7519 §4.1.3: aud is a list, or a single text where there is one audience',
    swap: {
      accessTokenAudience: (_token, issuer) => [`${issuer}/userinfo`, 'https://api.example'],
    },
  },
]

/** All of printable ASCII that is neither letter nor digit, but for the space. */
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'

const missing = (name: string) => new OAuthError('invalid_request', `${name} is missing`)
