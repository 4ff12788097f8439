import encoding from 'k6/encoding'
import { attribute, elements, textAt } from './markup.ts'

/** What a script sees of a response; a sample of them is read and verified in full elsewhere. */
export interface SeenResponse {
  readonly isSuccess: boolean
  readonly inResponseTo: string | undefined
  /** Of each assertion that is not encrypted. */
  readonly assertionIds: readonly string[]
  readonly audiences: readonly string[]
  /** What the first assertion calls its subject. */
  readonly nameId: { readonly format: string | undefined; readonly value: string } | undefined
}

/**
 * Reads the value of SAMLResponse by looking for names: k6 has no parser for XML, and a regular expression that looks
 * through the whole takes longer than the request. Nothing where it is no response.
 */
export function seenIn(samlResponse: string): SeenResponse | undefined {
  const xml = decoded(samlResponse)
  const [response] = elements(xml, 'Response')
  if (response === undefined) return undefined
  const [status] = elements(xml, 'StatusCode')
  const [subject] = elements(xml, 'Subject')
  const nameId = subject === undefined ? undefined : nameIdAt(xml, subject.end)
  return {
    isSuccess: attribute(status?.attributes ?? '', 'Value') === 'urn:oasis:names:tc:SAML:2.0:status:Success',
    inResponseTo: attribute(response.attributes, 'InResponseTo'),
    assertionIds: elements(xml, 'Assertion').flatMap(({ attributes }) => attribute(attributes, 'ID') ?? []),
    audiences: elements(xml, 'Audience').map(({ end }) => textAt(xml, end)),
    nameId,
  }
}

/** The NameID that stands first in a subject. */
function nameIdAt(xml: string, at: number): SeenResponse['nameId'] {
  const rest = xml.slice(at)
  const [first] = elements(rest, 'NameID')
  if (first === undefined || !oneTag.test(rest.slice(0, first.end - 1))) return undefined
  return { format: attribute(first.attributes, 'Format'), value: textAt(rest, first.end) }
}

/** A tag that nothing but white space stands before, without its end. */
const oneTag = /^\s*<[^>]*$/

/** Text of base64, which may be broken into lines; none where it is none. */
const decoded = (base64: string): string => read(base64) ?? read(base64.replaceAll(/\s/g, '')) ?? ''

function read(base64: string): string | undefined {
  try {
    return encoding.b64decode(base64, 'std', 's')
  } catch {
    return undefined
  }
}
