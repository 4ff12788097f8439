import fc from 'fast-check'
import { ParseOption, XmlC14NMode, XmlDocument } from 'libxml2-wasm'
import { expect, test } from 'vitest'
import { namespaces } from '../../../reference-server/saml/names.ts'
import { canonicalXml, element, type XmlElement } from '../../../reference-server/saml/xml.ts'

/** What another implementation makes of the same text. */
function canonicalizedByLibxml2(xml: string): string {
  const document = XmlDocument.fromString(xml, { option: ParseOption.XML_PARSE_NONET })
  try {
    return document.canonicalizeToString({ mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 })
  } finally {
    document.dispose()
  }
}

/** Every character that XML 1.0 lets a document hold, those that need care most often. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('&', '<', '>', '"', "'", '\t', '\n', '\r', ' ', ']]>', '\u0085', '\u2028', '𝔸', 'é', '&amp;'),
      fc.integer({ min: 0x20, max: 0xd7ff }).map((code) => String.fromCharCode(code)),
      fc.integer({ min: 0x10000, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''))

const name = fc.constantFrom('saml:A', 'samlp:B', 'md:C', 'ds:D', 'saml:Z')

const attributes = fc.dictionary(fc.constantFrom('ID', 'Name', 'a', 'b', 'ds:Id', 'samlp:x', 'md:x'), text, {
  maxKeys: 4,
})

const tree: fc.Arbitrary<XmlElement> = fc.letrec<{ node: XmlElement }>((tie) => ({
  node: fc
    .tuple(
      name,
      attributes,
      fc.array(fc.oneof({ depthSize: 'small', withCrossShrink: true }, text, tie('node')), { maxLength: 3 }),
    )
    .map(([tag, pairs, children]) => element(tag, pairs, ...children)),
})).node

test('what is written is already in the form that another implementation makes of it', () => {
  fc.assert(
    fc.property(tree, (root) => {
      const written = canonicalXml(root)
      expect(canonicalizedByLibxml2(written)).toBe(written)
    }),
    { numRuns: 500 },
  )
})

test('an element is written the same within another one but for the namespaces declared there', () => {
  const inner = element('ds:Signature', { Id: 'x' }, element('saml:A', {}, 'text'))
  const outer = canonicalXml(element('saml:A', {}, inner))

  expect(canonicalXml(inner)).toBe(
    `<ds:Signature xmlns:ds="${namespaces.ds}" Id="x"><saml:A xmlns:saml="${namespaces.saml}">text</saml:A></ds:Signature>`,
  )
  expect(outer).toBe(
    `<saml:A xmlns:saml="${namespaces.saml}"><ds:Signature xmlns:ds="${namespaces.ds}" Id="x"><saml:A>text</saml:A></ds:Signature></saml:A>`,
  )
})

test.each(['\u0000', '\u0008', '\uFFFE', '\uD800'])('a character that XML cannot hold is not written', (character) => {
  expect(() => canonicalXml(element('saml:A', {}, character))).toThrow(TypeError)
  expect(() => canonicalXml(element('saml:A', { a: character }))).toThrow(TypeError)
})

test('a prefix that stands for nothing is not written', () => {
  expect(() => canonicalXml(element('other:A'))).toThrow(TypeError)
})
