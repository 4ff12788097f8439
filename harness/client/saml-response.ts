import type { KeyObject } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { saml, samlp } from './saml-request.ts'
import { bodyLimit } from './http.ts'
import { dsig, judgeSignature, type SignatureVerdict } from './xml-signature.ts'
import { childOf, childrenOf, MalformedXml, parseXml, type XmlElement } from './xml.ts'

export const statusPrefix = 'urn:oasis:names:tc:SAML:2.0:status:'

/** A response as it came. What a signature covers is read from the octets that are signed, the rest from the message. */
export interface SamlResponse {
  readonly root: XmlElement
  readonly signature: SignatureVerdict | undefined
  /** The status codes, the one on top first. */
  readonly status: readonly string[]
  readonly assertions: readonly SamlAssertion[]
  /** How many assertions nobody but the service provider can read. */
  readonly encrypted: number
}

export interface SamlAssertion {
  readonly element: XmlElement
  /** Its own; a signature of the response covers it as well. */
  readonly signature: SignatureVerdict | undefined
  /** Whether `element` was read from signed octets. */
  readonly isSigned: boolean
}

/** To judge each takes as long as to read the whole message: of more, nobody could be told in time. */
const assertionsAtMost = 50

/** Reads the value of SAMLResponse by HTTP-POST. Throws MalformedXml. */
export async function readPostedResponse(value: string, keys: readonly KeyObject[]): Promise<SamlResponse> {
  const text = value.replaceAll(/\s/g, '')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new MalformedXml('it is not in base64')
  return await readResponse(Buffer.from(text, 'base64'), keys)
}

/** Reads the value of SAMLResponse by HTTP-Redirect. Throws MalformedXml. */
export async function readRedirectedResponse(value: string, keys: readonly KeyObject[]): Promise<SamlResponse> {
  try {
    return await readResponse(inflateRawSync(Buffer.from(value, 'base64'), { maxOutputLength: bodyLimit }), keys)
  } catch {
    throw new MalformedXml('it is not deflated XML')
  }
}

async function readResponse(octets: Buffer, keys: readonly KeyObject[]): Promise<SamlResponse> {
  const raw = await parseXml(octets)
  if (raw.namespace !== samlp || raw.name !== 'Response') throw new MalformedXml('it is no Response')
  if (raw.children.filter(isAssertion).length > assertionsAtMost)
    throw new MalformedXml(`it has more than ${assertionsAtMost} assertions`)
  const signature = await judgeSignature(octets, [], keys)
  const root = signature?.state === 'holds' ? signature.covered : raw
  const assertions = await Promise.all(
    root.children.flatMap((child, at) =>
      isAssertion(child) ? [readAssertion(octets, child, numberIn(raw, root, at), signature, keys)] : [],
    ),
  )
  return {
    root,
    signature,
    status: statusOf(root),
    assertions,
    encrypted: childrenOf(root, saml, 'EncryptedAssertion').length,
  }
}

const isAssertion = ({ namespace, name }: XmlElement) => namespace === saml && name === 'Assertion'

/** The place of a child in the message: the covered root lacks the signature that stands in the message. */
const numberIn = (raw: XmlElement, root: XmlElement, at: number) => {
  const removed = raw.children.findIndex(({ namespace, name }) => namespace === dsig && name === 'Signature')
  return raw === root || removed < 0 || at < removed ? at : at + 1
}

async function readAssertion(
  octets: Buffer,
  element: XmlElement,
  number: number,
  around: SignatureVerdict | undefined,
  keys: readonly KeyObject[],
): Promise<SamlAssertion> {
  const signature = await judgeSignature(octets, [number], keys)
  if (signature?.state === 'holds') return { element: signature.covered, signature, isSigned: true }
  // A signature that fails is not made good by another one around it.
  return { element, signature, isSigned: signature === undefined && around?.state === 'holds' }
}

function statusOf(root: XmlElement): readonly string[] {
  const codes: string[] = []
  let code = childOf(childOf(root, samlp, 'Status'), samlp, 'StatusCode')
  while (code !== undefined) {
    codes.push(code.attributes.get('Value') ?? '')
    code = childOf(code, samlp, 'StatusCode')
  }
  return codes
}

export const isSuccess = ({ status }: SamlResponse) => status[0] === `${statusPrefix}Success`
