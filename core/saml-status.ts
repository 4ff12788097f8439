import { attribute, firstElement } from './markup.ts'

/** Whether a SAML response says that all went well. */
export const saysSuccess = (xml: string): boolean =>
  attribute(firstElement(xml, 'StatusCode')?.attributes ?? '', 'Value') === 'urn:oasis:names:tc:SAML:2.0:status:Success'
