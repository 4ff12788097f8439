import type { Requirement } from '../core/spec/document.ts'
import type { Violation } from '../core/finding.ts'
import { samlBindings } from '../core/spec/saml-bindings.ts'
import { samlCore } from '../core/spec/saml-core.ts'
import { samlMetadata } from '../core/spec/saml-metadata.ts'
import { samlProfiles } from '../core/spec/saml-profiles.ts'
import { xmlSignature } from '../core/spec/xml-signature.ts'
import { type Breach, Broken } from './breach.ts'
import { outlineOf } from './client/page-outline.ts'
import { responseOf } from './client/protocol-client.ts'
import { describeSso, sentTo, type SsoAnswer } from './client/saml-client.ts'
import { isSuccess, type SamlResponse } from './client/saml-response.ts'
import type { SignatureFlaw } from './client/xml-signature.ts'
import type { XmlElement } from './client/xml.ts'
import { Untestable } from './error.ts'

/** An assertion that can be believed, and the response that it came in. */
export interface Asserted {
  readonly response: SamlResponse
  /** The first one. */
  readonly assertion: XmlElement
  readonly assertions: readonly XmlElement[]
}

/** Judges what a sign-on by SAML came to. */
export function ssoVerbs(answer: SsoAnswer, about: readonly Requirement[], note: (breach: Breach) => void) {
  const against = (violation: Violation, expected: string, requirements = about, actual = describeSso(answer)) => {
    for (const requirement of requirements) note({ requirement, violation, expected, actual })
  }
  const { response, provider } = answer

  return {
    /** A success at the provider's own place. What is handed over was read from signed octets and from nothing else. */
    toBringAssertion(consumer = provider.acs_url): Asserted {
      const owed = `an assertion for ${consumer}`
      if (response === undefined || !isSuccess(response)) {
        against(response === undefined && isCrash(answer) ? 'crashed' : 'refused', owed)
        throw new Broken('no assertion')
      }
      if (sentTo(answer) !== consumer) against('redirected', owed)
      return asserted(answer, response, against)
    },

    /** An error status at the provider's own place, and no assertion with it; any of the four where none is named. */
    toBringFailure(...codes: readonly string[]): SamlResponse {
      const owed = `a response to ${provider.acs_url} with ${codes.length === 0 ? 'an error status' : `the status ${codes.join(' or ')}`}`
      if (response === undefined) {
        against(isCrash(answer) ? 'crashed' : 'refused', owed)
        throw new Broken('no response')
      }
      if (isSuccess(response)) {
        against('accepted', owed)
        throw new Broken('no failure')
      }
      if (response.assertions.length + response.encrypted > 0)
        against('leaked', 'no assertion in a response with an error status', [samlProfiles.noAssertionInError])
      if (sentTo(answer) !== provider.acs_url) against('redirected', owed)
      const [top = ''] = response.status
      if (codes.length > 0 && !codes.includes(top)) against('wrong-error', owed)
      return response
    },

    /** No assertion, whatever else comes. */
    toBringNoAssertion() {
      const holds = response !== undefined && response.assertions.length + response.encrypted > 0
      if (holds || answer.unreadable !== undefined) against('accepted', 'no assertion')
      else if (isCrash(answer)) against('crashed', 'no assertion')
    },

    /** RelayState in a hidden control of the page that carries the response, escaped, and back as it was sent. */
    toReturnRelayState: (sent: string) => judgeRelayState(answer, sent, against),

    /** Nothing at all for anybody but the provider's own places. */
    toGoNowhereElse() {
      const own = [provider.acs_url, ...(provider.other_acs_urls ?? [])]
      const to = sentTo(answer)
      if (to !== undefined && !own.includes(to)) against('redirected', `no response but to ${own.join(' or ')}`)
      else if (isCrash(answer)) against('crashed', 'no response, or an error status')
    },
  }
}

const isCrash = ({ arrival }: SsoAnswer) => arrival.kind === 'page' && arrival.status >= 500

type Against = (violation: Violation, expected: string, requirements?: readonly Requirement[], actual?: string) => void

/** Which requirement a signature breaks that does not hold. */
const ownerOf: Readonly<Record<SignatureFlaw, Requirement>> = {
  reference: samlCore.singleReference,
  'not enveloped': samlCore.signatureEnveloped,
  key: samlMetadata.signingKey,
  value: xmlSignature.coreGeneration,
  digest: xmlSignature.coreGeneration,
}

function asserted(answer: SsoAnswer, response: SamlResponse, against: Against): Asserted {
  if (!answer.hasKeys) throw new Untestable('the metadata publishes no key to judge signatures by')
  if (response.encrypted > 0)
    throw new Untestable(
      'the assertion is encrypted; let the identity provider send it in clear to this service provider',
    )
  for (const { signature } of [response, ...response.assertions]) {
    if (signature?.state === 'unjudged') throw new Untestable(signature.because)
    if (signature?.state === 'fails') {
      against('malformed', 'signatures that verify', [ownerOf[signature.flaw]], signature.because)
      throw new Broken('a signature that does not verify')
    }
  }
  const [first, ...others] = response.assertions
  if (first === undefined) {
    against('missing-value', 'an assertion')
    throw new Broken('no assertion')
  }
  if (!response.assertions.every(({ isSigned }) => isSigned)) {
    against('missing-value', 'every assertion signed', [samlProfiles.assertionsSigned], 'one that no signature covers')
    throw new Broken('an unsigned assertion')
  }
  return { response, assertion: first.element, assertions: [first, ...others].map(({ element }) => element) }
}

function judgeRelayState({ carrier, arrival }: SsoAnswer, sent: string, against: Against) {
  if (carrier === undefined) return
  const controls = (outlineOf(carrier.body)?.forms ?? []).flatMap((form) => form.controls)
  const control = controls.find(({ attribs }) => attribs['name'] === 'RelayState')
  const isElsewhere = control === undefined && controls.some(({ attribs }) => attribs['value'] === sent)
  const isVisible = control !== undefined && !/^hidden$/i.test(control.attribs['type'] ?? '')
  if (isElsewhere || isVisible) {
    const actual = isElsewhere ? 'a control of another name' : 'a visible one'
    against('wrong-value', 'a hidden control RelayState', [samlBindings.postRelayState], actual)
  }
  // What opens an element has to be escaped in every kind of quotes.
  const isRaw = sent.includes('<') && carrier.body.includes(sent)
  if (isRaw) {
    const owed = 'the value of RelayState escaped'
    against('malformed', owed, [samlBindings.postValuesEscaped], 'its markup in the page')
  }
  if (isRaw || isElsewhere) return
  const back = responseOf(arrival).get('RelayState')
  if (back === sent) return
  against(
    back === undefined ? 'missing-value' : 'wrong-value',
    `RelayState ${JSON.stringify(sent)}`,
    [samlBindings.relayStateReturned],
    back === undefined ? 'no RelayState' : `RelayState ${JSON.stringify(back)}`,
  )
}
