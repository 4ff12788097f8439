import { document, rfc } from './document.ts'

export const rfc7009 = document('rfc7009', 'OAuth 2.0 Token Revocation', rfc(7009), {
  refreshTokensRevocable: ['2', 'MUST', 'supports the revocation of refresh tokens'],
  accessTokensRevocable: ['2', 'SHOULD', 'supports the revocation of access tokens'],
  endpointHasNoFragment: ['2', 'MUST', 'publishes a revocation endpoint that is a URI without a fragment'],
  endpointIsHttps: ['2', 'MUST', 'publishes a revocation endpoint that uses https'],
  plainHttpServed: [
    '2',
    'SHOULD',
    'revokes also by plain HTTP where its host can be reached so',
    { unobservable: 'a token sent in the clear is not a test that a server should be put to' },
  ],
  clientValidated: ['2.1', 'STATES', 'validates the credentials of the confidential client that revokes'],
  ownTokensOnly: ['2.1', 'STATES', 'does not revoke a token for a client to which it was not issued'],
  foreignTokenReported: ['2.1', 'STATES', 'tells a client that it may not revoke what was issued to another'],
  revokedAtOnce: ['2.1', 'STATES', 'stops honouring a token as soon as it answered its revocation'],
  refreshRevokesAccess: ['2.1', 'SHOULD', 'invalidates the access tokens of a grant whose refresh token is revoked'],
  unknownHintIgnored: ['2.1', 'MUST', 'searches all its token types where the hint does not lead to the token'],
  invalidHintIgnored: ['2.2', 'STATES', 'ignores a hint that names no token type'],
  revokedIsOk: ['2.2', 'STATES', 'answers 200 where it has revoked a token'],
  invalidTokenIsOk: ['2.2', 'STATES', 'answers 200 also for a token that is invalid'],
  errorsAsAtToken: [
    '2.2.1',
    'STATES',
    'presents errors as its token endpoint does, invalid_request for a missing token',
  ],
  unsupportedTypeReported: ['2.2.1', 'STATES', 'answers unsupported_token_type where it does not revoke such tokens'],
  clientNamed: ['5', 'STATES', 'requires of a public client that it gives its client_id'],
  floodWithstood: [
    '5',
    'MUST',
    'takes the measures against denial of service that its token endpoint takes',
    { unobservable: 'any limit is lawful, so no number of requests proves that there is none' },
  ],
  hintsNotExploitable: [
    '5',
    'MUST',
    'takes care that wrong hints cannot be used to overload it',
    { unobservable: 'what a search costs is not seen from outside, and any limit is lawful' },
  ],
})
