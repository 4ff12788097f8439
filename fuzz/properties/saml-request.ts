import fc from 'fast-check'
import { samlBindings } from '../../core/spec/saml-bindings.ts'
import { samlCore } from '../../core/spec/saml-core.ts'
import { samlProfiles } from '../../core/spec/saml-profiles.ts'
import type { CheckContext } from '../../harness/check.ts'
import { describeSso, type SamlClient, type SignOn, type SsoAnswer } from '../../harness/client/saml-client.ts'
import { isSuccess } from '../../harness/client/saml-response.ts'
import { Untestable } from '../../harness/error.ts'
import { property } from '../../harness/property.ts'
import { applied } from '../generators/edit.ts'
import {
  oddPlanEdits,
  planEdits,
  type RequestPlan,
  type RightRequest,
  rightPlan,
  signOnBy,
} from '../generators/saml-request.ts'
import { messageTextEdits } from '../generators/saml-text.ts'
import { judgeDemands, judgePlace, judgeStatus, placeRequirements } from '../oracles/sso.ts'

/** A request is met as it was made, or it is not met; and wherever the answer goes, the service provider is there. */
export const requestIsMetOrRefused = property({
  proves: [
    ...placeRequirements,
    samlCore.consumerDefault,
    samlCore.consumerHonoured,
    samlCore.majorVersion,
    samlCore.requestDestination,
    samlCore.exactComparison,
    samlCore.nameIdPolicy,
    samlCore.contextMatches,
    samlCore.passiveGoesFirst,
    samlCore.forceAuthn,
    samlProfiles.subjectIsPrincipal,
    samlProfiles.failureIsAnswered,
    samlProfiles.noAssertionInError,
    samlProfiles.notByRedirect,
    samlBindings.redirectFailureStatus,
  ],
  needs: ['saml_idp'],
  arrange: rightRequest,
  inputs: (_, right) => fc.record({ edits: planEdits(right), signedIn: fc.boolean() }),

  async holds({ edits, signedIn }, { saml, expect }, right) {
    const plan = applied(edits, rightPlan(right))
    saml.agent.forget()
    if (signedIn) await saml.signOn()
    const answer = await saml.signOn(signOnBy(plan))

    judgePlace(expect, answer, plan, right)
    judgeStatus(expect, answer, plan, right)
    judgeDemands(expect, answer, plan, right, signedIn)
    judgeBinding(expect, answer)
  },
})

/** Whatever a message asks for and however it is written, nothing goes to a place that is not the service provider's. */
export const hostileMessageGoesNowhere = property({
  proves: [
    samlCore.consumerChecked,
    samlProfiles.consumerVerified,
    samlCore.consumerIndex,
    samlProfiles.notByRedirect,
    samlBindings.redirectFailureStatus,
  ],
  needs: ['saml_idp'],
  arrange: rightRequest,
  inputs: (_, right) =>
    fc.oneof(
      { weight: 2, arbitrary: fc.record({ message: messageTextEdits }) },
      { weight: 1, arbitrary: fc.record({ plan: oddPlanEdits(right) }) },
      { weight: 1, arbitrary: fc.record({ plan: oddPlanEdits(right), message: messageTextEdits }) },
    ),

  async holds(input: HostileMessage, { saml, expect }, right) {
    const plan = applied(input.plan ?? [], rightPlan(right))
    const answer = await saml.signOn({ ...signOnBy(plan), edit: (xml) => applied(input.message ?? [], xml) })

    judgePlace(expect, answer, plan, right)
    judgeStatus(expect, answer)
    judgeBinding(expect, answer)
  },
})

interface HostileMessage {
  readonly plan?: Parameters<typeof applied<RequestPlan>>[0]
  readonly message?: Parameters<typeof applied<string>>[0]
}

function judgeBinding(expect: CheckContext['expect'], answer: SsoAnswer) {
  const { arrival } = answer
  expect.that(
    !(arrival.kind === 'redirect' && /[?&]SAMLResponse=/.test(arrival.location)),
    { violation: 'redirected', expected: 'no response by HTTP-Redirect', actual: describeSso(answer) },
    samlProfiles.notByRedirect,
  )
}

/** What a right request of this service provider says, once one was seen to be met. */
async function rightRequest({ saml }: CheckContext): Promise<RightRequest> {
  await needsAssertion(saml)
  const { entity_id: entityId, acs_url: own, other_acs_urls: others = [] } = saml.provider
  return {
    entityId,
    destination: await saml.signOnLocation(),
    consumers: [own, ...others],
    consumersOfOthers: saml.others
      .flatMap(({ provider }) => [provider.acs_url, ...(provider.other_acs_urls ?? [])])
      .filter((place) => place !== own && !others.includes(place)),
  }
}

/** Where a right request brings nothing, a wrong one says nothing. */
async function needsAssertion(saml: SamlClient, request: SignOn = {}): Promise<void> {
  const answer = await saml.signOn(request)
  if (answer.response === undefined || !isSuccess(answer.response))
    throw new Untestable(`a right request is not met: ${describeSso(answer)}`)
}
