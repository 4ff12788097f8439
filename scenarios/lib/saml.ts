import encoding from 'k6/encoding'
import { carrierOn } from '../../core/page-form.ts'
import { saysSuccess } from '../../core/saml-status.ts'

/** Whether a form brings a response that says that all went well. To look at each of them takes too long: the companion does. */
export function bringsSuccess(form: string): boolean {
  const base64 = carrierOn(form)?.fields['SAMLResponse'] ?? ''
  try {
    return saysSuccess(encoding.b64decode(base64.replaceAll(whiteSpace, ''), 'std', 's'))
  } catch {
    return false
  }
}

/** It may be broken into lines. */
const whiteSpace = /\s/g
