import fc, { type Arbitrary } from 'fast-check'
import { encodeComponent } from '../../core/wire/form.ts'
import { type Edit, percentEncoded } from './edit.ts'
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

/** Credentials that are wrong, or a header that is no longer one. */
export type BasicForgery =
  | { readonly secret: readonly Edit[]; readonly spelling: BasicSpelling }
  | { readonly header: readonly Edit[] }

export const basicForgery: Arbitrary<BasicForgery> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ secret: nearMiss, spelling: basicSpelling }) },
  { weight: 1, arbitrary: fc.record({ header: nearMiss }) },
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
