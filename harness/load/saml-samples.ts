import type { Sample } from '../../core/story.ts'
import { Redactor } from '../../core/redact.ts'
import { HttpClient, NoAnswer } from '../client/http.ts'
import { audiencesOf, authnStatementsOf, bearerDataOf, instant } from '../client/saml-assertion.ts'
import { type IdpMetadata, requestIdpMetadata, usableIdpMetadata } from '../client/saml-metadata.ts'
import { saml } from '../client/saml-request.ts'
import { readPostedResponse, type SamlResponse } from '../client/saml-response.ts'
import { childOf, MalformedXml, type XmlElement } from '../client/xml.ts'
import { Untestable } from '../error.ts'
import type { Target } from '../target/target.ts'
import { allowance, clockTolerance, type Flaw, type Found } from './flaw.ts'

/** Judges SAML responses as the service provider would that they are for, by the keys of the metadata. */
export function responseJudge(target: Target): (sample: Sample) => Promise<Found> {
  const refetching = allowance()
  let metadata: Promise<IdpMetadata | string> | undefined
  return async (sample) => {
    const known = await (metadata ??= metadataOf(target))
    if (typeof known === 'string') return unverified(known)
    const found = await foundIn(sample, known)
    if (typeof found !== 'object' || !found.ofSignature) return found
    // Its key may be younger than the metadata at hand.
    const latest = await refetching(async () => await metadataOf(target))
    if (latest === undefined || typeof latest === 'string') return found
    metadata = Promise.resolve(latest)
    return await foundIn(sample, latest)
  }
}

const unverified = (because: string) => `the sampled responses were not verified: ${because}`

/** The metadata of the identity provider, fetched; or why they cannot be had. */
async function metadataOf({ saml: settings, limits }: Target): Promise<IdpMetadata | string> {
  const http = new HttpClient({ timeoutMs: limits.timeout_ms, redactor: new Redactor() })
  try {
    const metadata = await usableIdpMetadata(await requestIdpMetadata(settings?.metadata_url ?? '', http))
    return metadata.signingKeys.length > 0 ? metadata : 'the metadata publishes no key to verify them with'
  } catch (error) {
    if (error instanceof Untestable || error instanceof NoAnswer) return error.message
    throw error
  }
}

async function foundIn(sample: Sample, metadata: IdpMetadata): Promise<Found> {
  try {
    const response = await readPostedResponse(sample.token, metadata.signingKeys)
    if (response.encrypted > 0) return unverified('their assertions are encrypted')
    const parts = [response, ...response.assertions]
    const unjudged = parts.flatMap(({ signature }) => (signature?.state === 'unjudged' ? [signature.because] : []))
    if (unjudged[0] !== undefined) return unverified(unjudged[0])
    return signatureFlaw(response) ?? contentFlaw(response, sample, metadata)
  } catch (error) {
    if (error instanceof MalformedXml) return { message: error.message, ofSignature: false }
    throw error
  }
}

function signatureFlaw({ signature, assertions }: SamlResponse): Flaw | undefined {
  const failed = [signature, ...assertions.map((assertion) => assertion.signature)].find(
    (one) => one?.state === 'fails',
  )
  if (failed?.state === 'fails') return { message: failed.because, ofSignature: true }
  return assertions.every(({ isSigned }) => isSigned)
    ? undefined
    : { message: 'no signature covers an assertion', ofSignature: true }
}

/** SAML Profiles §4.1.4.2 and §4.1.4.3, at the time when it came. */
function contentFlaw({ root, assertions }: SamlResponse, sample: Sample, { entityId }: IdpMetadata): Flaw | undefined {
  const elements = assertions.map(({ element }) => element)
  const delivered = elements.filter((element) => bearerDataOf(element).length > 0)
  const destination = root.attributes.get('Destination') ?? sample.consumer
  const messages = [
    ...(delivered.length > 0 ? [] : ['it has no assertion with a bearer confirmation']),
    ...(authnStatementsOf(elements).length > 0 ? [] : ['it does not state that anybody was authenticated']),
    ...(destination === sample.consumer ? [] : ['it was addressed to another place']),
    ...elements.flatMap((element) => [
      ...(childOf(element, saml, 'Issuer')?.text === entityId ? [] : ['its issuer is not that of the metadata']),
      ...timeFlaws(childOf(element, saml, 'Conditions'), sample.at),
    ]),
    ...delivered.flatMap((element) => [
      ...(isFor(element, sample.client) ? [] : ['its audience is not the service provider that asked']),
      ...bearerDataOf(element).flatMap((data) => confirmationFlaws(data, root, sample)),
    ]),
  ]
  return messages[0] === undefined ? undefined : { message: messages[0], ofSignature: false }
}

function isFor(assertion: XmlElement, provider: string | undefined): boolean {
  const audiences = audiencesOf(assertion)
  return provider !== undefined && audiences.length > 0 && audiences.every((each) => each.includes(provider))
}

function confirmationFlaws(data: XmlElement | undefined, response: XmlElement, { consumer, at }: Sample) {
  const attribute = (name: string) => data?.attributes.get(name)
  return [
    ...(attribute('Recipient') === consumer ? [] : ['its recipient is not where it was sent']),
    ...(attribute('InResponseTo') === response.attributes.get('InResponseTo')
      ? []
      : ['its confirmation names another request than the response']),
    ...(attribute('NotBefore') === undefined ? [] : ['its confirmation has a beginning']),
    ...(attribute('NotOnOrAfter') === undefined ? ['its confirmation has no end'] : timeFlaws(data, at)),
  ]
}

/** NotBefore and NotOnOrAfter, where they are there, in milliseconds around a time. */
function timeFlaws(element: XmlElement | undefined, at: number): readonly string[] {
  const [begins, ends] = [instant(element, 'NotBefore'), instant(element, 'NotOnOrAfter')]
  const tolerance = clockTolerance * 1000
  return [
    ...(begins > at + tolerance ? ['it was not valid yet'] : []),
    ...(ends <= at - tolerance ? ['it was not valid any more'] : []),
  ]
}
