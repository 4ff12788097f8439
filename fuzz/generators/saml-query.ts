import { generateKeyPairSync, sign } from 'node:crypto'
import fc, { type Arbitrary } from 'fast-check'
import { percentEncoded, type Edit, edit, deed, position, replaceMatch, swapCase } from './edit.ts'

/** A query split at its ampersands, each pair as it was encoded. */
export type QueryPairs = readonly string[]

type QueryEdit = Edit<QueryPairs>

const nameOf = (pair: string) => pair.replace(/=.*$/s, '')

const replaced = (pairs: QueryPairs, name: string, by: (encoded: string) => readonly string[]): QueryPairs =>
  pairs.flatMap((pair) => (nameOf(pair) === name ? by(pair.slice(name.length + 1)) : [pair]))

const decoded = (encoded: string) => decodeURIComponent(encoded.replaceAll('+', ' '))

/** The same parameter with another value. */
const changed = (pairs: QueryPairs, name: string, change: (value: string) => string): QueryPairs =>
  replaced(pairs, name, (encoded) => [`${name}=${encodeURIComponent(change(decoded(encoded)))}`])

const algorithms = fc.constantFrom(
  'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  'http://www.w3.org/2000/09/xmldsig#dsa-sha1',
  'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
  'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-md5',
  'none',
  'urn:assay:unknown',
  '',
)

const foreignKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

/** What was signed, as far as it is there. */
const signedPart = (pairs: QueryPairs) => pairs.filter((pair) => nameOf(pair) !== 'Signature').join('&')

function signedByAnother(pairs: QueryPairs): QueryPairs {
  const signature = sign('sha256', Buffer.from(signedPart(pairs)), { key: foreignKey, dsaEncoding: 'ieee-p1363' })
  return changed(pairs, 'Signature', () => signature.toString('base64'))
}

/** Octets that change, so that no way of reading base64 makes them the same again. */
const otherOctet = (value: string, which: number) => {
  const octets = Buffer.from(value, 'base64')
  if (octets.length > 0) octets[which % octets.length] = (octets[which % octets.length] ?? 0) ^ 0x41
  return octets.toString('base64')
}

/**
 * What may be done to a signed query so that it is no longer what was signed. `other` is the parameter SAMLRequest of
 * another message of the same service provider.
 */
export const forgedQuery = (other: () => string): Arbitrary<QueryEdit> =>
  fc.oneof(
    edit(
      'append to RelayState',
      fc.constantFrom('x', ' ', '%00', '\n', 'https://attacker.example'),
      (pairs: QueryPairs, more) => changed(pairs, 'RelayState', (value) => `${value}${more}`),
    ),
    edit('change RelayState at', position, (pairs: QueryPairs, which) =>
      changed(pairs, 'RelayState', (value) => replaceMatch(value, /[a-z]/gi, which, swapCase)),
    ),
    deed('leave out RelayState', (pairs: QueryPairs) => replaced(pairs, 'RelayState', () => [])),
    deed('empty RelayState', (pairs: QueryPairs) => replaced(pairs, 'RelayState', () => ['RelayState='])),
    deed('take another message', (pairs: QueryPairs) => replaced(pairs, 'SAMLRequest', () => [other()])),
    edit('write SigAlg', algorithms, (pairs: QueryPairs, name) => changed(pairs, 'SigAlg', () => name)),
    deed('leave out SigAlg', (pairs: QueryPairs) => replaced(pairs, 'SigAlg', () => [])),
    edit('change Signature at octet', position, (pairs: QueryPairs, which) =>
      changed(pairs, 'Signature', (value) => otherOctet(value, which)),
    ),
    edit('cut Signature down to', fc.constantFrom(0, 1, 4, 16, 40), (pairs: QueryPairs, kept) =>
      changed(pairs, 'Signature', (value) => value.slice(0, kept)),
    ),
    edit('write Signature', fc.constantFrom('AA==', '!', 'A'.repeat(88), 'null'), (pairs: QueryPairs, value) =>
      changed(pairs, 'Signature', () => value),
    ),
    deed('sign by another key', signedByAnother),
  )

/** Another message beside the signed one: it is not what anybody signed, wherever it stands. */
export const doubledQuery = (other: () => string): Arbitrary<QueryEdit> =>
  edit('add another message at', position, (pairs: QueryPairs, which) =>
    pairs.toSpliced(which % (pairs.length + 1), 0, other()),
  )

/** One of the ways in which a signer may encode a value (SAML Bindings §3.4.4.1), and in which the query may be put. */
export interface QuerySpelling {
  readonly hexadecimal: 'ABCDEF' | 'abcdef'
  readonly space: '+' | '%20'
  /** Every so many characters one that need not be escaped is. */
  readonly every: number
  /** Where each of the parameters goes, in the order in which they are signed. */
  readonly places: readonly number[]
}

export const querySpelling: Arbitrary<QuerySpelling> = fc.record({
  hexadecimal: fc.constantFrom('ABCDEF', 'abcdef'),
  space: fc.constantFrom('+', '%20'),
  every: fc.integer({ min: 1, max: 40 }),
  places: fc.array(position, { minLength: 4, maxLength: 4 }),
})

export function encodedBy({ hexadecimal, space, every }: QuerySpelling, value: string): string {
  let plain = 0
  const escaped = encodeURIComponent(value).replaceAll(/%[0-9A-F]{2}|./gs, (one) => {
    if (one === '%20') return space
    if (one.startsWith('%')) return one
    plain += 1
    return plain % every === 0 ? percentEncoded(one) : one
  })
  return hexadecimal === 'ABCDEF' ? escaped : escaped.replaceAll(/%../g, (escape) => escape.toLowerCase())
}

/** The parameters put in another order. */
export const reordered = ({ places }: QuerySpelling, pairs: QueryPairs): QueryPairs =>
  pairs.reduce<QueryPairs>((sorted, pair, at) => sorted.toSpliced((places[at] ?? 0) % (at + 1), 0, pair), [])
