import { document, rfc } from './document.ts'

export const rfc7009 = document('rfc7009', 'OAuth 2.0 Token Revocation', rfc(7009), {
  refreshTokensRevocable: ['2', 'MUST', 'supports the revocation of refresh tokens'],
  clientValidated: ['2.1', 'STATES', 'validates the credentials of the confidential client that revokes'],
  ownTokensOnly: ['2.1', 'STATES', 'does not revoke a token for a client to which it was not issued'],
  revokedAtOnce: ['2.1', 'STATES', 'stops honouring a token as soon as it answered its revocation'],
  refreshRevokesAccess: ['2.1', 'SHOULD', 'invalidates the access tokens of a grant whose refresh token is revoked'],
  unknownHintIgnored: ['2.1', 'MUST', 'searches all its token types where the hint does not lead to the token'],
  invalidHintIgnored: ['2.2', 'STATES', 'ignores a hint that names no token type'],
  invalidTokenIsOk: ['2.2', 'STATES', 'answers 200 also for a token that is invalid'],
})
