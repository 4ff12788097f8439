import { oauth21 } from '../../core/spec/oauth21.ts'
import type { Dialect } from '../dialect.ts'
import { assertionNamesServer } from '../rules/client-authentication.ts'
import { tokenResponseHeaders } from '../rules/token-endpoint.ts'

/** What the OAuth 2.1 draft forbids of what OAuth 2.0 lets be, and what it lets be of what OAuth 2.0 forbids. */
export const oauth21Dialects: readonly Dialect[] = [
  {
    id: 'nothing-claimed',
    lawful: 'OAuth 2.1 §1.8: it restricts what OAuth 2.0 allows, and binds those that claim to follow it',
    claims: [],
  },
  {
    id: 'oauth21-alone',
    lawful: 'OAuth 2.1 §3.2.3 and §10.2: Pragma is not asked for, and redirect_uri no parameter of the token request',
    swap: {
      tokenResponseHeaders() {
        const { pragma: _relic, ...headers } = tokenResponseHeaders.apply()
        return headers
      },
      redirectUriIsRepeated() {},
      redirectUriIsTheSame() {},
    },
  },
  {
    id: 'pkce-for-public-clients',
    lawful: 'RFC 9700 §2.1.1: public clients must use PKCE, and for confidential ones it is recommended',
    forbiddenBy: [oauth21.challengeOfOtherClients, oauth21.codeNeedsChallenge, oauth21.challengeBesideNonce],
    config: { pkceRequired: 'of public clients' },
  },
  {
    id: 'nonce-for-pkce',
    lawful: 'RFC 9700 §2.1.1: a confidential client may rely on the nonce of OpenID Connect instead of PKCE',
    forbiddenBy: [oauth21.challengeBesideNonce],
    config: { pkceRequired: 'without a nonce' },
  },
  {
    id: 'endpoint-as-audience',
    lawful: 'RFC 7523 §3: the token endpoint may stand for the server as audience of an assertion',
    forbiddenBy: [oauth21.assertionAudience],
    swap: {
      assertionNamesServer: ([issuer = ''], assertion) =>
        assertionNamesServer.apply([issuer, `${issuer}/token`], assertion),
    },
  },
  {
    id: 'no-secret-in-the-body',
    lawful: 'RFC 6749 §2.3.1: a server may support credentials in the body of the request, and need not',
    forbiddenBy: [oauth21.secretInBody],
    config: { authMethods: ['client_secret_basic', 'private_key_jwt', 'none'] },
  },
  {
    id: 'secrets-in-the-body-alone',
    lawful: 'OAuth 2.1 §2.4.1: a secret is taken from the body of the request, and may be by HTTP Basic as well',
    config: { authMethods: ['client_secret_post', 'private_key_jwt', 'none'] },
  },
  {
    id: 'tokens-in-the-query',
    lawful: 'RFC 6750 §2.3: a resource server may take a token from the query of the URI',
    forbiddenBy: [oauth21.queryTokenIgnored],
    config: { bearerMethods: ['form', 'query'] },
  },
]
