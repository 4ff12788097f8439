import { createPublicKey } from 'node:crypto'
import type { JWK } from 'jose'

export const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

export const decoded = (segment: string) =>
  JSON.parse(Buffer.from(segment, 'base64url').toString('utf8')) as Readonly<Record<string, unknown>>

export const segmentsOf = (jwt: string) => {
  const [header = '', claims = '', signature = ''] = jwt.split('.')
  return { header, claims, signature }
}

export const publicPart = ({ kty, crv, x, y, n, e }: JWK): JWK =>
  kty === 'RSA' ? { kty, n: n ?? '', e: e ?? '' } : { kty: kty ?? 'EC', crv: crv ?? '', x: x ?? '', y: y ?? '' }

/** Forms in which somebody's library takes a public key for the secret of an HMAC (RFC 8725 §3.1). */
export const secretForms: Readonly<Record<string, (key: JWK) => string | Buffer>> = {
  nothing: () => '',
  'the JWK': (key) => JSON.stringify(publicPart(key)),
  'the PEM': (key) => pem(key),
  'the PEM without its last line break': (key) => pem(key).trimEnd(),
  'the DER': (key) => createPublicKey({ key: publicPart(key), format: 'jwk' }).export({ type: 'spki', format: 'der' }),
  'the kid': ({ kid }) => kid ?? '',
}

const pem = (key: JWK) =>
  createPublicKey({ key: publicPart(key), format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString()
