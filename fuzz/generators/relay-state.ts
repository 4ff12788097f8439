import fc, { type Arbitrary } from 'fast-check'
import { visible } from './characters.ts'
import { uriEdit } from './uri-edits.ts'

/** In octets (SAML Bindings §3.4.3). */
export const relayStateAtMost = 80

/** What somebody decodes, escapes, trims, follows or ends at. */
const pieces = fc.constantFrom(
  '%20',
  '%2B',
  '%',
  '+',
  '&',
  '&amp;',
  '&#34;',
  '"',
  "'",
  '<',
  '>',
  '"/><b id="x">',
  "'><script>alert(1)</script>",
  ']]>',
  '<!--',
  '\\',
  '{{7*7}}',
  '${x}',
  ' ',
  '  ',
  'é',
  '\u{1F511}',
  '\u202E',
  '\u00A0',
)

/** Addresses that a service provider would have to be asked about, and that are none of the identity provider's business. */
const addresses = fc
  .tuple(fc.constantFrom('https://attacker.example/x', 'https://sp.example/saml/acs'), uriEdit)
  .map(([uri, { apply }]) => apply(uri))

const fits = (text: string) =>
  Buffer.byteLength(text) <= relayStateAtMost && text !== '' && !/[\p{Cc}\p{Cs}\uFFFE\uFFFF\u2028\u2029]/u.test(text)

/**
 * Values of RelayState that are lawful. Characters that HTML and XML read in a way of their own are left out: what becomes
 * of them in a form is for browsers to say.
 */
export const relayState: Arbitrary<string> = fc
  .oneof(
    fc.string({ unit: visible, minLength: 1, maxLength: relayStateAtMost, size: 'max' }),
    fc.array(fc.oneof(pieces, visible), { minLength: 1, maxLength: 12 }).map((parts) => parts.join('')),
    fc.constantFrom(65, 79, 80).map((length) => 'x'.repeat(length)),
    addresses,
  )
  .filter(fits)
