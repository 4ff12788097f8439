import { createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import fc, { type Arbitrary } from 'fast-check'
import type { JWK } from 'jose'
import { type Edit, edit } from './edit.ts'

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

/** The claims of a JWT under another header, with an HMAC for its signature. */
export function hmacSigned(jwt: string, header: Readonly<Record<string, unknown>>, secret: string | Buffer): string {
  const { claims } = segmentsOf(jwt)
  const input = `${encoded(header)}.${claims}`
  const hash = /^HS(\d+)$/.exec(String(header['alg']))?.[1] ?? '256'
  return `${input}.${createHmac(`sha${hash}`, secret).update(input).digest('base64url')}`
}

/** A JWT of these very texts, signed with a private key or a secret; what jose would not sign has to be signed all the same. */
export function signedText(header: string, claims: string, key: JWK): string {
  const input = [header, claims].map((text) => Buffer.from(text).toString('base64url')).join('.')
  if (key.kty === 'oct')
    return `${input}.${createHmac('sha256', Buffer.from(key.k ?? '', 'base64url'))
      .update(input)
      .digest('base64url')}`
  const privateKey = createPrivateKey({ key, format: 'jwk' })
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

/** The text of a JSON object in which a member stands once more, behind all others. */
export const withMember = (object: Readonly<Record<string, unknown>>, name: string, value: unknown): string =>
  `${JSON.stringify(object).slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(value)}}`

const onHeader = (jwt: string, change: (header: Readonly<Record<string, unknown>>) => string, signature: string) => {
  const parts = segmentsOf(jwt)
  const header = Buffer.from(change(decoded(parts.header))).toString('base64url')
  return `${header}.${parts.claims}.${signature === 'kept' ? parts.signature : ''}`
}

const signatures = fc.constantFrom('kept', 'left out')

/** What a header may say that leads somebody to another key, another algorithm, or none; it breaks the signature in any case. */
const headerMembers = fc.constantFrom<Readonly<Record<string, unknown>>>(
  { alg: null },
  { alg: 0 },
  { alg: ['none'] },
  { alg: {} },
  { alg: ' none' },
  { alg: 'none\0' },
  { alg: 'HS256', typ: 'JWT' },
  { alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2s: 'AAAA', p2c: 2_000_000_000 },
  { alg: 'dir', enc: 'A128GCM' },
  { zip: 'DEF' },
  { cty: 'JWT' },
  { typ: 'JWE' },
  { typ: 'dpop+jwt' },
  { typ: 'logout+jwt' },
  { b64: false, crit: ['b64'] },
  { crit: [] },
  { crit: ['assay'], assay: 1 },
  { kid: { $ne: '' } },
  { kid: ['a'] },
  { kid: 'A'.repeat(3000) },
  { kid: '__proto__' },
  { jwk: null },
  { x5c: ['AAAA'], x5t: 'AAAA' },
)

/** What is done to a right JWT so that nothing signs it any more, or nothing that a compact JWT may be signed by. */
export const jwtEdit: Arbitrary<Edit> = fc.oneof(
  edit('leave of its segments only', fc.constantFrom(1, 2), (jwt, count) => jwt.split('.').slice(0, count).join('.')),
  edit('append segments', fc.constantFrom('.', '.AAAA', '.e30.AAAA', '.'.repeat(2000)), (jwt, more) => `${jwt}${more}`),
  edit('put before it', fc.constantFrom('.', 'e30.', '..'), (jwt, more) => `${more}${jwt}`),
  {
    weight: 4,
    arbitrary: edit('say in its header', fc.tuple(headerMembers, signatures), (jwt, [members, signature]) =>
      onHeader(jwt, (header) => JSON.stringify({ ...header, ...members }), signature),
    ),
  },
  edit(
    'say a second time in its header',
    fc.tuple(fc.constantFrom('none', 'HS256', 'ES512'), signatures),
    (jwt, [alg, signature]) => onHeader(jwt, (header) => withMember(header, 'alg', alg), signature),
  ),
  edit('take for its header', fc.constantFrom('', '{', '[]', 'null', '"x"', '\uFEFF{}', '{"alg":NaN}'), (jwt, text) =>
    onHeader(jwt, () => text, 'kept'),
  ),
  edit('nest its header so deep', fc.constantFrom(50, 500), (jwt, depth) =>
    onHeader(
      jwt,
      (header) => JSON.stringify(header).replace(/\}$/, `,"x":${'['.repeat(depth)}${']'.repeat(depth)}}`),
      'kept',
    ),
  ),
  edit('put it into one that is signed by', fc.constantFrom('none', ''), (jwt, alg) => {
    const claims = Buffer.from(jwt).toString('base64url')
    return `${encoded({ alg, cty: 'JWT' })}.${claims}.`
  }),
)

/** Keys named so that somebody who looks them up in a file, a table or an object finds another, and what that is. */
export const foundKeys: Arbitrary<{ readonly kid: unknown; readonly secret: string }> = fc.constantFrom(
  { kid: '../../../../../../dev/null', secret: '' },
  { kid: '/dev/null', secret: '' },
  { kid: '/proc/sys/kernel/randomize_va_space', secret: '2\n' },
  { kid: "x' UNION SELECT 'assay';--", secret: 'assay' },
  { kid: "' OR '1'='1", secret: '' },
  { kid: 'constructor', secret: 'function Object() { [native code] }' },
  { kid: '', secret: '' },
  { kid: null, secret: '' },
  { kid: 0, secret: '' },
  { kid: [], secret: '' },
)

/** A JWT with what no key has signed in the place of its signature. */
export function withEmptySignature(token: string, what: 'zeros' | 'ones' | 'nothing' | 'the DER of zeros'): string {
  const { header, claims, signature } = segmentsOf(token)
  const { length } = Buffer.from(signature, 'base64url')
  const octets: Readonly<Record<typeof what, Buffer>> = {
    zeros: Buffer.alloc(length),
    'the DER of zeros': Buffer.from('3006020100020100', 'hex'),
    ones: Buffer.alloc(length, 1),
    nothing: Buffer.alloc(0),
  }
  return `${header}.${claims}.${octets[what].toString('base64url')}`
}
