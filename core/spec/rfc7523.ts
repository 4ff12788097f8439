import { document, rfc } from './document.ts'

export const rfc7523 = document(
  'rfc7523',
  'JWT Profile for OAuth 2.0 Client Authentication and Authorization Grants',
  rfc(7523),
  {
    assertionTypeNamed: ['2.2', 'STATES', 'takes a JWT for a client by the client_assertion_type of JWTs and no other'],
    singleAssertion: ['2.2', 'MUST NOT', 'accepts a client_assertion with more than one JWT in it'],
    issuerAndSubject: ['3', 'MUST', 'requires of a client assertion that iss and sub name the client'],
    audience: ['3', 'MUST', 'rejects an assertion whose aud does not name this server'],
    expiry: ['3', 'MUST', 'rejects an assertion without exp or past it'],
    notBefore: ['3', 'MUST NOT', 'accepts an assertion before its nbf'],
    signed: ['3', 'MUST', 'rejects an assertion whose signature or MAC is missing or wrong'],
    otherwiseValid: ['3', 'MUST', 'rejects a JWT that is not valid in every other respect'],
    invalidClient: ['3.2', 'MUST', 'reports invalid_client where a client assertion is not valid'],
  },
)
