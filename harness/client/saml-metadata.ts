import { createPublicKey, type KeyObject } from 'node:crypto'
import { Untestable } from '../error.ts'
import type { HttpClient, HttpResponse } from './http.ts'
import { redirectBinding } from './saml-request.ts'
import { certificatesIn, dsig } from './xml-signature.ts'
import { childOf, childrenOf, elementsOf, MalformedXml, parseXml, type XmlElement } from './xml.ts'

export const md = 'urn:oasis:names:tc:SAML:2.0:metadata'

/** What an identity provider publishes of itself, as far as it can be read. */
export interface IdpMetadata {
  readonly response: HttpResponse
  readonly root: XmlElement
  /** The EntityDescriptor that has the role of an identity provider. */
  readonly entity: XmlElement | undefined
  readonly role: XmlElement | undefined
  readonly entityId: string | undefined
  readonly signOnServices: readonly XmlElement[]
  readonly signingKeys: readonly KeyObject[]
}

/** Reads metadata. Throws MalformedXml. */
export async function readIdpMetadata(response: HttpResponse): Promise<IdpMetadata> {
  const root = await parseXml(Buffer.from(response.body))
  const entity = [...elementsOf(root)].find(
    (element) => isNamed(element, 'EntityDescriptor') && childOf(element, md, 'IDPSSODescriptor') !== undefined,
  )
  const role = childOf(entity, md, 'IDPSSODescriptor')
  return {
    response,
    root,
    entity,
    role,
    entityId: entity?.attributes.get('entityID'),
    signOnServices: childrenOf(role, md, 'SingleSignOnService'),
    signingKeys: childrenOf(role, md, 'KeyDescriptor')
      // A key without a use serves for everything (SAML Metadata §2.4.1.1).
      .filter(({ attributes }) => (attributes.get('use') ?? 'signing') === 'signing')
      .flatMap((descriptor) => childrenOf(descriptor, dsig, 'KeyInfo'))
      .flatMap((info) => [...certificatesIn(info), ...keyValuesIn(info)]),
  }
}

export const requestIdpMetadata = async (url: string, http: HttpClient): Promise<HttpResponse> =>
  await http.send({ method: 'GET', url, headers: [['accept', 'application/samlmetadata+xml, application/xml']] })

/** Throws {@link Untestable} where it is not metadata that came. */
export async function usableIdpMetadata(response: HttpResponse): Promise<IdpMetadata> {
  if (response.status !== 200) throw new Untestable(`the metadata cannot be had: status ${response.status}`)
  try {
    return await readIdpMetadata(response)
  } catch (error) {
    if (error instanceof MalformedXml) throw new Untestable(`the metadata cannot be read: ${error.message}`)
    throw error
  }
}

/** Where requests by HTTP-Redirect go. Throws {@link Untestable} where the metadata does not say it. */
export function signOnLocationOf({ signOnServices }: IdpMetadata): string {
  const service = signOnServices.find(({ attributes }) => attributes.get('Binding') === redirectBinding)
  const location = service?.attributes.get('Location')
  if (location === undefined || !URL.canParse(location))
    throw new Untestable('the metadata names no single sign-on service for HTTP-Redirect')
  return location
}

const isNamed = ({ namespace, name }: XmlElement, wanted: string) => namespace === md && name === wanted

/** RSA keys that stand there without a certificate. */
const keyValuesIn = (info: XmlElement): readonly KeyObject[] =>
  childrenOf(info, dsig, 'KeyValue')
    .flatMap((value) => childrenOf(value, dsig, 'RSAKeyValue'))
    .flatMap((value) => {
      const member = (name: string) =>
        Buffer.from(childOf(value, dsig, name)?.text ?? '', 'base64').toString('base64url')
      try {
        return [createPublicKey({ key: { kty: 'RSA', n: member('Modulus'), e: member('Exponent') }, format: 'jwk' })]
      } catch {
        return []
      }
    })
