import fc from 'fast-check'
import { binds } from '../../core/spec/claims.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { CheckContext } from '../../harness/check.ts'
import { property } from '../../harness/property.ts'
import { type Cast, castOf } from '../model/cast.ts'
import { expectToFollow } from '../model/play.ts'
import { type Act, sequencesOf } from '../model/sequence.ts'
import { stepCalled, steps } from '../model/steps.ts'
import { closing, type TracedTransition, tracesOf } from '../model/traces.ts'

/** What a server lacks that leaves the model; each by the guard of `fuzz/model/guards.ts` that rests on it. */
const ofBoth = [
  rfc6749.codeBoundToClient,
  rfc6749.codeRedirectUriRequired,
  rfc6749.codeRedirectUriMatches,
  rfc6749.codeSingleUse,
  rfc6749.replayRevokes,
  rfc6749.refreshBoundToClient,
  rfc6749.refreshScopeNotWidened,
  rfc6749.refreshScopeKept,
  rfc7009.accessTokensRevocable,
  rfc7009.refreshTokensRevocable,
  rfc7009.revokedAtOnce,
  rfc7009.foreignTokenReported,
  rfc7636.verifierMatches,
  rfc7662.revokedInactive,
  rfc9700.verifierEnforced,
  rfc9700.codeInvalidated,
  rfc9700.replayRevokes,
  rfc9700.refreshBoundToScope,
] as const

/** What only a client shows that may go without PKCE, or whose refresh tokens need not be replaced. */
const ofConfidential = [
  rfc7009.refreshRevokesAccess,
  rfc7636.plainOAuthWithoutChallenge,
  rfc9700.pkceNotDowngraded,
] as const

const ofPublic = [
  rfc6749.rotatedRefreshSameScope,
  rfc9700.refreshRotatedForPublic,
  rfc9700.refreshReplayDetected,
] as const

const needs = ['authorization_code'] as const

const arrange = async (context: CheckContext): Promise<Cast> =>
  await castOf(
    context,
    ({ cites }) => cites.length === 0 || cites.some((requirement) => binds(requirement, context.target.claims)),
  )

interface Traced {
  readonly cast: Cast
  readonly traces: readonly TracedTransition[]
}

/** The shortest ways to the transitions of the model that can be gone here, by which time goes by or does not. */
const arrangeTraces =
  (goesBy: boolean) =>
  async (context: CheckContext): Promise<Traced> => {
    const cast = await arrange(context)
    const all = await tracesOf(cast.model.publicClients)
    const takesTime = ({ acts }: TracedTransition) => acts.some((act) => stepCalled(act.do).does === 'wait')
    return { cast, traces: all.filter((trace) => takesTime(trace) === goesBy && cast.canAll(trace.acts)) }
  }

const replayed = {
  // Several, so that a hundred inputs hardly leave one out.
  inputs: (_: CheckContext, { traces }: Traced) =>
    fc.shuffledSubarray([...traces], { minLength: 1, maxLength: Math.min(4, traces.length) }),
  holds: async (some: readonly TracedTransition[], context: CheckContext, { cast }: Traced) => {
    for (const { acts } of some) await expectToFollow([...acts, ...closing], cast, context)
  },
}

const hastySteps = steps.filter(({ about }) => about !== 'time')

const played = {
  arrange,
  inputs: () => sequencesOf(hastySteps),
  holds: async (acts: readonly Act[], context: CheckContext, cast: Cast) =>
    await expectToFollow([...acts, ...closing], cast, context),
}

/** Whatever happens in the model, a server answers as the model does. */
export const tracesOfTheModelAreFollowed = property({
  ...replayed,
  proves: [...ofBoth, ...ofConfidential],
  needs,
  arrange: arrangeTraces(false),
})

/** Those of clients that cannot authenticate, whose refresh tokens are replaced. */
export const tracesOfPublicClientsAreFollowed = property({
  ...replayed,
  proves: [...ofBoth, ...ofPublic],
  needs: [...needs, 'public_client'],
  as: 'none',
  arrange: arrangeTraces(false),
})

/** What is asked for eleven minutes later is answered as the model has it. */
export const tracesThroughTimeAreFollowed = property({
  ...replayed,
  proves: [rfc6749.codeShortLived],
  needs: [...needs, 'clock'],
  arrange: arrangeTraces(true),
})

/** Whatever two clients and two people do, one after the other, is answered as the model has it. */
export const sequencesFollowTheModel = property({
  ...played,
  proves: [...ofBoth, ...ofConfidential],
  needs,
})

/** So is what a client does that cannot authenticate. */
export const sequencesOfPublicClientsFollowTheModel = property({
  ...played,
  proves: [...ofBoth, rfc9700.refreshRotatedForPublic],
  needs: [...needs, 'public_client'],
  as: 'none',
})
