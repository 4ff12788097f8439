import { attribute, elements } from './markup.ts'

/** Whether a SAML response says that all went well; nothing where it is none. */
export function isSuccess(xml: string): boolean | undefined {
  if (elements(xml, 'Response').length === 0) return undefined
  const [status] = elements(xml, 'StatusCode')
  return attribute(status?.attributes ?? '', 'Value') === 'urn:oasis:names:tc:SAML:2.0:status:Success'
}
