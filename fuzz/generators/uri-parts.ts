import fc, { type Arbitrary } from 'fast-check'
import { octetText } from '../octets.ts'

/** RFC 6335 §6: port 0 is reserved. */
export const loopbackPort: Arbitrary<number> = fc.integer({ min: 1, max: 65_535 })

/** What somebody writes in another case, or breaks up by what browsers leave out (URL Standard, "basic URL parser", step 2). */
const disguised = (word: string): Arbitrary<string> =>
  fc.oneof(
    fc.constant(word),
    fc.constant(word.toUpperCase()),
    fc
      .array(fc.boolean(), { minLength: word.length, maxLength: word.length })
      .map((large) => [...word].map((letter, at) => (large[at] ? letter.toUpperCase() : letter)).join('')),
    fc
      .tuple(fc.nat({ max: word.length }), fc.constantFrom('\t', '\n', '\r', '\r\n', '\0', '\u00AD'))
      .map(([at, gap]) => `${word.slice(0, at)}${gap}${word.slice(at)}`),
    fc.constantFrom(' ', '\u0001', '\u001F', '\t').map((lead) => `${lead}${word}`),
  )

/** Schemes whose URIs a browser runs, shows or reads from the disk. */
const dangerous = fc.constantFrom('javascript', 'data', 'vbscript', 'file', 'blob')

export const dangerousScheme: Arbitrary<string> = dangerous.chain(disguised)

/** A URI that must never be where a browser is sent, whatever is put behind it. */
export const dangerousUri: Arbitrary<string> = fc
  .record({
    scheme: dangerousScheme,
    rest: fc.constantFrom(
      'alert(1)',
      '//rp.example/%0Aalert(1)',
      'text/html,x',
      'text/html;base64,eA==',
      '///etc/hostname',
      'https://rp.example/callback',
      '//rp.example/callback',
    ),
    behind: fc.constantFrom('', '', '*', '/*', '//https://rp.example/callback', '?', '%23'),
  })
  .map(({ scheme, rest, behind }) => `${scheme}:${rest}${behind}`)

/** Schemes beside https that somebody may take for it, or for harmless. */
export const otherScheme: Arbitrary<string> = fc.oneof(
  fc.constantFrom('http', 'ftp', 'ws', 'wss', '', 'https+', 'HTTPS+', 'https:https', 'view-source:https', 'feed:https'),
  disguised('https'),
  fc.constantFrom('com.example.other', 'com.example.app', 'COM.EXAMPLE.APP', 'com.example', 'app'),
)

/** What stands between a scheme and what follows it. */
export const separators = [
  ':/',
  ':',
  ':///',
  ':////',
  '%3A//',
  '//',
  '://.',
  ':\\\\',
  ':/\\',
  ':\\/',
  ':\\',
  ':\t//',
  ':/\t/',
  ':/\n/',
] as const

/** A number as C's inet_aton takes it: decimal, octal or hexadecimal, with as many zeros in front as there may be. */
const spelt = (value: number): Arbitrary<string> =>
  fc.tuple(fc.constantFrom(10, 10, 8, 16), fc.constantFrom(0, 0, 1, 6)).map(([radix, zeros]) => {
    const digits = `${'0'.repeat(zeros)}${value.toString(radix)}`
    return radix === 16 ? `0x${digits}` : radix === 8 ? `0${digits}` : digits
  })

/** The loopback address in one to four numbers, of which the last takes in all octets that are left. */
export const ipv4Spelling: Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f.1',
    '0x7f000001',
    '017700000001',
    '0177.0.0.1',
    '0.0.0.0',
    '0',
  ),
  fc
    .constantFrom([127, 0, 0, 1], [127, 0, 1], [127, 1], [2_130_706_433])
    .chain((numbers) => fc.tuple(...numbers.map(spelt)))
    .map((numbers) => numbers.join('.')),
)

const manyColons = fc.integer({ min: 3, max: 2000 }).map((count) => `[${':'.repeat(count)}]`)

/** IPv6 literals of the loopback address and what is nearly one: zones, mapped addresses, brackets that do not close. */
export const ipv6Spelling: Arbitrary<string> = fc.oneof(
  fc.constantFrom('[0:0:0:0:0:0:0:1]', '[::0001]', '[0::1]', '[::0:1]', '[0000:0000:0000:0000:0000:0000:0000:0001]'),
  fc.constantFrom('[::ffff:127.0.0.1]', '[::FFFF:7f00:1]', '[::127.0.0.1]', '[64:ff9b::127.0.0.1]'),
  fc.constantFrom('[::1%25lo]', '[::1%lo]', '[::1%251]', '[fe80::1%25en0]', '[::1%25attacker.example]'),
  fc.constantFrom('[::1', '::1', '::1]', '[[::1]]', '[]', '[::1].', '[::1]x', '[::1].attacker.example', '[v1.x]'),
  manyColons,
)

/** What a resolver, a registry or a normaliser takes for the same name, by what is done to it. */
export const nameSpellings: Readonly<Record<string, (host: string) => string>> = {
  'a dot behind': (host) => `${host}.`,
  'two dots behind': (host) => `${host}..`,
  'an empty label': (host) => host.replace('.', '..'),
  'a dot in front': (host) => `.${host}`,
  'an ideographic dot': (host) => host.replace('.', '\u3002'),
  'an ideographic dot, escaped': (host) => host.replace('.', '%E3%80%82'),
  'its dot escaped': (host) => host.replace('.', '%2e'),
  'its dot escaped twice': (host) => host.replace('.', '%252e'),
  'an A-label': (host) => host.replace(/^[a-z0-9-]+/i, (label) => `xn--${label}-`),
  'a full-width letter': (host) => replaceLetter(host, (code) => String.fromCodePoint(code + 0xfee0)),
  'a letter escaped': (host) => replaceLetter(host, (code) => `%${code.toString(16)}`),
  'a sharp s': (host) => host.replace(/s|e/i, '\u00DF'),
  'a space of no width': (host) => host.replace(/[a-z]/i, '$&\u200B'),
  'a joiner of no width': (host) => host.replace(/[a-z]/i, '$&\u200D'),
  'a soft hyphen': (host) => host.replace(/[a-z]/i, '$&\u00AD'),
  'a NUL behind': (host) => `${host}\0`,
  'an escaped NUL behind': (host) => `${host}%00`,
}

const replaceLetter = (host: string, by: (code: number) => string) =>
  host.replace(/[a-z]/i, (letter) => by(letter.codePointAt(0) ?? 0))

/** What may stand behind a colon where a port belongs. */
export const portSpelling: Arbitrary<string> = fc.oneof(
  fc.constantFrom(':', ':0', ':80', ':443', ':8443', ':080', ':0443', ':00000000443'),
  fc.constantFrom(':65535', ':65536', ':65979', ':4294967739', ':99999999999999999999'),
  fc.constantFrom(
    ':http',
    ':https',
    ':4x',
    ':-1',
    ':+443',
    ':0x1bb',
    ':443:443',
    ':443@',
    ':4 43',
    ':\u0664\u0664\u0663',
  ),
  loopbackPort.map((port) => `:${port}`),
)

/** Dots and slashes by another spelling each: escaped, escaped twice, too long for their UTF-8, or as somebody's own. */
const dots = fc.constantFrom('..', '.', '%2e%2e', '%2E.', '.%2e', '%252e%252e', '%c0%ae%c0%ae', '%e0%80%ae.', '\u2024.')
const slashes = fc.constantFrom(
  '/',
  '//',
  '\\',
  '%2f',
  '%2F',
  '%5c',
  '%252f',
  '%c0%af',
  '%C0%AF',
  '%e0%80%af',
  ';/',
  '/;/',
  ';x=1/',
  '\uFF0F',
)

/** Segments that lead somewhere else, up or nowhere, for whoever resolves, decodes or strips before comparing. */
export const traversal: Arbitrary<string> = fc
  .tuple(
    slashes,
    fc.array(fc.tuple(dots, slashes), { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', 'more', 'callback'),
  )
  .map(([first, steps, last]) => `${first}${steps.flat().join('')}${last}`)

/** Octets that are no UTF-8, or that are it in too many octets: a slash, a dot, a percent sign, the end, half a character. */
export const strayOctets: Arbitrary<string> = fc.constantFrom(
  octetText(0xc0, 0xaf),
  octetText(0xe0, 0x80, 0xaf),
  octetText(0xc0, 0xae),
  octetText(0xc0, 0x80),
  octetText(0xc1, 0x81),
  octetText(0xff),
  octetText(0xfe, 0xff),
  octetText(0x80),
  octetText(0xc3),
  octetText(0xed, 0xa0, 0x80),
  octetText(0xf4, 0x90, 0x80, 0x80),
  octetText(0xe9),
)

/** Longer than a column, a header, a whole request. */
export const length: Arbitrary<number> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 200, max: 2200 }) },
  { weight: 2, arbitrary: fc.constantFrom(2048, 4096, 8192) },
  { weight: 1, arbitrary: fc.constant(65_536) },
)
