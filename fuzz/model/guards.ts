import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import {
  codeOnlyWhere,
  deadOnlyWhere,
  doneOnlyWhere,
  guard,
  liveOnlyWhere,
  refusedOnlyWhere,
  tokensOnlyWhere,
} from './guard.ts'
import {
  type AtAuthorization,
  isOwn,
  isRightBesideCode,
  isRightBesideToken,
  type WithAccessToken,
  type WithCode,
  type WithRefreshToken,
} from './situation.ts'
import type { Grant } from './state.ts'

// The authorization endpoint.

export const personIsSignedIn = codeOnlyWhere(
  'the person is signed in',
  [rfc6749.ownerAuthenticated],
  ({ person }: AtAuthorization, { next }) => next.sessions[person],
)

export const personHasAgreed = codeOnlyWhere(
  'the person has agreed',
  [rfc6749.consentExplicit],
  ({ person, client }: AtAuthorization, { next }) => next.consents[person][client],
)

// The token endpoint, for a code.

export const codeIsOfClient = tokensOnlyWhere('the code was issued to the client', [rfc6749.codeBoundToClient], isOwn)

export const codeIsYoung = tokensOnlyWhere(
  'the code is not older than ten minutes',
  [rfc6749.codeShortLived],
  ({ grant }: WithCode) => !grant.isLate,
)

export const redirectUriIsRepeated = tokensOnlyWhere(
  'the redirect_uri is repeated',
  [rfc6749.codeRedirectUriRequired],
  ({ request }: WithCode) => request.redirectUri !== 'none',
)

export const redirectUriIsTheSame = tokensOnlyWhere(
  'the redirect_uri is the same',
  [rfc6749.codeRedirectUriMatches],
  ({ request }: WithCode) => request.redirectUri !== 'another',
)

export const verifierHasChallenge = tokensOnlyWhere(
  'there was a challenge for the verifier',
  [rfc9700.pkceNotDowngraded],
  ({ grant, request }: WithCode) => grant.hasChallenge || request.verifier !== 'of another',
)

export const verifierIsPresent = tokensOnlyWhere(
  'the verifier is there for the challenge',
  [rfc9700.verifierEnforced],
  ({ grant, request }: WithCode) => !grant.hasChallenge || request.verifier !== 'none',
)

export const verifierMatches = tokensOnlyWhere(
  'the verifier matches the challenge',
  [rfc7636.verifierMatches],
  ({ grant, request }: WithCode) => !grant.hasChallenge || request.verifier !== 'of another',
)

export const codeIsUnspent = tokensOnlyWhere(
  'the code is unspent',
  [rfc6749.codeSingleUse, rfc9700.codeInvalidated],
  ({ grant }: WithCode) => grant.redemptions === 0,
)

const owesTokens = (situation: WithCode) => {
  const { code, redemptions, isLate } = situation.grant
  return isRightBesideCode(situation) && code === 'fresh' && redemptions === 0 && !isLate
}

export const rightVerifierIsHonoured = refusedOnlyWhere(
  'something is wrong with the code or its verifier',
  [rfc7636.rightVerifierAccepted],
  (situation: WithCode) => !situation.grant.hasChallenge || !owesTokens(situation),
)

export const codeWithoutChallengeIsHonoured = refusedOnlyWhere(
  'something is wrong with the code that had no challenge',
  [rfc7636.plainOAuthWithoutChallenge],
  (situation: WithCode) => situation.grant.hasChallenge || !owesTokens(situation),
)

// The token endpoint, for a refresh token.

export const refreshTokenIsOfClient = tokensOnlyWhere(
  'the refresh token was issued to the client',
  [rfc6749.refreshBoundToClient],
  isOwn,
)

export const refreshTokenIsNotReplaced = tokensOnlyWhere(
  'the refresh token is not one that was replaced',
  [rfc9700.refreshRotatedForPublic],
  ({ token }: WithRefreshToken) => token.is !== 'replaced',
)

export const refreshTokenIsNotGivenBack = tokensOnlyWhere(
  'the refresh token was not given back',
  [rfc7009.refreshTokensRevocable, rfc7009.revokedAtOnce],
  ({ token }: WithRefreshToken) => token.is !== 'given back',
)

export const familyIsNotReused = tokensOnlyWhere(
  'no token that was replaced came back',
  [rfc9700.refreshReplayDetected],
  ({ grant }: WithRefreshToken) => !grant.isReused,
)

export const refreshedCodeIsNotReplayed = tokensOnlyWhere(
  'the code of the refresh token was not replayed',
  [rfc6749.replayRevokes, rfc9700.replayRevokes],
  ({ grant }: WithRefreshToken) => !grant.isReplayed,
)

export const scopeIsWithinGrant = tokensOnlyWhere(
  'the scope is within what was granted',
  [rfc6749.refreshScopeNotWidened, rfc9700.refreshBoundToScope],
  (_: WithRefreshToken, { answer }) => answer.scope !== 'more',
)

export const scopeIsKept = tokensOnlyWhere(
  'the scope is that of the grant where none is named',
  [rfc6749.refreshScopeKept],
  ({ request, token }: WithRefreshToken, { answer }) =>
    request.scope !== undefined || token.scope === 'less' || answer.scope !== 'less',
)

export const newTokenKeepsScope = tokensOnlyWhere(
  'a new refresh token has the scope of the old one',
  [rfc6749.rotatedRefreshSameScope],
  ({ token }: WithRefreshToken, { issued }) => issued === undefined || issued.scope === token.scope,
)

export const publicTokenIsReplaced = tokensOnlyWhere(
  "a public client's refresh token is replaced",
  [rfc9700.refreshRotatedForPublic],
  ({ grant }: WithRefreshToken, { replaces }) => !grant.isPublic || replaces === true,
)

export const refreshIsHonoured = refusedOnlyWhere(
  'something is wrong with the refresh token',
  [],
  (situation: WithRefreshToken) => {
    const { token, grant } = situation
    return !isRightBesideToken(situation) || token.is !== 'current' || grant.isReplayed || grant.isReused
  },
)

// The revocation endpoint.

export const tokenIsOfRevoker = guard(
  'a token is revoked by its own client alone',
  [rfc7009.ownTokensOnly],
  (situation: WithRefreshToken | WithAccessToken, { revokes }) => isOwn(situation) || revokes !== true,
)

const isOver = (grant: Grant) => grant.isReplayed || grant.isReused || grant.isGivenBack || grant.isLate

export const foreignTokenIsReported = doneOnlyWhere(
  'the token is of the client that revokes it, or of no more use',
  [rfc7009.foreignTokenReported],
  (situation: WithRefreshToken | WithAccessToken) => {
    const { is } = situation.token
    return isOwn(situation) || isOver(situation.grant) || (is !== 'current' && is !== 'live')
  },
)

export const ownRefreshTokenIsRevoked = refusedOnlyWhere(
  'the refresh token is of another client, or of no more use',
  [rfc7009.refreshTokensRevocable],
  (situation: WithRefreshToken) => !isOwn(situation) || situation.token.is !== 'current',
)

export const ownAccessTokenIsRevoked = refusedOnlyWhere(
  'the access token is of another client, or of no more use',
  [rfc7009.accessTokensRevocable],
  (situation: WithAccessToken) => !isOwn(situation) || situation.token.is !== 'live',
)

export const deadTokenCountsAsRevoked = refusedOnlyWhere(
  'the token is of another client, or of some use',
  [rfc7009.invalidTokenIsOk],
  (situation: WithRefreshToken | WithAccessToken) => !isOwn(situation) || situation.token.is !== 'given back',
)

// Where an access token is used.

export const accessTokenIsNotGivenBack = liveOnlyWhere(
  'the access token was not given back',
  [rfc7009.accessTokensRevocable, rfc7009.revokedAtOnce, rfc7662.revokedInactive],
  ({ token }: WithAccessToken) => token.is !== 'given back',
)

export const refreshTokenOfAccessIsNotGivenBack = liveOnlyWhere(
  'the refresh token of its grant was not given back',
  [rfc7009.refreshRevokesAccess],
  ({ grant }: WithAccessToken) => !grant.isGivenBack,
)

export const codeOfAccessIsNotReplayed = liveOnlyWhere(
  'the code of the access token was not replayed',
  [rfc6749.replayRevokes, rfc9700.replayRevokes],
  ({ grant }: WithAccessToken) => !grant.isReplayed,
)

export const accessTokenTellsOfItsPerson = liveOnlyWhere(
  'the access token is about the person who granted it',
  [oidcCore.userinfoSameSubject],
  ({ grant }: WithAccessToken, { answer }) => answer.person === grant.person,
)

export const accessTokenIsHonoured = deadOnlyWhere(
  'something is wrong with the access token',
  [],
  ({ token, grant }: WithAccessToken) => token.is !== 'live' || isOver(grant),
)
