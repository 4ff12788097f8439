import type { Requirement } from '../../core/spec/document.ts'
import { samlBindings } from '../../core/spec/saml-bindings.ts'
import { samlCore } from '../../core/spec/saml-core.ts'
import { samlProfiles } from '../../core/spec/saml-profiles.ts'
import { describeSso, sentTo, type SsoAnswer } from '../../harness/client/saml-client.ts'
import { isSuccess } from '../../harness/client/saml-response.ts'
import type { Expect } from '../../harness/expect.ts'
import { foreignConsumer, type RequestPlan, type RightRequest, stranger } from '../generators/saml-request.ts'
import { isCrash } from './answers.ts'
import { judgeTaken, leadsAstray } from './redirects.ts'

/** What breaks where a response goes to a place that the service provider does not have. */
const consumerRequirements = [samlCore.consumerChecked, samlProfiles.consumerVerified] as const

export const placeRequirements = [...consumerRequirements, samlProfiles.locationEstablished] as const

/**
 * Judges where a response went, whatever was asked: to a place of the service provider's own, or nowhere. An identity
 * provider may keep its error page on a host of its own.
 */
export function judgePlace(expect: Expect, answer: SsoAnswer, plan: RequestPlan, right: RightRequest): void {
  const { AssertionConsumerServiceURL: url = '', AssertionConsumerServiceIndex: index } = plan.attributes
  const { consumers, consumersOfOthers } = right
  const { arrival } = answer
  const named = [...(url === '' ? [] : [url]), foreignConsumer, ...consumersOfOthers]
  const isSent =
    arrival.kind === 'form_post' ||
    (arrival.kind === 'redirect' &&
      (/[?&]SAMLResponse=/.test(arrival.location) || leadsAstray(arrival, named, consumers)))
  const uri = sentTo(answer)?.replace(/[?&]SAMLResponse=.*$/s, '') ?? ''
  const offered = { uri, isTaken: isSent, actual: describeSso(answer) }
  const known = { known: consumers, portVaries: false }
  judgeTaken(expect, known, offered, index === undefined ? consumerRequirements : [samlCore.consumerIndex])
  // Who is unknown has no place at all.
  const own = plan.issuer === right.entityId ? known : { ...known, known: [] }
  judgeTaken(expect, own, offered, [samlProfiles.locationEstablished])
}

/**
 * Judges that an identity provider stands, and uses no HTTP error to tell of what is wrong with a request that it can read:
 * of others HTTP may tell.
 */
export function judgeStatus(expect: Expect, answer: SsoAnswer, plan?: RequestPlan, right?: RightRequest): void {
  const { arrival, pages, carrier } = answer
  const isWellFormed = plan !== undefined && right !== undefined && isReadable(plan, right)
  const statuses = [
    ...[...pages, ...(carrier === undefined ? [] : [carrier])].map(({ status }) => status),
    ...(arrival.kind === 'page' ? [arrival.status] : []),
  ]
  const wrong = statuses.find((status) => isCrash({ status }) || (isWellFormed && status >= 400 && !ofHttp.has(status)))
  expect.that(
    wrong === undefined,
    {
      violation: wrong !== undefined && isCrash({ status: wrong }) ? 'crashed' : 'wrong-status',
      expected: 'no HTTP error status',
      actual: `status ${wrong}`,
    },
    samlBindings.redirectFailureStatus,
  )
}

/** What HTTP has a status for: a size, a rate, a length of its headers. */
const ofHttp: ReadonlySet<number> = new Set([413, 414, 429, 431, 503])

/** The requirements that an assertion for this request would break. */
export function brokenByAssertion(plan: RequestPlan, right: RightRequest): readonly Requirement[] {
  const { attributes, issuer, elements } = plan
  const [, major] = /^(\d{1,9})\.\d{1,9}$/.exec(attributes['Version'] ?? '') ?? []
  return [
    ...(major !== undefined && Number(major) !== 2 ? [samlCore.majorVersion] : []),
    ...(isElsewhere(attributes['Destination'], right.destination) ? [samlCore.requestDestination] : []),
    ...(issuer === right.entityId ? [] : [samlCore.exactComparison]),
    ...(/ Format="urn:assay:unknown"/.test(elements['NameIDPolicy'] ?? '') ? [samlCore.nameIdPolicy] : []),
    ...(isUnknownContext(elements['RequestedAuthnContext'] ?? '') ? [samlCore.contextMatches] : []),
    ...(elements['Subject']?.includes(stranger) ? [samlProfiles.subjectIsPrincipal] : []),
  ]
}

/** Whether a destination is another place than this: by host or path, for what else differs may be the same to a server. */
function isElsewhere(destination: string | undefined, here: string): boolean {
  if (destination === undefined || destination === '') return false
  if (!URL.canParse(destination)) return true
  const [to, own] = [new URL(destination), new URL(here)]
  return to.origin !== own.origin || to.pathname.replace(/\/$/, '') !== own.pathname.replace(/\/$/, '')
}

/** Asked for exactly, and by names that nobody has. */
const isUnknownContext = (requested: string) =>
  /<samlp:RequestedAuthnContext(?: Comparison="exact")?>/.test(requested) &&
  !/ClassRef>(?!urn:assay:unknown)[^<]/.test(requested)

/** Whether a request says rightly who asks for what to be sent where, and in which protocol. */
const isReadable = ({ attributes, issuer }: RequestPlan, { entityId, consumers }: RightRequest): boolean => {
  const { AssertionConsumerServiceURL: url, AssertionConsumerServiceIndex: index } = attributes
  return (
    issuer === entityId &&
    !('IssueInstant' in attributes) &&
    index === undefined &&
    (url === undefined || consumers.includes(url)) &&
    [attributes['Version'], attributes['Destination']].every((value) => /^[\x21-\x7E]+$/.test(value ?? 'x'))
  )
}

/** Whether it is one that every identity provider can answer besides, be it by a refusal. */
const isAnswerable = (plan: RequestPlan, right: RightRequest): boolean =>
  isReadable(plan, right) &&
  plan.attributes['Version'] === '2.0' &&
  plan.attributes['Destination'] === right.destination

const isTrue = (value: string | undefined) => value === 'true' || value === '1'

/** Judges what was made of the demands of a request, where `signedIn` says whether somebody was signed in before. */
export function judgeDemands(
  expect: Expect,
  answer: SsoAnswer,
  plan: RequestPlan,
  right: RightRequest,
  signedIn: boolean,
): void {
  const { response, pages } = answer
  const actual = describeSso(answer)
  const isMet = response !== undefined && isSuccess(response)
  const isBrought = response !== undefined && response.assertions.length + response.encrypted > 0
  const refusal = { violation: 'accepted', expected: 'no assertion', actual } as const
  for (const about of brokenByAssertion(plan, right)) expect.that(!isBrought, refusal, about)
  expect.that(!isBrought || isMet, { ...refusal, violation: 'leaked' }, samlProfiles.noAssertionInError)
  if (!isAnswerable(plan, right)) return
  const { IsPassive: passive, ForceAuthn: forced, AssertionConsumerServiceURL: url } = plan.attributes
  const answered = { violation: 'refused', expected: 'a response, be it with an error status', actual } as const
  expect.that(response !== undefined, answered, samlProfiles.failureIsAnswered)
  const shown = { expected: 'no page', actual: `${pages.length} pages` } as const
  if (isTrue(passive) && response !== undefined)
    expect.that(pages.length === 0, shown, isTrue(forced) ? samlCore.passiveGoesFirst : samlCore.isPassive)
  if (isTrue(forced) && !isTrue(passive) && signedIn && isMet)
    expect.that(
      pages.length > 0,
      { violation: 'accepted', expected: 'a page to sign in again', actual: `${actual}, without a page` },
      samlCore.forceAuthn,
    )
  if (!isMet) return
  const [consumer] = right.consumers
  expect.that(
    sentTo(answer) === (url ?? consumer),
    { violation: 'redirected', expected: `a response to ${url ?? consumer}`, actual },
    url === undefined ? samlCore.consumerDefault : samlCore.consumerHonoured,
  )
}
