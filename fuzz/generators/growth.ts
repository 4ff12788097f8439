import fc, { type Arbitrary } from 'fast-check'

/** A text that can be made as long as wanted: how it begins, one piece again and again, how it ends. */
export interface Growth {
  readonly head: string
  /** `{n}` in it stands for a number of its own each time. */
  readonly piece: string
  /** What closes a piece, behind the last of them, as often as there are pieces. */
  readonly closing: string
  readonly tail: string
}

/** The text with so many characters of pieces, or a few less where they do not add up to it. */
export function grown({ head, piece, closing, tail }: Growth, length: number): string {
  if (piece.includes('{n}')) return `${head}${numbered(piece, length)}${tail}`
  const count = Math.floor(length / (piece.length + closing.length))
  return `${head}${piece.repeat(count)}${closing.repeat(count)}${tail}`
}

function numbered(piece: string, length: number): string {
  const pieces: string[] = []
  for (let n = 0, left = length; ; n += 1) {
    const next = piece.replaceAll('{n}', String(n))
    left -= next.length
    if (left < 0) return pieces.join('')
    pieces.push(next)
  }
}

const growth = (
  heads: readonly [string, ...string[]],
  pieces: readonly [string, ...string[]],
  tails: readonly [string, ...string[]],
): Arbitrary<Growth> =>
  fc.record({
    head: fc.constantFrom(...heads),
    piece: fc.constantFrom(...pieces),
    closing: fc.constant(''),
    tail: fc.constantFrom(...tails),
  })

/** One character that a pattern takes in two ways and is told at the end that it was neither. */
const characters = ['a', ' ', '.', ':', '/', '-', '%', '\t', '0', '=', '+', ',', '@', '\0'] as const
const wrongEnds = ['!', '', 'x', '~', '"', '\u00E9'] as const

/** Values of parameters: scopes, identifiers, and whatever else is one text. */
export const longValue: Arbitrary<Growth> = fc.oneof(
  growth(['', 'a'], characters, wrongEnds),
  growth(['', 'openid '], ['a ', 'a:', 'a.', 'openid ', 'api:read ', '%20', '{n} ', '<!--', '/* '], ['', '!', '"']),
)

/** Addresses of any length, which patterns take apart in more than one way. */
export const longUri: Arbitrary<Growth> = growth(
  ['https://rp.example/', 'https://', 'https://rp.example:', 'https://rp.example/?', ''],
  ['a', 'a.', ':', '/', '../', '%', '@', 'a=1&', '[', '*', ' '],
  ['!', '', '@', '#'],
)

/** What could be a token, in the characters that may stand in a header. */
export const longToken: Arbitrary<Growth> = growth(
  ['', 'eyJhbGciOiJub25lIn0.', 'eyJhbGciOiJFUzI1NiJ9.e30.'],
  ['a', '.', 'a.', 'e30.', 'A-', '+', '/', '=', 'W1tb'],
  ['~', '', '.', '='],
)

/** Forms of many parameters, as they go over the wire. */
export const longForm: Arbitrary<Growth> = growth(
  ['', 'a=1&'],
  ['a{n}=&', 'a{n}=1&', 'a[{n}]=1&', 'a[', 'a[]=&', '&', '=', 'scope=&', '%00', '%C3'],
  ['', '=', '%'],
)

/** JSON that is deep, wide or long; what is deep may also be left open. */
export const longJson: Arbitrary<Growth> = fc.oneof(
  fc.constantFrom(
    { head: '{"a":', piece: '[', closing: ']', tail: '}' },
    { head: '{"a":', piece: '{"a":', closing: '}', tail: '' },
    { head: '{"jwks":', piece: '{"keys":[', closing: ']}', tail: '}' },
    { head: '{"a":1', piece: ',"a{n}":1', closing: '', tail: '}' },
    { head: '{"a":1', piece: ',"a":1', closing: '', tail: '}' },
    { head: '{"redirect_uris":["https://rp.example/"', piece: ',"https://rp.example/{n}"', closing: '', tail: ']}' },
    { head: '{"contacts":["a"', piece: ',"a{n}"', closing: '', tail: ']}' },
    { head: '{"a":', piece: '9', closing: '', tail: '}' },
  ),
  growth(
    ['{"client_name":"', '{"scope":"', '{"client_uri":"https://'],
    ['a', ' ', '\\u0000', '/* ', '%', 'a.', '{n} '],
    ['"}', '!"}'],
  ),
  growth(['', '{"a":'], ['[', '{"a":', ' ', '/* ', '9'], ['', '}']),
)

/** XML that is deep, wide or long, in the place of what an AuthnRequest may hold. */
export const longXml: Arbitrary<Growth> = fc.oneof(
  fc.constantFrom(
    { head: '', piece: '<a>', closing: '</a>', tail: '' },
    { head: '<a', piece: ' a{n}="1"', closing: '', tail: '/>' },
    { head: '', piece: '<a xmlns:n="urn:{n}"/>', closing: '', tail: '' },
    { head: '', piece: '<!--', closing: '', tail: '-->' },
  ),
  growth(['<a>', '<a b="'], ['a', ' ', '&#32;', '%', '&amp;'], ['</a>', '"/>', '']),
  growth([''], ['<a>', '<!--', '<![CDATA[', '&lt;', 'a'], ['', '>']),
)
