import type { Dialect } from '../dialect.ts'
import { OAuthError } from '../oauth-error.ts'
import { accessTokenClaims } from '../rules/access-token.ts'
import { activeAnswer, callerMayKnow } from '../rules/introspection.ts'

/** What is told of tokens, in them and about them, and what becomes of them when they are given back. */
export const tokenDialects: readonly Dialect[] = [
  {
    id: 'access-tokens-of-another-profile',
    lawful: 'RFC 9068 §1: the profile is an alternative to layouts that servers have of their own',
    swap: {
      accessTokenHeader: ({ alg, kid }) => ({ alg, kid, typ: 'JWT' }),
      accessTokenAudience: ({ clientId }) => clientId,
      accessTokenSubject: ({ grantId, sub }) => (grantId === undefined ? 'service-account' : sub),
      accessTokenClaims(...facts) {
        const { client_id: azp, scope, iss, ...claims } = accessTokenClaims.apply(...facts)
        return { ...claims, azp, scp: String(scope).split(' '), iss: `${String(iss)}/v1` }
      },
      recordOfJwt: async ({ header, claims }, store) =>
        // An ID token has no jti here.
        header['typ'] === 'JWT' && typeof claims['jti'] === 'string'
          ? await store.findAccessToken(claims['jti'])
          : undefined,
    },
  },
  {
    id: 'bare-introspection',
    lawful: 'RFC 7662 §2.2: every member but active is optional',
    swap: { activeAnswer: ({ token }) => ({ active: true, scope: token.scopes.join(' ') }) },
  },
  {
    id: 'access-tokens-introspected-alone',
    lawful: 'RFC 7662 §2.1: a search goes across the token types that the server supports',
    swap: { tokenTypesToDescribe: () => ['access_token'] },
  },
  {
    id: 'introspection-without-names',
    lawful: 'RFC 7662 §5: to leave out what is sensitive is the simplest way to keep it from others',
    swap: {
      activeAnswer(facts) {
        const { sub: _sub, username: _username, ...rest } = activeAnswer.apply(facts)
        return { ...rest, aud: ['https://api.example', facts.issuer] }
      },
    },
  },
  {
    id: 'introspection-for-known-clients',
    lawful: 'RFC 7662 §2.2: a server may answer differently to different protected resources',
    swap: {
      callerMayKnow: (caller, described) =>
        caller.registrationAccessToken === undefined || callerMayKnow.apply(caller, described),
    },
  },
  {
    id: 'introspection-by-bearer',
    lawful: 'RFC 7662 §2.1: who introspects may show an access token of their own',
    config: { introspectionByBearer: true },
  },
  {
    id: 'access-tokens-not-revocable',
    lawful:
      'RFC 7009 §3: what resources verify by themselves may be beyond revocation, and §2.2.1 has the error for it',
    swap: {
      accessTokenIsRevocable() {
        throw new OAuthError('unsupported_token_type', 'access tokens are not revoked')
      },
    },
  },
  {
    id: 'revocation-ends-all',
    lawful: 'RFC 7009 §2.1: the revocation of an access token may revoke the refresh token as well',
    swap: { revocationEndsGrant: () => true },
  },
]
