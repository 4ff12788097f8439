import fc, { type Arbitrary } from 'fast-check'
import { encodeComponent } from '../../core/wire/form.ts'
import { deed, type Edit, edit, few, percentEncoded, position, replaceMatch } from './edit.ts'
import { nearMiss } from './near-miss.ts'

/** One of the spellings of the same credentials by HTTP Basic. */
export interface BasicSpelling {
  readonly scheme: string
  /** How form encoding writes a space: RFC 6749 Appendix B has the plus sign, and every decoder knows the other. */
  readonly space: '+' | '%20'
  readonly hexadecimal: 'ABCDEF' | 'abcdef'
  /** HTML 4.01 §17.13.4 escapes all that is neither letter nor digit, the URL standard leaves four signs. */
  readonly signs: 'plain' | 'escaped'
}

export const basicSpelling: Arbitrary<BasicSpelling> = fc.record({
  // RFC 9110 §11.1: the scheme has no case.
  scheme: fc.constantFrom('Basic', 'basic', 'BASIC', 'bAsIc'),
  space: fc.constantFrom('+', '%20'),
  hexadecimal: fc.constantFrom('ABCDEF', 'abcdef'),
  signs: fc.constantFrom('plain', 'escaped'),
})

/** The header that these credentials make, spelt so. */
export function basicHeader(clientId: string, secret: string, spelling: BasicSpelling): string {
  const pair = [clientId, secret].map((text) => formEncoded(text, spelling)).join(':')
  return `${spelling.scheme} ${Buffer.from(pair).toString('base64')}`
}

function formEncoded(text: string, { space, hexadecimal, signs }: BasicSpelling): string {
  const spaced = encodeComponent(text).replaceAll('+', space)
  const whole = signs === 'plain' ? spaced : spaced.replaceAll(/[-_.*]/g, percentEncoded)
  return hexadecimal === 'ABCDEF' ? whole : whole.replaceAll(/%../g, (escape) => escape.toLowerCase())
}

/** Credentials that are wrong, or a header that is no longer one, or none at all. */
export type BasicForgery =
  | { readonly secret: readonly Edit[]; readonly spelling: BasicSpelling }
  | { readonly header: readonly Edit[] }
  /** Right credentials in a header that is malformed. */
  | { readonly around: readonly Edit[] }
  | { readonly pair: Edit<Pair> }
  | { readonly nothing: 'but the client_id in the form' | 'at all' }

/** What is encoded, before it is. */
interface Pair {
  readonly id: string
  readonly secret: string
  /** The two, put together. */
  readonly text: string
}

const pairs: Arbitrary<Edit<Pair>> = fc.oneof(
  ...Object.entries<(pair: Pair) => string>({
    'leave out the colon': ({ id, secret }) => `${id}${secret}`,
    'leave out the secret': ({ id }) => `${id}:`,
    'leave out the secret and the colon': ({ id }) => id,
    'leave out the name': ({ secret }) => `:${secret}`,
    'write the secret first': ({ id, secret }) => `${secret}:${id}`,
    'write the name twice': ({ id }) => `${id}:${id}`,
    'put a colon before it': ({ text }) => `:${text}`,
    'put a lone percent sign behind it': ({ text }) => `${text}%`,
    'put an escape behind it that is none': ({ text }) => `${text}%zz`,
    'put an escape behind it that is no UTF-8': ({ text }) => `${text}%C3`,
    'write it in UTF-16': ({ text }) => [...text].map((character) => `${character}\0`).join(''),
    'write nothing': () => '',
  }).map(([does, apply]) => deed<Pair>(does, (pair) => ({ ...pair, text: apply(pair) }))),
)

/** The header of a pair that is put together otherwise. */
export function headerOfPair(id: string, secret: string, { apply }: Edit<Pair>): string {
  const { text } = apply({ id, secret, text: [id, secret].map(encodeComponent).join(':') })
  return `Basic ${Buffer.from(text).toString('base64')}`
}

/** RFC 9110 §11.4, RFC 7617 §2 and RFC 4648 §3.3: what stands around the credentials, and in them. */
const headerEdits: Arbitrary<readonly Edit[]> = few(
  fc.oneof(
    edit('write for Basic', fc.constantFrom('Bearer', 'Digest', 'Basi', 'Basic,', 'Basic=', ''), (header, by) =>
      header.replace(/^\w+/, by),
    ),
    edit('separate by', fc.constantFrom('', '  ', '\t', ' \t ', ', ', '='), (header, by) => header.replace(' ', by)),
    edit(
      'put into the credentials',
      fc.tuple(position, fc.constantFrom('*', ' ', '-', '=', '\t', '!')),
      (header, [at, by]) => replaceMatch(header, /(?<=\s.*)./g, at, (one) => `${by}${one}`),
    ),
    edit(
      'append',
      fc.constantFrom(' ', ' x', ', Basic QTpC', ',', '; x=y', ' realm="x"'),
      (header, more) => `${header}${more}`,
    ),
    deed('leave out the padding', (header) => header.replace(/=+$/, '')),
    deed('write it twice', (header) => `${header}, ${header}`),
  ),
)

export const basicForgery: Arbitrary<BasicForgery> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ secret: nearMiss, spelling: basicSpelling }) },
  { weight: 1, arbitrary: fc.record({ header: nearMiss }) },
  { weight: 1, arbitrary: fc.record({ around: headerEdits }) },
  { weight: 1, arbitrary: fc.record({ pair: pairs }) },
  {
    weight: 1,
    arbitrary: fc.record({ nothing: fc.constantFrom('but the client_id in the form' as const, 'at all' as const) }),
  },
)

/** What a reader that forgives everything makes of a header: the pair inside, form-decoded where that can be done. */
export function leniently(header: string): string {
  const pair = Buffer.from(header.replace(/^\W*basic\W*/i, ''), 'base64').toString('utf8')
  try {
    return decodeURIComponent(pair.replaceAll('+', ' '))
  } catch {
    return pair
  }
}
