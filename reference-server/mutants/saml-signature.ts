import { samlCore } from '../../core/spec/saml-core.ts'
import { samlProfiles } from '../../core/spec/saml-profiles.ts'
import { xmlSignature } from '../../core/spec/xml-signature.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/saml-signature.ts'
import { algorithms } from '../saml/names.ts'
import { element, type XmlElement } from '../saml/xml.ts'

const { apply: rightForm } = rules.canonicalForm
const { apply: rightInfo } = rules.signedInfo
const { apply: rightSignature } = rules.signatureElement

export const canonicalForm = mutants(rules.canonicalForm, {
  'writes empty elements short': {
    fault: 'the writer is an XML writer, not one of canonical XML',
    apply: (root) => rightForm(root).replaceAll(/<([\w:]+)([^<>]*)><\/\1>/g, '<$1$2/>'),
  },
  'ends with a line break': {
    fault: 'a text has a line break at its end',
    apply: (root) => `${rightForm(root)}\n`,
  },
})

/** Every element of that name changed, at any depth. */
const changed = (
  root: XmlElement,
  name: string,
  change: (element: XmlElement) => readonly XmlElement[],
): XmlElement => ({
  ...root,
  children: root.children.flatMap<XmlElement | string>((child) => {
    if (typeof child === 'string') return [child]
    return child.name === name ? change(child) : [changed(child, name, change)]
  }),
})

export const signedInfo = mutants(rules.signedInfo, {
  'refers to the whole document': {
    fault: 'an empty URI is the document, and the library does that unless told otherwise',
    breaks: [samlCore.singleReference],
    apply: (...signed) =>
      changed(rightInfo(...signed), 'ds:Reference', (reference) => [{ ...reference, attributes: { URI: '' } }]),
  },
  'refers twice': {
    fault: 'the key information was to be covered as well, by a second reference',
    breaks: [samlCore.singleReference],
    apply: (...signed) => changed(rightInfo(...signed), 'ds:Reference', (reference) => [reference, reference]),
  },
  'does not take itself out': {
    fault: 'the signature is put in after the digest, so nobody thought of taking it out again',
    breaks: [samlCore.signatureEnveloped],
    apply: (...signed) =>
      changed(rightInfo(...signed), 'ds:Transform', (transform) =>
        transform.attributes['Algorithm'] === algorithms.enveloped ? [] : [transform],
      ),
  },
  'canonicalizes with all namespaces': {
    fault: 'the library uses the older canonicalization unless told otherwise',
    breaks: [samlCore.exclusiveC14n],
    apply: (...signed) =>
      changed(rightInfo(...signed), 'ds:CanonicalizationMethod', (method) => [
        { ...method, attributes: { Algorithm: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315' } },
      ]),
  },
  'filters what is signed': {
    fault: 'the signature is taken out by an expression that selects everything else',
    breaks: [samlCore.fewTransforms],
    apply: (...signed) =>
      changed(rightInfo(...signed), 'ds:Transform', (transform) =>
        transform.attributes['Algorithm'] === algorithms.enveloped
          ? [
              element(
                'ds:Transform',
                { Algorithm: 'http://www.w3.org/TR/1999/REC-xpath-19991116' },
                element('ds:XPath', {}, 'not(ancestor-or-self::ds:Signature)'),
              ),
            ]
          : [transform],
      ),
  },
})

export const signatureElement = mutants(rules.signatureElement, {
  'writes hexadecimal digits': {
    fault: 'signatures are written elsewhere in this way',
    apply: (info, value, certificate) => rightSignature(info, Buffer.from(value.toString('hex')), certificate),
  },
})

export const protectedResponse = mutants(rules.protectedResponse, {
  'signs nothing': {
    fault: 'the response goes over TLS, which is taken to be enough',
    breaks: [samlProfiles.assertionsSigned, samlCore.messagesSigned],
    apply: ({ assertions, around }) => around(assertions),
  },
  'signs the assertion alone': {
    fault: 'the profile wants assertions signed and says nothing of the response',
    breaks: [samlCore.messagesSigned],
    apply: ({ assertions, around }, sign) => around(assertions.map(sign)),
  },
  'signs before it is finished': {
    fault: 'advice is added by a filter behind the one that signs',
    breaks: [xmlSignature.coreGeneration],
    apply: ({ assertions, around }, sign) =>
      sign(
        around(
          assertions.map(sign).map((assertion) => ({
            ...assertion,
            children: assertion.children.flatMap((child) =>
              typeof child !== 'string' && child.name === 'saml:Conditions' ? [child, element('saml:Advice')] : [child],
            ),
          })),
        ),
      ),
  },
})
