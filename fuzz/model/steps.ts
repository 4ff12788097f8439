import * as is from './guards.ts'
import {
  accessTokenRevoked,
  asked,
  closed,
  declined,
  looked,
  redeemed,
  refreshed,
  refreshTokenRevoked,
  unasked,
  waited,
} from './outcomes.ts'
import { type Step, withAccessToken, withBrowser, withCode, withPerson, withRefreshToken, withTime } from './step.ts'

const authorization = { does: 'authorize' as const, when: [is.personIsSignedIn, is.personHasAgreed] }

const redemption = {
  does: 'redeem' as const,
  when: [
    is.codeIsOfClient,
    is.codeIsYoung,
    is.redirectUriIsRepeated,
    is.redirectUriIsTheSame,
    is.verifierHasChallenge,
    is.verifierIsPresent,
    is.verifierMatches,
    is.codeIsUnspent,
    is.rightVerifierIsHonoured,
    is.codeWithoutChallengeIsHonoured,
  ],
  may: redeemed,
}

const refreshing = {
  does: 'refresh' as const,
  when: [
    is.refreshTokenIsOfClient,
    is.refreshTokenIsNotGivenBack,
    is.refreshedCodeIsNotReplayed,
    is.familyIsNotReused,
    is.refreshTokenIsNotReplaced,
    is.scopeIsWithinGrant,
    is.scopeIsKept,
    is.publicTokenIsReplaced,
    is.newTokenKeepsScope,
    is.refreshIsHonoured,
  ],
  may: refreshed,
}

const refreshRevocation = {
  does: 'revoke' as const,
  when: [is.tokenIsOfRevoker, is.foreignTokenIsReported, is.ownRefreshTokenIsRevoked, is.deadTokenCountsAsRevoked],
  may: refreshTokenRevoked,
}

const accessRevocation = {
  does: 'revoke' as const,
  when: [is.tokenIsOfRevoker, is.foreignTokenIsReported, is.ownAccessTokenIsRevoked, is.deadTokenCountsAsRevoked],
  may: accessTokenRevoked,
}

const use = {
  does: 'use' as const,
  when: [
    is.accessTokenIsNotGivenBack,
    is.refreshTokenOfAccessIsNotGivenBack,
    is.codeOfAccessIsNotReplayed,
    is.accessTokenTellsOfItsPerson,
    is.accessTokenIsHonoured,
  ],
  may: looked,
}

const another = { by: 'another client' } as const

/** All that clients, people and time do to a server: the table that the model is. */
export const steps: readonly Step[] = [
  withPerson('authorize', { ...authorization, may: asked }),
  withPerson('authorize without a challenge', { ...authorization, request: { challenge: 'none' }, may: asked }),
  withPerson('authorize silently', { ...authorization, request: { prompt: 'none' }, may: unasked }),
  withPerson('decline', { ...authorization, request: { decision: 'deny' }, may: declined }),
  withBrowser('close the browser', { does: 'leave', when: [], may: closed }),

  withCode('redeem', redemption),
  withCode('redeem by another client', { ...redemption, request: another }),
  withCode('redeem without redirect_uri', { ...redemption, request: { redirectUri: 'none' } }),
  withCode('redeem with another redirect_uri', { ...redemption, request: { redirectUri: 'another' } }),
  withCode('redeem without the verifier', { ...redemption, request: { verifier: 'none' } }),
  withCode('redeem with the verifier of another', { ...redemption, request: { verifier: 'of another' } }),

  withRefreshToken('refresh', refreshing),
  withRefreshToken('refresh for all that was granted', { ...refreshing, request: { scope: 'granted' } }),
  withRefreshToken('refresh for less', { ...refreshing, request: { scope: 'less' } }),
  withRefreshToken('refresh for more', { ...refreshing, request: { scope: 'more' } }),
  withRefreshToken('refresh by another client', { ...refreshing, request: another }),

  withRefreshToken('give the refresh token back', refreshRevocation),
  withRefreshToken('revoke the refresh token of another client', { ...refreshRevocation, request: another }),
  withAccessToken('give the access token back', accessRevocation),
  withAccessToken('revoke the access token of another client', { ...accessRevocation, request: another }),

  withAccessToken('use the access token', use),
  withTime('wait eleven minutes', { does: 'wait', when: [], may: waited }),
]

const byName = new Map(steps.map((step) => [step.name, step]))

export function stepCalled(name: string): Step {
  const step = byName.get(name)
  if (step === undefined) throw new TypeError(`no step is called ${name}`)
  return step
}

/** Every clause that the model rests on, in the order in which the steps name them. */
export const guards = [...new Set(steps.flatMap(({ when }) => when))]
