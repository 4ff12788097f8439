import { document, rfc } from './document.ts'

export const rfc6750 = document('rfc6750', 'The OAuth 2.0 Authorization Framework: Bearer Token Usage', rfc(6750), {
  headerSupported: ['2.1', 'MUST', 'takes a bearer token from the Authorization header'],
  challenge: ['3', 'MUST', 'answers a request without a usable token with WWW-Authenticate'],
  challengeBearer: ['3', 'MUST', 'uses the scheme Bearer in that challenge'],
  noErrorWithoutToken: ['3.1', 'SHOULD NOT', 'gives an error code to a request that carried no token at all'],
  invalidToken: [
    '3.1',
    'SHOULD',
    'answers 401 with invalid_token where the token is expired, revoked, malformed or otherwise invalid',
  ],
  insufficientScope: ['3.1', 'SHOULD', 'answers 403 with insufficient_scope where the token lacks the scope'],
})
