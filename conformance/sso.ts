import type { HttpResponse } from '../harness/client/http.ts'
import { type Element, outlineOf, type PageForm } from '../harness/client/page-outline.ts'
import { describeSso, type SsoAnswer } from '../harness/client/saml-client.ts'
import { saml } from '../harness/client/saml-request.ts'
import { childOf, childrenOf, type XmlElement } from '../harness/client/xml.ts'
import { Untestable } from '../harness/error.ts'

const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'

export const formats = {
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
  emailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  encrypted: 'urn:oasis:names:tc:SAML:2.0:nameid-format:encrypted',
} as const

/** NameIDPolicy as it stands in a request. */
export const policy = (format: string) => `<samlp:NameIDPolicy Format="${format}" AllowCreate="true"/>`

export const nameIdOf = (assertion: XmlElement): XmlElement | undefined =>
  childOf(childOf(assertion, saml, 'Subject'), saml, 'NameID')

/** The SubjectConfirmationData of each bearer confirmation; `undefined` where one has none. */
export const bearerDataOf = (assertion: XmlElement): readonly (XmlElement | undefined)[] =>
  childrenOf(childOf(assertion, saml, 'Subject'), saml, 'SubjectConfirmation')
    .filter(({ attributes }) => attributes.get('Method') === bearer)
    .map((confirmation) => childOf(confirmation, saml, 'SubjectConfirmationData'))

export const authnStatementsOf = (assertions: readonly XmlElement[]): readonly XmlElement[] =>
  assertions.flatMap((assertion) => childrenOf(assertion, saml, 'AuthnStatement'))

/** Milliseconds since the epoch; NaN where there is no time. */
export const instant = (element: XmlElement | undefined, name: string): number =>
  Date.parse(element?.attributes.get(name) ?? '')

/** An answer whose response came in a form; without one the unit cannot judge. */
export function carried(answer: SsoAnswer): SsoAnswer & { readonly carrier: HttpResponse } {
  const { carrier } = answer
  if (carrier === undefined) throw new Untestable(`no form with a response came: ${describeSso(answer)}`)
  return { ...answer, carrier }
}

/** The form that carries a response, as it stands in its page. */
export function responseFormOf({ carrier }: SsoAnswer): {
  readonly form: PageForm | undefined
  readonly controls: readonly Element[]
  readonly control: Element | undefined
  readonly method: string
  readonly action: string
} {
  const forms = carrier === undefined ? [] : (outlineOf(carrier.body)?.forms ?? [])
  const isResponse = ({ attribs }: Element) => /^SAML[-_]?Response$/i.test(attribs['name'] ?? '')
  const form = forms.find(({ controls }) => controls.some(isResponse))
  return {
    form,
    controls: form?.controls ?? [],
    control: form?.controls.find(isResponse),
    method: form?.element?.attribs['method'] ?? 'nothing',
    action: form?.element?.attribs['action'] ?? 'nowhere',
  }
}
