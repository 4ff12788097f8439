import type { HttpResponse } from '../harness/client/http.ts'
import { type Element, outlineOf, type PageForm } from '../harness/client/page-outline.ts'
import { describeSso, type SsoAnswer } from '../harness/client/saml-client.ts'
import { Untestable } from '../harness/error.ts'

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
