import { createPrivateKey, type JsonWebKey, randomBytes, sign } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import type { Secret } from '../target/secret.ts'

export const samlp = 'urn:oasis:names:tc:SAML:2.0:protocol'
export const saml = 'urn:oasis:names:tc:SAML:2.0:assertion'

export const postBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'
export const redirectBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'

/** Formats of name identifiers that can be asked for. */
export const nameIdFormats = {
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
  emailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  encrypted: 'urn:oasis:names:tc:SAML:2.0:nameid-format:encrypted',
} as const

/** NameIDPolicy as it stands in a request. */
export const nameIdPolicy = (format: string) => `<samlp:NameIDPolicy Format="${format}" AllowCreate="true"/>`

/** What differs from a right AuthnRequest. */
export interface AuthnRequestOverrides {
  /** Attributes in the place of others, beside them, or left out (`undefined`). */
  readonly attributes?: Readonly<Record<string, string | undefined>>
  readonly issuer?: string
  /** Elements behind the issuer, as they are written; `samlp` and `saml` are declared. */
  readonly content?: string
  /** What is made of the text in the end. */
  readonly edit?: (xml: string) => string
}

export interface AuthnRequest {
  readonly id: string
  readonly xml: string
}

/** An AuthnRequest for the Web Browser SSO profile. */
export function authnRequest(
  right: { readonly issuer: string; readonly destination: string; readonly consumer: string; readonly now: number },
  { attributes, issuer, content, edit }: AuthnRequestOverrides,
): AuthnRequest {
  const all: Readonly<Record<string, string | undefined>> = {
    ID: `_${randomBytes(20).toString('hex')}`,
    Version: '2.0',
    IssueInstant: new Date(right.now).toISOString(),
    Destination: right.destination,
    AssertionConsumerServiceURL: right.consumer,
    ProtocolBinding: postBinding,
    ...attributes,
  }
  const written = Object.entries(all).map(([name, value]) =>
    value === undefined ? '' : ` ${name}="${escaped(value)}"`,
  )
  const xml = `<samlp:AuthnRequest xmlns:samlp="${samlp}" xmlns:saml="${saml}"${written.join('')}><saml:Issuer>${escaped(issuer ?? right.issuer)}</saml:Issuer>${content ?? ''}</samlp:AuthnRequest>`
  return { id: all['ID'] ?? '', xml: edit?.(xml) ?? xml }
}

const escaped = (text: string) => text.replaceAll(/[&<>"'\t\r\n]/g, (character) => `&#${character.charCodeAt(0)};`)

/** How a message is put into a query (SAML Bindings §3.4.4.1). */
export interface RedirectEncoding {
  readonly relayState?: string | undefined
  /** Signs the message, as the private key of a service provider lets it. */
  readonly key?: Secret
  /** Percent-encodes a value; as JavaScript has it, unless said otherwise. */
  readonly encode?: (value: string) => string
  /** What is made of the query in the end. */
  readonly edit?: (query: string) => string
}

export function redirectQuery(
  xml: string,
  { relayState, key, encode = encodeURIComponent, edit }: RedirectEncoding,
): string {
  const message = deflateRawSync(Buffer.from(xml)).toString('base64')
  const signer = key === undefined ? undefined : signerOf(key)
  const signed = [
    `SAMLRequest=${encode(message)}`,
    ...(relayState === undefined ? [] : [`RelayState=${encode(relayState)}`]),
    ...(signer === undefined ? [] : [`SigAlg=${encode(signer.algorithm)}`]),
  ].join('&')
  const query = signer === undefined ? signed : `${signed}&Signature=${encode(signer.sign(signed))}`
  return edit?.(query) ?? query
}

/** The URL that brings a query to a place. */
export const urlWith = (location: string, query: string): string =>
  `${location}${location.includes('?') ? '&' : '?'}${query}`

interface Signer {
  readonly algorithm: string
  sign(text: string): string
}

/** By the key that they sign with, which takes longer to read than to sign with. */
const signers = new WeakMap<Secret, Signer>()

function signerOf(secret: Secret): Signer {
  const known = signers.get(secret)
  if (known !== undefined) return known
  const key = createPrivateKey({ key: JSON.parse(secret.reveal()) as JsonWebKey, format: 'jwk' })
  const name = key.asymmetricKeyType === 'ec' ? 'ecdsa-sha256' : 'rsa-sha256'
  const signer: Signer = {
    algorithm: `http://www.w3.org/2001/04/xmldsig-more#${name}`,
    sign: (text: string) => sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64'),
  }
  signers.set(secret, signer)
  return signer
}
