import encoding from 'k6/encoding'
import { attribute, elements } from '../../core/markup.ts'

/** Whether the value of SAMLResponse says that all went well; nothing where it is no response. The rest is read beside k6. */
export function isSuccess(samlResponse: string): boolean | undefined {
  const xml = decoded(samlResponse)
  if (elements(xml, 'Response').length === 0) return undefined
  const [status] = elements(xml, 'StatusCode')
  return attribute(status?.attributes ?? '', 'Value') === 'urn:oasis:names:tc:SAML:2.0:status:Success'
}

/** Text of base64, which may be broken into lines; none where it is none. */
const decoded = (base64: string): string => read(base64) ?? read(inOneLine(base64)) ?? ''

/** Base64 that was perhaps broken into lines. */
export const inOneLine = (base64: string): string => (space.test(base64) ? base64.replaceAll(spaces, '') : base64)

const space = /\s/
const spaces = /\s/g

function read(base64: string): string | undefined {
  try {
    return encoding.b64decode(base64, 'std', 's')
  } catch {
    return undefined
  }
}
