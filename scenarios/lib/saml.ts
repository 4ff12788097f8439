import encoding from 'k6/encoding'
import { attribute, elements } from '../../core/markup.ts'

/** Whether the value of SAMLResponse says that all went well; nothing where it is no response. The rest is read beside k6. */
export function isSuccess(samlResponse: string): boolean | undefined {
  const xml = decoded(samlResponse)
  if (isUsualSuccess(xml)) return true
  if (elements(xml, 'Response').length === 0) return undefined
  const [status] = elements(xml, 'StatusCode')
  return attribute(status?.attributes ?? '', 'Value') === 'urn:oasis:names:tc:SAML:2.0:status:Success'
}

/** Whether its status is success, written as nearly everywhere: to look for elements takes four times as long. */
function isUsualSuccess(xml: string): boolean {
  const at = xml.indexOf('StatusCode')
  if (at < 0 || !rootResponse.test(xml.slice(0, startAtMost))) return false
  const start = xml.lastIndexOf('<', at)
  return onlySuccess.test(xml.slice(start, xml.indexOf('>', at) + 1))
}

const startAtMost = 200
const rootResponse = /^(?:<\?xml [^<>]*\?>\s*)?<(?:[\w.-]+:)?Response\s/
const onlySuccess = /^<(?:[\w.-]+:)?StatusCode\s+Value="urn:oasis:names:tc:SAML:2\.0:status:Success"\s*\/?>$/

/** Text of base64, which may be broken into lines; none where it is none. */
const decoded = (base64: string): string => read(base64) ?? read(withoutSpaces(base64)) ?? ''

/** Base64 that was perhaps broken into lines. */
export const inOneLine = (base64: string): string => (isBroken(base64) ? withoutSpaces(base64) : base64)

/** A pattern takes far longer to look through it. */
const isBroken = (base64: string) =>
  base64.includes('\n') || base64.includes('\r') || base64.includes(' ') || base64.includes('\t')

const withoutSpaces = (base64: string) => base64.replaceAll(/\s/g, '')

function read(base64: string): string | undefined {
  try {
    return encoding.b64decode(base64, 'std', 's')
  } catch {
    return undefined
  }
}
