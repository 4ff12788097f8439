import { document, rfc } from './document.ts'

export const rfc7636 = document('rfc7636', 'Proof Key for Code Exchange by OAuth Public Clients', rfc(7636), {
  verifierSyntax: ['4.1', 'STATES', 'deals in verifiers of 43 to 128 unreserved characters and no others'],
  challengeSyntax: ['4.2', 'STATES', 'deals in challenges of 43 to 128 unreserved characters and no others'],
  s256Supported: ['4.2', 'MUST', 'implements the method S256'],
  methodDefaultsToPlain: ['4.3', 'STATES', 'reads a challenge without a method as plain'],
  challengeBoundToCode: ['4.4', 'MUST', 'binds the challenge and its method to the code that it issues'],
  challengeNotDisclosed: ['4.4', 'MUST NOT', 'lets others read the challenge out of what the client has to send'],
  challengeRequired: [
    '4.4.1',
    'MUST',
    'answers invalid_request where it requires PKCE and the authorization request has no code_challenge',
  ],
  unknownMethodRefused: ['4.4.1', 'MUST', 'answers invalid_request where it does not support the method'],
  errorsExplained: [
    '4.4.1',
    'SHOULD',
    'explains in error_description or at error_uri what is wrong with a challenge or its method',
  ],
  boundMethodUsed: ['4.5', 'MUST', 'verifies the verifier by the method that is bound to the code'],
  verifierMatches: ['4.6', 'MUST', 'denies with invalid_grant a verifier that does not transform into the challenge'],
  rightVerifierAccepted: ['4.6', 'MUST', 'goes on as usual where the verifier transforms into the challenge'],
  plainOAuthWithoutChallenge: [
    '5',
    'STATES',
    'redeems a code without a verifier where it took a request without a challenge',
  ],
  methodCaseSensitive: ['6.2.1', 'STATES', 'tells the names of methods apart by case'],
  plainChallengeEncrypted: ['7.2', 'MUST', 'encrypts a plain challenge that it puts into the code'],
})
