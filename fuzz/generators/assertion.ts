import { createHash } from 'node:crypto'
import fc, { type Arbitrary } from 'fast-check'
import { rfc7523 } from '../../core/spec/rfc7523.ts'
import { elsewhere, expired, impostor, premature, wrongAtLast } from './assertion-claims.ts'
import { assertion, type Claims, forgery, type Forgery, resigned } from './assertion-forgery.ts'
import { applied } from './edit.ts'
import {
  decoded,
  encoded,
  foundKeys,
  hmacSigned,
  jwtEdit,
  publicPart,
  secretForms,
  segmentsOf,
  withMember,
  withEmptySignature,
} from './jwt.ts'
import { isOtherSpelling, nearMiss } from './near-miss.ts'

const unsigned = forgery(
  'claim that nothing is signed by',
  rfc7523.signed,
  fc.record({
    alg: fc.constantFrom('none', 'none', 'None', 'NONE', 'nOnE', ''),
    signature: fc.constantFrom('none', 'kept'),
  }),
  async ({ alg, signature: kept }, forge) => {
    const { header, claims, signature } = segmentsOf(await assertion(forge))
    return `${encoded({ ...decoded(header), alg })}.${claims}.${kept === 'kept' ? signature : ''}`
  },
)

const publicSecret = forgery(
  'sign by HMAC with',
  rfc7523.signed,
  fc.record({
    alg: fc.oneof(
      { weight: 3, arbitrary: fc.constant('HS256') },
      { weight: 1, arbitrary: fc.constantFrom('HS384', 'HS512') },
    ),
    secret: fc.constantFrom(...Object.keys(secretForms)),
  }),
  async ({ alg, secret }, forge) => {
    const right = await assertion(forge)
    return hmacSigned(right, { ...decoded(segmentsOf(right).header), alg }, secretForms[secret]?.(forge.key) ?? '')
  },
)

const foreignKey = forgery(
  'sign with a key that nobody registered, and in the header',
  rfc7523.signed,
  fc.constantFrom(
    'the kid of the right one',
    'no kid',
    'another kid',
    'the key',
    'the address of its key set',
    'a certificate',
  ),
  async (how, forge) => {
    const { kid: _, ...key } = forge.foreignKey
    const kid = forge.key.kid ?? 'key'
    const headers: Readonly<Record<typeof how, Readonly<Record<string, unknown>>>> = {
      'the kid of the right one': { kid },
      'no kid': {},
      'another kid': { kid: 'another' },
      'the key': { kid, jwk: publicPart(key) },
      'the address of its key set': { kid, jku: 'https://attacker.example/jwks', x5u: 'https://attacker.example/x5u' },
      'a certificate': { kid, x5c: [Buffer.from(JSON.stringify(publicPart(key))).toString('base64')] },
    }
    return await assertion(forge, { key, header: headers[how] })
  },
)

const alteredSignature = forgery('alter the signature:', rfc7523.signed, nearMiss, async (edits, forge) => {
  const right = await assertion(forge)
  const { header, claims, signature } = segmentsOf(right)
  const altered = applied(edits, signature)
  return isOtherSpelling(altered, signature) ? undefined : `${header}.${claims}.${altered}`
})

const alteredClaims = forgery(
  'after signing, claim',
  rfc7523.signed,
  fc.constantFrom<Readonly<Record<string, unknown>>>(
    { more: true },
    { jti: 'another' },
    { scope: 'admin' },
    { iat: 1 },
  ),
  async (more, forge) => {
    const { header, claims, signature } = segmentsOf(await assertion(forge))
    return `${header}.${encoded({ ...decoded(claims), ...more })}.${signature}`
  },
)

const emptySignature = forgery(
  'for the signature, take',
  rfc7523.signed,
  fc.constantFrom('zeros', 'the DER of zeros', 'ones', 'nothing'),
  async (what, forge) => withEmptySignature(await assertion(forge), what),
)

/** RFC 7515 §4.1.11: what a header calls critical must be understood, and RFC 7797 §7 keeps b64 out of JWTs. */
const critical = resigned(
  'call critical',
  rfc7523.otherwiseValid,
  fc.constantFrom<Claims>(
    { crit: ['assay'], assay: 1 },
    { crit: ['exp', 'assay'], exp: 1, assay: 1 },
    { crit: ['urn:assay:unknown'], 'urn:assay:unknown': 1 },
    { crit: ['assay'] },
    { crit: 'assay', assay: 1 },
    { crit: { assay: 1 }, assay: 1 },
    { crit: ['b64'], b64: false },
  ),
  (members, header, claims) => [JSON.stringify({ ...header, ...members }), JSON.stringify(claims)],
)

const twiceInHeader = (...algs: readonly string[]) =>
  resigned('say a second time in the header', rfc7523.signed, fc.constantFrom(...algs), (alg, header, claims) => [
    withMember(header, 'alg', alg),
    JSON.stringify(claims),
  ])

/** What is signed rightly and is no set of claims (RFC 7519 §7.2). */
const noClaims = resigned(
  'sign what is no JSON object:',
  rfc7523.otherwiseValid,
  fc.constantFrom('append x', 'append a comment', 'append NaN', 'a list', 'a text', 'null', 'nothing', 'single quotes'),
  (what, header, claims) => {
    const right = JSON.stringify(claims)
    const texts: Readonly<Record<typeof what, string>> = {
      'append x': `${right}x`,
      'append a comment': `${right}/* x */`,
      'append NaN': right.replace(/\}$/, ',"x":NaN}'),
      'a list': `[${right}]`,
      'a text': JSON.stringify(right),
      null: 'null',
      nothing: '',
      'single quotes': right.replaceAll('"', "'"),
    }
    return [JSON.stringify(header), texts[what]]
  },
)

/** RFC 7519 §1 and RFC 7518 §3.4: a JWT is compact, and a signature by an elliptic curve is two numbers side by side. */
const otherForm = forgery(
  'write it in another form:',
  rfc7523.otherwiseValid,
  fc.constantFrom('flattened JSON', 'general JSON', 'JSON behind dots', 'the signature in DER'),
  async (form, forge) => {
    const right = await assertion(forge)
    const { header, claims, signature } = segmentsOf(right)
    const signed = { protected: header, signature }
    switch (form) {
      case 'flattened JSON':
        return JSON.stringify({ payload: claims, ...signed })
      case 'general JSON':
        return JSON.stringify({ payload: claims, signatures: [signed] })
      case 'JSON behind dots':
        return `{"a":".${claims}.","payload":"${claims}","protected":"${header}","signature":"${signature}"}`
      case 'the signature in DER':
        return forge.key.kty === 'EC' ? `${header}.${claims}.${derOf(signature)}` : undefined
    }
  },
)

/** Two whole numbers in DER, of the octets of both. */
function derOf(signature: string): string {
  const octets = Buffer.from(signature, 'base64url')
  const numbers = [octets.subarray(0, octets.length / 2), octets.subarray(octets.length / 2)].map((half) => {
    const number = Buffer.concat([Buffer.alloc((half[0] ?? 0) > 127 ? 1 : 0), half])
    return Buffer.concat([Buffer.from([2, number.length]), number])
  })
  const content = Buffer.concat(numbers)
  return Buffer.concat([Buffer.from([0x30, content.length]), content]).toString('base64url')
}

const foundKey = forgery(
  'sign by HMAC with what is found at',
  rfc7523.signed,
  foundKeys,
  async ({ kid, secret }, forge) => {
    const right = await assertion(forge)
    return hmacSigned(right, { ...decoded(segmentsOf(right).header), alg: 'HS256', kid }, secret)
  },
)

const broken = forgery('as a JWT,', rfc7523.signed, jwtEdit, async ({ apply }, forge) => {
  const right = await assertion(forge)
  const edited = apply(right)
  return isOtherSpelling(edited, right) ? undefined : edited
})

/** What somebody's library takes for the secret, or makes of it. */
const wrongSecrets: Readonly<Record<string, (secret: string, clientId: string) => string | Buffer>> = {
  nothing: () => '',
  'the client_id': (_secret, clientId) => clientId,
  'what the secret stands for in base64': (secret) => Buffer.from(secret, 'base64'),
  'the secret in Latin-1': (secret) => Buffer.from(secret, 'latin1'),
  'the secret in UTF-16': (secret) => Buffer.from(secret, 'utf16le'),
  'the digest of the secret': (secret) => createHash('sha256').update(secret).digest(),
  'the secret in small letters': (secret) => secret.toLowerCase(),
  'the secret without its last character': (secret) => secret.slice(0, -1),
  'the first half of the secret': (secret) => secret.slice(0, secret.length / 2),
  'the secret with a line break behind': (secret) => `${secret}\n`,
}

const wrongSecret = forgery(
  'make the MAC by',
  rfc7523.signed,
  fc.constantFrom(...Object.keys(wrongSecrets)),
  async (which, forge) => {
    const right = await assertion(forge)
    const secret = Buffer.from(forge.key.k ?? '', 'base64url').toString()
    const wrong = wrongSecrets[which]?.(secret, forge.client.account.client_id) ?? ''
    // Some secrets are the same key in another form: HMAC pads with zeros, and hashes what is long.
    const [made, genuine] = [wrong, secret].map((key) => hmacSigned(right, decoded(segmentsOf(right).header), key))
    return made === genuine ? undefined : made
  },
)

/** Assertions of a client that signs by its secret. */
export const macForgery: Arbitrary<Forgery> = fc.oneof(
  { weight: 2, arbitrary: unsigned },
  { weight: 4, arbitrary: wrongSecret },
  alteredSignature,
  alteredClaims,
  emptySignature,
  critical,
  { weight: 2, arbitrary: elsewhere },
  expired,
  premature,
  impostor,
  foundKey,
  otherForm,
  noClaims,
  { weight: 3, arbitrary: broken },
  twiceInHeader('none', 'ES256'),
  wrongAtLast,
)

export const assertionForgery: Arbitrary<Forgery> = fc.oneof(
  { weight: 2, arbitrary: unsigned },
  { weight: 2, arbitrary: publicSecret },
  foreignKey,
  alteredSignature,
  alteredClaims,
  emptySignature,
  critical,
  { weight: 3, arbitrary: elsewhere },
  { weight: 2, arbitrary: expired },
  premature,
  impostor,
  foundKey,
  otherForm,
  noClaims,
  { weight: 3, arbitrary: broken },
  twiceInHeader('none', 'HS256'),
  wrongAtLast,
)

/** What may change around a jti that stays the same. */
export interface Respelling {
  /** How much later exp is, and how much earlier iat, in seconds. */
  readonly exp: number
  readonly iat: number
  readonly header: Claims
}

export const respelling: Arbitrary<Respelling> = fc.record({
  exp: fc.nat({ max: 120 }),
  iat: fc.nat({ max: 30 }),
  header: fc.constantFrom<Claims>({}, { typ: 'JWT' }, { typ: 'client-authentication+jwt' }),
})
