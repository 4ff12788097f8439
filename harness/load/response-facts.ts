import { attribute, elements, firstElement, textAt } from '../../core/markup.ts'
import { saysSuccess } from '../../core/saml-status.ts'

/** What a SAML response says of those whom it is for. */
export interface ResponseFacts {
  /** Whether it says that all went well. */
  readonly isSuccess: boolean
  readonly inResponseTo: string | undefined
  /** Of each assertion that is not encrypted. */
  readonly assertionIds: readonly string[]
  readonly audiences: readonly string[]
  /** What the first assertion calls its subject. */
  readonly nameId: { readonly format: string | undefined; readonly value: string } | undefined
}

/**
 * Reads the value of SAMLResponse by looking for names: every response of a run is read, and a parser would take a
 * hundred times as long. A sample of them is parsed and verified in full. Nothing where it is no response.
 */
export function factsIn(samlResponse: string): ResponseFacts | undefined {
  const xml = Buffer.from(samlResponse, 'base64').toString()
  const response = firstElement(xml, 'Response')
  if (response === undefined) return undefined
  const subject = firstElement(xml, 'Subject')
  return {
    isSuccess: saysSuccess(xml),
    inResponseTo: attribute(response.attributes, 'InResponseTo'),
    assertionIds: elements(xml, 'Assertion').flatMap(({ attributes }) => attribute(attributes, 'ID') ?? []),
    audiences: elements(xml, 'Audience').map(({ end }) => textAt(xml, end)),
    nameId: subject === undefined ? undefined : nameIdAt(xml, subject.end),
  }
}

/** The NameID that stands first in a subject. */
function nameIdAt(xml: string, at: number): ResponseFacts['nameId'] {
  const rest = xml.slice(at)
  const first = firstElement(rest, 'NameID')
  if (first === undefined || !oneTag.test(rest.slice(0, first.end - 1))) return undefined
  return { format: attribute(first.attributes, 'Format'), value: textAt(rest, first.end) }
}

/** A tag that nothing but white space stands before, without its end. */
const oneTag = /^\s*<[^>]*$/
