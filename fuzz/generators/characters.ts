import fc, { type Arbitrary } from 'fast-check'

/** RFC 3986 §2.3. */
export const unreserved = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'

export const unreservedText = (length: { readonly minLength: number; readonly maxLength: number }): Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...unreserved), ...length })

/** What somebody trims, strips, stops at, decodes, folds or takes for something else. */
export const awkward: readonly string[] = [
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\0',
  '\u007F',
  '\u00A0',
  '\u200B',
  '\uFEFF',
  '%',
  '%00',
  '%20',
  '%0d%0a',
  '%2e',
  '+',
  '/',
  '\\',
  '"',
  "'",
  '<',
  '`',
  '*',
  ',',
  ';',
  ':',
  '=',
  '==',
  '&',
  '#',
  '|',
  'é',
  '\u0301',
  '\u212A',
  '\uFF41',
]

/** What many a library trims without being asked. */
export const whiteSpace: readonly string[] = [' ', '\t', '\n', '\r\n']

/** VSCHAR of RFC 6749 Appendix A: printable ASCII. */
export const visible: Arbitrary<string> = fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code))

/** What may be put beside or into a text that is right as it is. */
export const addition: Arbitrary<string> = fc.oneof(
  fc.constantFrom(...awkward),
  unreservedText({ minLength: 1, maxLength: 4 }),
  // Longer than the columns that values are commonly kept in.
  fc.constantFrom(43, 64, 128, 256).map((length) => 'A'.repeat(length)),
)
