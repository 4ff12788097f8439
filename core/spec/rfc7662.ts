import { document, rfc } from './document.ts'

export const rfc7662 = document('rfc7662', 'OAuth 2.0 Token Introspection', rfc(7662), {
  callerAuthorized: ['2.1', 'MUST', 'requires some form of authorization at its introspection endpoint'],
  activeMember: ['2.2', 'MUST', 'answers with a JSON object whose member active is a boolean'],
  inactiveSaysNothing: ['2.2', 'SHOULD NOT', 'tells anything more about a token that is not active'],
  unknownTokenInactive: ['2.2', 'MUST', 'answers active false, not an error, for a token that it does not know'],
  revokedInactive: ['4', 'MUST', 'finds out whether a token was revoked before it calls it active'],
  signatureValidated: ['4', 'MUST', 'validates the signature of a signed token before it calls it active'],
  expiredInactive: ['4', 'MUST', 'finds out whether a token has expired before it calls it active'],
})
