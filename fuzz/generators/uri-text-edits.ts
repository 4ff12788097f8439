import fc, { type Arbitrary } from 'fast-check'
import { encodedOctets } from '../octets.ts'
import { addition, whiteSpace } from './characters.ts'
import { at, type Edit, edit, percentEncoded, position, replaceAt, replaceMatch } from './edit.ts'
import { dangerousUri, length, strayOctets } from './uri-parts.ts'

const append = (...tails: readonly string[]) =>
  edit('append', fc.constantFrom(...tails), (uri, tail) => `${uri}${tail}`)

const putInFront = (...heads: readonly string[]) =>
  edit('put in front', fc.constantFrom(...heads), (uri, head) => `${head}${uri}`)

/** A host that is nobody's but an attacker's. */
export const foreign = 'attacker.example'

/** What ends a line, a text or a header, and what browsers leave out of a URL without a word. */
const control = fc.constantFrom('\t', '\n', '\r', '\r\n', '\0', '\u000B', '\u001F', '\u007F', '\u0085', '\u2028')

/** What leads a browser to somebody else, written by as little as a browser needs, or with the registered host in sight. */
const elsewhere = fc.constantFrom(
  `//${foreign}`,
  `/\\${foreign}`,
  `\\\\${foreign}`,
  `/\t/${foreign}`,
  `https:${foreign}`,
  `https:/${foreign}`,
  `https:///${foreign}`,
  `https:\\\\${foreign}`,
  `https://${foreign}\\@rp.example/callback`,
  `https://${foreign}#@rp.example/callback`,
  `https://${foreign}?@rp.example/callback`,
  `https://${foreign}%2f@rp.example/callback`,
  `https://rp.example%40${foreign}/callback`,
  `https://rp.example@rp.example@${foreign}/callback`,
  `https://rp%2eexample:x%40@${foreign}/callback`,
)

/** Each arbitrary stands for one way in which somebody errs, and all are as likely: its arguments are variants of that way. */
export const ofTheText: readonly Arbitrary<Edit>[] = [
  append('/', '//', '/.', '/./'),
  append('/more', '/../more', '/..', 'more', '.json'),
  append('?', '?more=1', '&more=1', '?code=forged&state=forged'),
  append('#', '#more', '#/more', '#?'),
  append(...whiteSpace),
  append('\0', '\0more', `\0.${foreign}`),
  append(`\n${foreign}`, `\r\nhttps://${foreign}/`, `\nmore`),
  append('%00', '%20', '%0a', '%23more', '%3Fmore', '%2Fmore'),
  edit('append', addition, (uri, tail) => `${uri}${tail}`),
  putInFront(...whiteSpace),
  putInFront(`https://${foreign}/?`, `https://${foreign}/#`, `https://${foreign}\\@`, `${foreign}\n`),
  putInFront('url:', 'view-source:', '//', '/', '\0'),
  edit('cut from the end', fc.integer({ min: 1, max: 24 }), (uri, count) => uri.slice(0, -count)),
  edit('percent-encode', position, (uri, which) => replaceMatch(uri, /[^:/?#]/g, which, percentEncoded)),
  edit('percent-encode in small letters', position, (uri, which) =>
    replaceMatch(uri, /[^:/?#]/g, which, (one) => percentEncoded(one).toLowerCase()),
  ),
  edit('percent-encode twice', position, (uri, which) =>
    replaceMatch(uri, /[^:/?#]/g, which, (one) => percentEncoded(one).replace('%', '%25')),
  ),
  edit('insert', fc.tuple(position, addition), (uri, [which, more]) => replaceAt(uri, which, (one) => more + one)),
  edit('leave out', position, (uri, which) => replaceAt(uri, which, () => '')),
  // What the URL parser of browsers drops wherever it stands, and what it takes for a slash.
  edit('insert', fc.tuple(position, fc.constantFrom('\t', '\n', '\r')), (uri, [which, more]) =>
    replaceAt(uri, which, (one) => more + one),
  ),
  edit('turn over the slash', position, (uri, which) => replaceMatch(uri, /\//g, which, () => '\\')),
  edit('insert octets', fc.tuple(position, strayOctets), (uri, [which, more]) =>
    replaceAt(uri, which, (one) => more + one),
  ),
  edit('insert octets, escaped', fc.tuple(position, strayOctets), (uri, [which, more]) =>
    replaceAt(uri, which, (one) => encodedOctets(more) + one),
  ),
  edit('insert', fc.tuple(position, control), (uri, [which, more]) => replaceAt(uri, which, (one) => one + more)),
  edit('append so much', length, (uri, count) => `${uri}${'A'.repeat(count)}`),
  edit('take something else', dangerousUri, (_, uri) => uri),
  edit('take something else', elsewhere, (_, uri) => uri),
]

const like = (does: string, alikes: Readonly<Record<string, readonly string[]>>) =>
  edit(does, fc.tuple(position, position), (uri, [which, kind]) =>
    replaceMatch(uri, /[acehikops./:?]/g, which, (one) => at(alikes[one] ?? [], kind) ?? one),
  )

export const ofTheAlphabet: readonly Arbitrary<Edit>[] = [
  like('take a compatible character for', {
    a: ['\uFF41', '\u00AA'],
    c: ['\uFF43', '\u217D'],
    e: ['\uFF45', '\u212F'],
    h: ['\uFF48', '\u210E'],
    i: ['\uFF49', '\u2170'],
    k: ['\uFF4B'],
    o: ['\uFF4F', '\u00BA'],
    p: ['\uFF50'],
    s: ['\uFF53', '\u017F'],
    '.': ['\uFF0E', '\u2024'],
    '/': ['\uFF0F'],
    ':': ['\uFF1A'],
    '?': ['\uFF1F'],
  }),
  like('take a look-alike for', {
    a: ['\u0430'],
    c: ['\u0441'],
    e: ['\u0435', 'e\u0301'],
    h: ['\u04BB'],
    i: ['\u0131', '\u0456'],
    k: ['\u212A'],
    o: ['\u043E', '\u03BF'],
    p: ['\u0440'],
    s: ['\u0455'],
    '.': ['\u3002', '\u2027'],
    '/': ['\\', '\u2215'],
    ':': ['\uA789'],
    '?': ['\u203D'],
  }),
]
