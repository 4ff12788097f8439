import { samlCore } from '../../core/spec/saml-core.ts'
import { samlProfiles } from '../../core/spec/saml-profiles.ts'
import { xmlSignature } from '../../core/spec/xml-signature.ts'
import { rule } from '../rule.ts'
import { algorithms } from '../saml/names.ts'
import { canonicalXml, element, type XmlElement } from '../saml/xml.ts'

/** The text of a message, and of what is digested and signed: the same, so that nothing is lost between the two. */
export const canonicalForm = rule([xmlSignature.coreGeneration], (root: XmlElement): string => canonicalXml(root))

/** What is signed: one reference to what holds the signature, by its ID. */
export const signedInfo = rule(
  [samlCore.signatureEnveloped, samlCore.singleReference, samlCore.exclusiveC14n, samlCore.fewTransforms],
  (id: string, digest: string): XmlElement =>
    element(
      'ds:SignedInfo',
      {},
      element('ds:CanonicalizationMethod', { Algorithm: algorithms.exclusiveC14n }),
      element('ds:SignatureMethod', { Algorithm: algorithms.rsaSha256 }),
      element(
        'ds:Reference',
        { URI: `#${id}` },
        element(
          'ds:Transforms',
          {},
          element('ds:Transform', { Algorithm: algorithms.enveloped }),
          element('ds:Transform', { Algorithm: algorithms.exclusiveC14n }),
        ),
        element('ds:DigestMethod', { Algorithm: algorithms.sha256 }),
        element('ds:DigestValue', {}, digest),
      ),
    ),
)

/** The certificate helps a verifier to find the key; it must trust the key already. */
export const signatureElement = rule(
  [xmlSignature.coreGeneration],
  (info: XmlElement, value: Buffer, certificate: string): XmlElement =>
    element(
      'ds:Signature',
      {},
      info,
      element('ds:SignatureValue', {}, value.toString('base64')),
      element('ds:KeyInfo', {}, element('ds:X509Data', {}, element('ds:X509Certificate', {}, certificate))),
    ),
)

export interface Unprotected {
  readonly assertions: readonly XmlElement[]
  /** The response that holds these assertions. */
  readonly around: (assertions: readonly XmlElement[]) => XmlElement
}

/** The assertion is signed, and so is the response: both go through the hands of a browser. */
export const protectedResponse = rule(
  [samlProfiles.assertionsSigned, samlCore.messagesSigned, xmlSignature.coreGeneration],
  ({ assertions, around }: Unprotected, sign: (root: XmlElement) => XmlElement): XmlElement =>
    sign(around(assertions.map(sign))),
)
