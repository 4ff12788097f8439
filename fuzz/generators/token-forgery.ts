import fc, { type Arbitrary } from 'fast-check'
import { CompactEncrypt, CompactSign, importJWK, type JWK } from 'jose'
import type { Requirement } from '../../core/spec/document.ts'
import { rfc9068 } from '../../core/spec/rfc9068.ts'
import { nobodysKey, privateJwk } from '../../harness/client/own-keys.ts'
import { applied, at, position } from './edit.ts'
import {
  decoded,
  encoded,
  foundKeys,
  hmacSigned,
  jwtEdit,
  publicPart,
  secretForms,
  segmentsOf,
  withEmptySignature,
} from './jwt.ts'
import { isOtherSpelling, nearMiss } from './near-miss.ts'

/** What a forgery is made of: a right token, and the keys that the server publishes. */
export interface Genuine {
  readonly token: string
  readonly keys: readonly JWK[]
}

/** An access token that is wrong in one respect. */
export interface TokenForgery {
  readonly breaks: Requirement
  /** The token; nothing where it comes out right after all, or cannot be made. */
  readonly make: (genuine: Genuine) => Promise<string | undefined>
}

const forgery = <Argument>(
  does: string,
  argument: Arbitrary<Argument>,
  breaks: Requirement | ((argument: Argument) => Requirement),
  make: (argument: Argument, genuine: Genuine) => Promise<string | undefined>,
): Arbitrary<TokenForgery> =>
  argument.map((value) => ({
    breaks: typeof breaks === 'function' ? breaks(value) : breaks,
    make: async (genuine) => await make(value, genuine),
    [fc.toStringMethod]: () => `${does} ${fc.stringify(value)}`,
  }))

const unsigned = forgery(
  'claim that nothing is signed by',
  fc.record({
    alg: fc.constantFrom('none', 'none', 'None', 'NONE', 'nOnE', ''),
    signature: fc.constantFrom('none', 'kept'),
  }),
  rfc9068.unsecuredRefused,
  async ({ alg, signature: kept }, { token }) => {
    const { header, claims, signature } = segmentsOf(token)
    return `${encoded({ ...decoded(header), alg })}.${claims}.${kept === 'kept' ? signature : ''}`
  },
)

const publicSecret = forgery(
  'sign by HMAC with',
  fc.record({
    alg: fc.oneof(
      { weight: 3, arbitrary: fc.constant('HS256') },
      { weight: 1, arbitrary: fc.constantFrom('HS384', 'HS512') },
    ),
    secret: fc.constantFrom(...Object.keys(secretForms)),
    key: position,
  }),
  rfc9068.signatureVerified,
  async ({ alg, secret, key: which }, { token, keys }) => {
    const key = at(keys, which)
    if (key === undefined) return undefined
    return hmacSigned(token, { ...decoded(segmentsOf(token).header), alg }, secretForms[secret]?.(key) ?? '')
  },
)

const foreignKey = forgery(
  'sign with a key of nobody, and in the header',
  fc.record({
    alg: fc.constantFrom('ES256', 'RS256'),
    how: fc.constantFrom(
      'the kid of the right one',
      'no kid',
      'another kid',
      'the key',
      'the key and its kid',
      'the address of its key set',
      'a certificate',
    ),
  }),
  rfc9068.keysOfTheServer,
  async ({ alg, how }, { token }) => {
    const { claims, header } = segmentsOf(token)
    const { kid, typ } = decoded(header)
    const key = await nobodysKey(alg)
    const jwk = key.publicKey
    const headers: Readonly<Record<typeof how, Readonly<Record<string, unknown>>>> = {
      'the kid of the right one': { kid },
      'no kid': {},
      'another kid': { kid: 'another' },
      'the key': { jwk },
      'the key and its kid': { kid, jwk },
      'the address of its key set': { kid, jku: 'https://attacker.example/jwks', x5u: 'https://attacker.example/x5u' },
      'a certificate': { x5c: [Buffer.from(JSON.stringify(jwk)).toString('base64')] },
    }
    return await new CompactSign(Buffer.from(claims, 'base64url'))
      .setProtectedHeader({ ...headers[how], ...(typeof typ === 'string' && { typ }), alg })
      .sign(await importJWK(privateJwk(key), alg))
  },
)

const foundKey = forgery(
  'sign by HMAC with what is found at',
  foundKeys,
  rfc9068.keysOfTheServer,
  async ({ kid, secret }, { token }) =>
    hmacSigned(token, { ...decoded(segmentsOf(token).header), alg: 'HS256', kid }, secret),
)

const broken = forgery('as a JWT,', jwtEdit, rfc9068.signatureVerified, async ({ apply }, { token }) => {
  const edited = apply(token)
  return isOtherSpelling(edited, token) ? undefined : edited
})

/** RFC 8725 §3.12: what is encrypted is signed by nobody, and a key to encrypt with is public. */
const encrypted = forgery(
  'encrypt for the server',
  fc.record({
    what: fc.constantFrom('its claims', 'an unsigned token of its claims', 'an unsigned token of its type'),
    key: position,
  }),
  rfc9068.signatureVerified,
  async ({ what, key: which }, { token, keys }) => {
    const key = at(keys, which)
    if (key === undefined) return undefined
    const alg = key.kty === 'RSA' ? 'RSA-OAEP-256' : 'ECDH-ES'
    const { claims } = segmentsOf(token)
    const plain: Readonly<Record<typeof what, string>> = {
      'its claims': Buffer.from(claims, 'base64url').toString(),
      'an unsigned token of its claims': `${encoded({ alg: 'none' })}.${claims}.`,
      'an unsigned token of its type': `${encoded({ alg: 'none', typ: 'at+jwt' })}.${claims}.`,
    }
    return await new CompactEncrypt(Buffer.from(plain[what]))
      .setProtectedHeader({ alg, enc: 'A128GCM', cty: 'JWT', ...(key.kid !== undefined && { kid: key.kid }) })
      .encrypt(await importJWK(publicPart(key), alg))
  },
)

const alteredSignature = forgery(
  'alter the signature:',
  nearMiss,
  rfc9068.signatureVerified,
  async (edits, { token }) => {
    const { header, claims, signature } = segmentsOf(token)
    const altered = applied(edits, signature)
    return isOtherSpelling(altered, signature) ? undefined : `${header}.${claims}.${altered}`
  },
)

const alteredClaims = forgery(
  'after signing, claim',
  fc.constantFrom<Readonly<Record<string, unknown>>>(
    { more: true },
    { scope: 'openid profile email admin' },
    { exp: 4_102_444_800 },
    { sub: 'somebody-else' },
    { client_id: 'another-client' },
  ),
  rfc9068.signatureVerified,
  async (more, { token }) => {
    const { header, claims, signature } = segmentsOf(token)
    return `${header}.${encoded({ ...decoded(claims), ...more })}.${signature}`
  },
)

const emptySignature = forgery(
  'for the signature, take',
  fc.constantFrom('zeros', 'ones', 'nothing', 'the DER of zeros'),
  rfc9068.signatureVerified,
  async (what, { token }) => withEmptySignature(token, what),
)

export const tokenForgery: Arbitrary<TokenForgery> = fc.oneof(
  { weight: 2, arbitrary: unsigned },
  { weight: 3, arbitrary: publicSecret },
  { weight: 2, arbitrary: foreignKey },
  alteredSignature,
  alteredClaims,
  emptySignature,
  foundKey,
  { weight: 3, arbitrary: broken },
  encrypted,
)
