import { createHmac } from 'node:crypto'
import fc, { type Arbitrary } from 'fast-check'
import { CompactSign, importJWK, type JWK } from 'jose'
import type { Requirement } from '../../core/spec/document.ts'
import { rfc7523 } from '../../core/spec/rfc7523.ts'
import { type AssertionOverrides, signedAssertion } from '../../harness/client/assertion.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { applied } from './edit.ts'
import { decoded, encoded, publicPart, secretForms, segmentsOf } from './jwt.ts'
import { isOtherSpelling, nearMiss } from './near-miss.ts'

/** What a forgery is made with. */
export interface Forge {
  readonly client: ProtocolClient
  /** The client's own key, its private part included, and a key that nobody registered, for the same algorithm. */
  readonly key: JWK
  readonly foreignKey: JWK
}

/** A client assertion that is wrong in one respect. */
export interface Forgery {
  readonly breaks: Requirement
  /** The assertion; nothing where it comes out right after all. */
  readonly make: (forge: Forge) => Promise<string | undefined>
}

const forgery = <Argument>(
  does: string,
  breaks: Requirement,
  argument: Arbitrary<Argument>,
  make: (argument: Argument, forge: Forge) => Promise<string | undefined>,
): Arbitrary<Forgery> =>
  argument.map((value) => ({
    breaks,
    make: async (forge) => await make(value, forge),
    [fc.toStringMethod]: () => `${does} ${fc.stringify(value)}`,
  }))

const assertion = async ({ client }: Forge, overrides: AssertionOverrides = {}) =>
  await signedAssertion(client, overrides)

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
    const { header, claims } = segmentsOf(await assertion(forge))
    const input = `${encoded({ ...decoded(header), alg })}.${claims}`
    const hmac = createHmac(`sha${alg.slice(2)}`, secretForms[secret]?.(forge.key) ?? '')
    return `${input}.${hmac.update(input).digest('base64url')}`
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
    'a path as kid',
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
      'a path as kid': { kid: '../../../../dev/null' },
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
  async (what, forge) => {
    const { header, claims, signature } = segmentsOf(await assertion(forge))
    const { length } = Buffer.from(signature, 'base64url')
    const octets: Readonly<Record<typeof what, Buffer>> = {
      zeros: Buffer.alloc(length),
      'the DER of zeros': Buffer.from('3006020100020100', 'hex'),
      ones: Buffer.alloc(length, 1),
      nothing: Buffer.alloc(0),
    }
    return `${header}.${claims}.${octets[what].toString('base64url')}`
  },
)

/** RFC 7515 §4.1.11: what a header calls critical must be understood. */
const critical = forgery(
  'call critical',
  rfc7523.otherwiseValid,
  fc.constantFrom<readonly string[]>(['assay'], ['exp', 'assay'], ['urn:assay:unknown']),
  async (crit, forge) => {
    const { header, claims } = segmentsOf(await assertion(forge))
    const { alg = 'ES256', ...more } = decoded(header) as { readonly alg?: string }
    return await new CompactSign(Buffer.from(claims, 'base64url'))
      .setProtectedHeader({ ...more, alg, crit: [...crit], ...Object.fromEntries(crit.map((name) => [name, 1])) })
      .sign(await importJWK(forge.key, alg), { crit: Object.fromEntries(crit.map((name) => [name, true])) })
  },
)

const claiming = (does: string, breaks: Requirement, argument: Arbitrary<Claim>) =>
  forgery(does, breaks, argument, async (claim, forge) => {
    const claims = claim(forge.client)
    return claims === undefined ? undefined : await assertion(forge, { claims })
  })

type Claims = Readonly<Record<string, unknown>>

/** Claims that replace the right ones; nothing where they come out right. */
type Claim = (client: ProtocolClient) => Claims | undefined

const claim = <Argument>(
  does: string,
  argument: Arbitrary<Argument>,
  make: (argument: Argument, client: ProtocolClient) => Claims | undefined,
): Arbitrary<Claim> =>
  argument.map((value) =>
    Object.assign((client: ProtocolClient) => make(value, client), {
      [fc.toStringMethod]: () => `${does} ${fc.stringify(value)}`,
    }),
  )

/** Values of another type, or none: what no comparison of texts should find equal. */
const noText: Arbitrary<unknown> = fc.constantFrom<unknown>(undefined, null, '', 0, 1, true, [], {})

const elsewhere = claiming(
  'be meant for another server:',
  rfc7523.audience,
  fc.oneof(
    claim(
      'aud',
      fc.oneof(noText, fc.constantFrom<unknown>('https://attacker.example', ['https://attacker.example'], [])),
      (aud) => ({ aud }),
    ),
    claim(
      'the issuer and',
      fc.constantFrom('.attacker.example', '@attacker.example', '/another', 'x'),
      (more, client) => ({ aud: `${client.target.issuer}${more}` }),
    ),
    claim('of the issuer', nearMiss, (edits, client) => {
      const aud = applied(edits, client.target.issuer)
      return isOwnName(aud, client) ? undefined : { aud }
    }),
  ),
)

/** What an authorization server goes by is for itself to say: its origin, any of its endpoints, with a slash or without. */
function isOwnName(audience: string, { target }: ProtocolClient): boolean {
  const bare = (text: string) => text.replace(/\/+$/, '')
  const own = [new URL(target.issuer).origin, ...Object.values(target.metadata)]
  return own.some((one) => typeof one === 'string' && bare(one) === bare(audience))
}

/** More than any clock is wrong, in seconds. */
const longTime = fc.oneof(fc.integer({ min: 3600, max: 86_400 }), fc.integer({ min: 86_400, max: 1_000_000_000 }))

const nowOf = (client: ProtocolClient) => Math.floor(client.now() / 1000)

const expired = claiming(
  'have expired:',
  rfc7523.expiry,
  fc.oneof(
    claim('seconds ago', longTime, (ago, client) => ({ iat: nowOf(client) - ago - 60, exp: nowOf(client) - ago })),
    claim('exp', fc.constantFrom(undefined, null, 0, -1), (exp) => ({ exp })),
  ),
)

const premature = claiming(
  'not have begun:',
  rfc7523.notBefore,
  claim('in seconds', longTime, (ahead, client) => ({ nbf: nowOf(client) + ahead, exp: nowOf(client) + ahead + 60 })),
)

const impostor = claiming(
  'speak for somebody else:',
  rfc7523.issuerAndSubject,
  fc.oneof(
    ...['iss', 'sub'].map((name) =>
      claim(name, fc.oneof(noText, fc.constant('another-client')), (who) => ({ [name]: who })),
    ),
    ...['iss', 'sub'].map((name) =>
      claim(`${name}, of the client_id`, nearMiss, (edits, client) => {
        const who = applied(edits, client.account.client_id)
        return who === client.account.client_id ? undefined : { [name]: who }
      }),
    ),
  ),
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
  expired,
  premature,
  impostor,
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
