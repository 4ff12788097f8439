import { document, rfc } from './document.ts'

export const rfc7636 = document('rfc7636', 'Proof Key for Code Exchange by OAuth Public Clients', rfc(7636), {
  verifierSyntax: ['4.1', 'STATES', 'deals in verifiers of 43 to 128 unreserved characters and no others'],
  challengeSyntax: ['4.2', 'STATES', 'deals in challenges of 43 to 128 unreserved characters and no others'],
  s256Supported: ['4.2', 'MUST', 'implements the method S256'],
  methodDefaultsToPlain: ['4.3', 'STATES', 'reads a challenge without a method as plain'],
  challengeRequired: [
    '4.4.1',
    'MUST',
    'answers invalid_request where it requires PKCE and the authorization request has no code_challenge',
  ],
  unknownMethodRefused: ['4.4.1', 'MUST', 'answers invalid_request where it does not support the method'],
  verifierMatches: ['4.6', 'MUST', 'denies with invalid_grant a verifier that does not transform into the challenge'],
})
