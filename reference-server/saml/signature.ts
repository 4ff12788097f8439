import { createHash, sign } from 'node:crypto'
import type { Context } from '../context.ts'
import { certificateOf } from './certificate.ts'
import type { XmlElement } from './xml.ts'

/** Signs an element that has an ID, with an RSA key. The schemas have the signature right behind the issuer. */
export function signElement({ enforce, samlKey }: Context, root: XmlElement): XmlElement {
  const digest = createHash('sha256').update(enforce.canonicalForm(root)).digest('base64')
  const info = enforce.signedInfo(root.attributes['ID'] ?? '', digest)
  const value = sign('sha256', Buffer.from(enforce.canonicalForm(info)), samlKey.privateKey)
  const [issuer = '', ...rest] = root.children
  return {
    ...root,
    children: [issuer, enforce.signatureElement(info, value, certificateOf(samlKey)), ...rest],
  }
}
