import encoding from 'k6/encoding'
import { attribute, unescaped } from './markup.ts'

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
 * Reads the value of SAMLResponse, by regular expressions: k6 has no parser for XML. Nothing where it is no response.
 */
export function seenIn(samlResponse: string): SeenResponse | undefined {
  const xml = decoded(samlResponse.replaceAll(/\s/g, ''))
  const [, response] = responseTag.exec(xml) ?? []
  if (response === undefined) return undefined
  const [, status = ''] = statusTag.exec(xml) ?? []
  const [, named = '', name] = subjectName.exec(xml) ?? []
  return {
    isSuccess: attribute(status, 'Value') === 'urn:oasis:names:tc:SAML:2.0:status:Success',
    inResponseTo: attribute(response, 'InResponseTo'),
    assertionIds: [...xml.matchAll(assertionTags)].flatMap(([, assertion = '']) => attribute(assertion, 'ID') ?? []),
    audiences: [...xml.matchAll(audienceTexts)].map(([, , text = '']) => unescaped(text)),
    nameId: name === undefined ? undefined : { format: attribute(named, 'Format'), value: unescaped(name) },
  }
}

const attributes = `(?:[^<>"']|"[^"]*"|'[^']*')*`

/** The start of an element, whatever its prefix; its attributes are what is caught. */
const tag = (name: string) => `<(?:[\\w.-]+:)?${name}\\b(${attributes})>`

const responseTag = new RegExp(tag('Response'))
const statusTag = new RegExp(tag('StatusCode'))
const assertionTags = new RegExp(tag('Assertion'), 'g')
const audienceTexts = new RegExp(`${tag('Audience')}([^<]*)</`, 'g')
const subjectName = new RegExp(`<(?:[\\w.-]+:)?Subject\\b${attributes}>\\s*${tag('NameID')}([^<]*)</`)

/** Text of base64; none where it is none. */
function decoded(base64: string): string {
  try {
    return encoding.b64decode(base64, 'std', 's')
  } catch {
    return ''
  }
}
