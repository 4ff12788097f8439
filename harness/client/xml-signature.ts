import { createHash, type KeyObject, verify, X509Certificate } from 'node:crypto'
import type { XmlElement as LibraryElement } from 'libxml2-wasm'
import {
  childOf,
  childrenOf,
  elementsIn,
  plainElement,
  withDocument,
  parseXml,
  type XmlElement,
  type XmlLibrary,
} from './xml.ts'

export const dsig = 'http://www.w3.org/2000/09/xmldsig#'
const excC14n = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const enveloped = `${dsig}enveloped-signature`

/** The canonicalizations that can be judged; `exclusive` is what SAML asks for. */
const canonicalizations: Readonly<Record<string, { readonly exclusive: boolean; readonly withComments: boolean }>> = {
  [excC14n]: { exclusive: true, withComments: false },
  [`${excC14n}WithComments`]: { exclusive: true, withComments: true },
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315': { exclusive: false, withComments: false },
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments': { exclusive: false, withComments: true },
}

/** XML Signature §4.3.3.2: what a reference is digested by where no transform says it. */
const defaultC14n = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'

const digests: Readonly<Record<string, string>> = {
  [`${dsig}sha1`]: 'sha1',
  'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384': 'sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
}

const methods: Readonly<Record<string, { readonly hash: string; readonly key: 'rsa' | 'ec' }>> = {
  [`${dsig}rsa-sha1`]: { hash: 'sha1', key: 'rsa' },
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256': { hash: 'sha256', key: 'rsa' },
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384': { hash: 'sha384', key: 'rsa' },
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512': { hash: 'sha512', key: 'rsa' },
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256': { hash: 'sha256', key: 'ec' },
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384': { hash: 'sha384', key: 'ec' },
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512': { hash: 'sha512', key: 'ec' },
}

/** What a signature says of itself, as far as it can be read. */
export interface SignatureForm {
  readonly canonicalization: string
  readonly transforms: readonly string[]
  /** The URI of each reference; '' where it has none. */
  readonly references: readonly string[]
}

/** `key`: it does verify, but only by a certificate that it brings along, which proves nothing. */
export type SignatureFlaw = 'reference' | 'not enveloped' | 'key' | 'value' | 'digest'

export type SignatureVerdict =
  /** `covered` was read from the very octets that are signed: nothing else may be believed. */
  | { readonly state: 'holds'; readonly covered: XmlElement; readonly form: SignatureForm }
  | { readonly state: 'fails'; readonly flaw: SignatureFlaw; readonly because: string; readonly form?: SignatureForm }
  /** Made with what this judge does not know, or does not touch. */
  | { readonly state: 'unjudged'; readonly because: string; readonly form: SignatureForm }

/**
 * Judges the enveloped signature of the element at a path of child numbers, by keys that are trusted for another reason
 * than that the message holds them; nothing where the element has no signature. Throws MalformedXml.
 */
export async function judgeSignature(
  octets: Uint8Array,
  path: readonly number[],
  keys: readonly KeyObject[],
): Promise<SignatureVerdict | undefined> {
  const taken = await takeApart(octets, path)
  if (taken === undefined || 'state' in taken) return taken
  const { signedOctets, coveredOctets, signature, form, id } = taken
  const info = await parseXml(signedOctets)
  const flawed = flawIn(form, info, id)
  if (flawed !== undefined) return { state: 'fails', ...flawed, form }
  const method = methods[algorithmOf(info, 'SignatureMethod')]
  const reference = childOf(info, dsig, 'Reference')
  const digest = digests[algorithmOf(reference, 'DigestMethod')]
  if (method === undefined || digest === undefined)
    return { state: 'unjudged', because: 'an algorithm of the signature is not one that can be judged', form }
  if (coveredOctets === undefined)
    return { state: 'unjudged', because: 'a transform of the signature is not one that can be judged', form }

  const value = octetsOf(childOf(signature, dsig, 'SignatureValue'))
  const fits = (key: KeyObject) =>
    key.asymmetricKeyType === method.key && verify(method.hash, signedOctets, { key, dsaEncoding: 'ieee-p1363' }, value)
  if (!keys.some(fits)) {
    const flaw = certificatesIn(childOf(signature, dsig, 'KeyInfo')).some(fits) ? 'key' : 'value'
    return { state: 'fails', flaw, because: 'the signature does not verify by a published key', form }
  }
  const stated = octetsOf(childOf(reference, dsig, 'DigestValue'))
  if (!createHash(digest).update(coveredOctets).digest().equals(stated))
    return { state: 'fails', flaw: 'digest', because: 'the digest is not that of the signed element', form }
  return { state: 'holds', covered: await parseXml(coveredOctets), form }
}

interface Apart {
  /** The canonical SignedInfo. */
  readonly signedOctets: Buffer
  /** The canonical element without its signature; nothing where a transform is unknown. */
  readonly coveredOctets: Buffer | undefined
  readonly signature: XmlElement
  readonly form: SignatureForm
  readonly id: string
}

async function takeApart(octets: Uint8Array, path: readonly number[]): Promise<Apart | SignatureVerdict | undefined> {
  const failing = (because: string): SignatureVerdict => ({ state: 'fails', flaw: 'reference', because })
  return await withDocument(octets, (document, library) => {
    let element: LibraryElement | undefined = document.root
    for (const step of path) element = element && elementsIn(element, library)[step]
    if (element === undefined) throw new TypeError('there is no element at that path')
    const isSignature = ({ name, namespaceUri }: LibraryElement) => name === 'Signature' && namespaceUri === dsig
    const [node, ...others] = elementsIn(element, library).filter(isSignature)
    if (node === undefined) return undefined
    if (others.length > 0) return failing('the element has several signatures')
    const [infoNode, ...more] = elementsIn(node, library).filter(({ name }) => name === 'SignedInfo')
    if (infoNode === undefined || more.length > 0) return failing('the signature has no SignedInfo of its own')
    const id = element.attr('ID')?.value ?? ''
    if (id === '' || idsIn(document.root, library).filter((one) => one === id).length !== 1)
      return failing('the ID of the signed element is not unique')

    const signature = plainElement(node, library)
    const info = plainElement(infoNode, library)
    const form = formOf(info)
    const canonicalization = childOf(info, dsig, 'CanonicalizationMethod')
    const signedOctets = canonical(infoNode, form.canonicalization, canonicalization)
    if (signedOctets === undefined)
      return { state: 'unjudged', because: 'the canonicalization is not one that can be judged', form }
    node.remove()
    const [first, second, ...rest] = form.transforms
    const last = transformsIn(info).at(-1)
    const isJudged = first === enveloped && rest.length === 0
    const coveredOctets = isJudged ? canonical(element, second ?? defaultC14n, last) : undefined
    return { signedOctets, coveredOctets, signature, form, id }
  })
}

/** What keeps a signature from being one that SAML allows (Core §5.4). It is read from what is signed. */
function flawIn(
  { transforms }: SignatureForm,
  info: XmlElement,
  id: string,
): { readonly flaw: SignatureFlaw; readonly because: string } | undefined {
  const { references } = formOf(info)
  if (references.length !== 1) return { flaw: 'reference', because: 'the signature has not exactly one reference' }
  if (references[0] !== `#${id}`)
    return { flaw: 'reference', because: 'the reference does not lead to the element that holds the signature' }
  if (transforms.every((one) => canonicalizations[one] !== undefined))
    return { flaw: 'not enveloped', because: 'no transform takes the signature out of what is signed' }
  return undefined
}

const formOf = (info: XmlElement): SignatureForm => ({
  canonicalization: algorithmOf(info, 'CanonicalizationMethod'),
  transforms: transformsIn(info).map(({ attributes }) => attributes.get('Algorithm') ?? ''),
  references: childrenOf(info, dsig, 'Reference').map(({ attributes }) => attributes.get('URI') ?? ''),
})

const transformsIn = (info: XmlElement): readonly XmlElement[] =>
  childrenOf(info, dsig, 'Reference').flatMap((reference) =>
    childrenOf(childOf(reference, dsig, 'Transforms'), dsig, 'Transform'),
  )

const algorithmOf = (parent: XmlElement | undefined, name: string): string =>
  childOf(parent, dsig, name)?.attributes.get('Algorithm') ?? ''

/** The canonical octets of an element; nothing where the algorithm is unknown. `method` may hold a list of prefixes. */
function canonical(element: LibraryElement, algorithm: string, method: XmlElement | undefined): Buffer | undefined {
  const known = canonicalizations[algorithm]
  if (known === undefined) return undefined
  const prefixes = childOf(method, excC14n, 'InclusiveNamespaces')?.attributes.get('PrefixList')
  const text = element.canonicalizeToString({
    mode: known.exclusive ? 1 : 0,
    withComments: known.withComments,
    ...(prefixes !== undefined && {
      inclusiveNamespacePrefixes: prefixes.split(/\s+/).filter((prefix) => prefix !== ''),
    }),
  })
  return Buffer.from(text)
}

/** Every value that some processor could take for an identifier. */
function idsIn(element: LibraryElement, library: XmlLibrary): readonly string[] {
  return [
    ...element.attrs.filter(({ name }) => /^id$/i.test(name)).map(({ value }) => value),
    ...elementsIn(element, library).flatMap((child) => idsIn(child, library)),
  ]
}

/** The keys of the certificates in a KeyInfo. */
export const certificatesIn = (keyInfo: XmlElement | undefined): readonly KeyObject[] =>
  childrenOf(keyInfo, dsig, 'X509Data')
    .flatMap((data) => childrenOf(data, dsig, 'X509Certificate'))
    .flatMap((certificate) => {
      try {
        return [new X509Certificate(octetsOf(certificate)).publicKey]
      } catch {
        return []
      }
    })

const octetsOf = (element: XmlElement | undefined) => Buffer.from(element?.text ?? '', 'base64')
