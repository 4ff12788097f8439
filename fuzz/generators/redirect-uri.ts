import fc, { type Arbitrary } from 'fast-check'
import { addition, unreservedText, whiteSpace } from './characters.ts'
import {
  applied,
  at,
  deed,
  type Edit,
  edit,
  few,
  percentEncoded,
  position,
  replaceAt,
  replaceMatch,
  swapCase,
} from './edit.ts'
import { isAbsoluteUri, partsOf, type UriParts, uriOf } from './uri.ts'

/** RFC 6335 §6: port 0 is reserved. */
export const loopbackPort: Arbitrary<number> = fc.integer({ min: 1, max: 65_535 })

/** An edit of parts of a URI. */
const part = <Argument>(
  does: string,
  argument: Arbitrary<Argument>,
  apply: (parts: UriParts, argument: Argument) => Partial<UriParts>,
): Arbitrary<Edit> =>
  edit(does, argument, (uri, value) => {
    const parts = partsOf(uri)
    return uriOf({ ...parts, ...apply(parts, value) })
  })

const append = (...tails: readonly string[]) =>
  edit('append', fc.constantFrom(...tails), (uri, tail) => `${uri}${tail}`)

const putInFront = (...heads: readonly string[]) =>
  edit('put in front', fc.constantFrom(...heads), (uri, head) => `${head}${uri}`)

const foreign = 'attacker.example'

/** Each arbitrary stands for one way in which somebody errs, and all are as likely: its arguments are variants of that way. */
const ofTheText: readonly Arbitrary<Edit>[] = [
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
]

const like = (does: string, alikes: Readonly<Record<string, readonly string[]>>) =>
  edit(does, fc.tuple(position, position), (uri, [which, kind]) =>
    replaceMatch(uri, /[acehikops./:?]/g, which, (one) => at(alikes[one] ?? [], kind) ?? one),
  )

const ofTheAlphabet: readonly Arbitrary<Edit>[] = [
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

const userOfAnother = (...signs: readonly string[]) =>
  part('make the host a user of another, by', fc.constantFrom(...signs), ({ user, host }, sign) => ({
    user: `${user}${host}${sign}`,
    host: foreign,
    port: '',
  }))

const ofTheParts: readonly Arbitrary<Edit>[] = [
  part('swap the case in scheme and host, of letter', position, ({ scheme, host }, which) => {
    const [left = '', right = ''] = replaceMatch(`${scheme}:${host}`, /[a-z]/gi, which, swapCase).split(':', 2)
    return host.startsWith('[') ? { scheme: swapCase(scheme) } : { scheme: left, host: right }
  }),
  part('swap the case in the path, of letter', position, ({ path }, which) => ({
    path: replaceMatch(path, /[a-z]/gi, which, swapCase),
  })),
  part('change the scheme to', fc.constantFrom('http', 'https', 'ftp', 'ws', ''), (_, scheme) => ({ scheme })),
  part(
    'change the scheme to',
    fc.constantFrom('javascript', 'data', 'vbscript', 'file', 'com.example.other', 'com.example.app', 'HTTPS', 'Http'),
    (_, scheme) => ({ scheme }),
  ),
  part('separate by', fc.constantFrom(':/', ':', ':///', ':////', ':\\\\', ':/\\', '%3A//', '//'), (_, separator) => ({
    separator,
  })),
  part('name a user', fc.constantFrom('someone@', 'someone:secret@', '@', ':@', `${foreign}@`), ({ user }, name) => ({
    user: `${user}${name}`,
  })),
  userOfAnother(':80@', ':443@', ':x@', ':@'),
  userOfAnother('@', '\\@', '%40', '#@', '?@', '/@', ';@'),
  part(
    'put behind the host',
    fc.constantFrom('.', '..', '%2e', `.${foreign}`, foreign, `%00.${foreign}`, `\u3002${foreign}`, `,${foreign}`),
    ({ host }, more) => ({ host: `${host}${more}` }),
  ),
  part('put before the host', fc.constantFrom('more.', 'www.', `${foreign}.`, '*.', '.'), ({ host }, more) => ({
    host: `${more}${host}`,
  })),
  part('put before the host', fc.constantFrom('attacker-', 'attacker', 'x'), ({ host }, more) => ({
    host: `${more}${host}`,
  })),
  part('take another letter for dot', position, ({ host }, which) => ({
    host: replaceMatch(host, /\./g, which, () => 'x'),
  })),
  part('change the host to', fc.constantFrom(foreign, '127.0.0.2', '0.0.0.0', ''), (_, host) => ({ host })),
  part('change the host to', fc.constantFrom('127.0.0.1', '[::1]', 'LocalHost'), (_, host) => ({ host })),
  deed('change the host to localhost', (uri) => uriOf({ ...partsOf(uri), host: 'localhost' })),
  // What a parser of addresses takes for 127.0.0.1 or ::1: RFC 8252 §7.3 knows these two literals and no other spelling.
  part(
    'change the host to',
    fc.constantFrom(
      '127.1',
      '2130706433',
      '0x7f.1',
      '0177.0.0.1',
      '[0:0:0:0:0:0:0:1]',
      '[::0001]',
      '[::ffff:127.0.0.1]',
    ),
    (_, host) => ({ host }),
  ),
  part('change the port to', fc.constantFrom('', ':', ':80', ':443', ':080', ':0443'), (_, port) => ({ port })),
  part(
    'change the port to',
    fc.oneof(
      fc.constantFrom(':0', ':65536', ':a', ':-1', ':1:1', `:@${foreign}`, `:1@${foreign}`),
      loopbackPort.map((port) => `:${port}`),
    ),
    (_, port) => ({ port }),
  ),
  part('put before the path', fc.constantFrom('/.', '/more/..', '/%2e', '/more/%2e%2e', '/..'), ({ path }, more) => ({
    path: `${more}${path}`,
  })),
  part('put before the path', fc.constantFrom('/', '/..;', '/;x', '/\\..', '/more', '\\'), ({ path }, more) => ({
    path: `${more}${path}`,
  })),
  part('put behind the path', fc.constantFrom(';x', ';x=1', ';jsessionid=1'), ({ path }, more) => ({
    path: `${path}${more}`,
  })),
  part('put behind the path', fc.constantFrom('/', '//', '/.', '/more/..', '%2f', '%00', '~'), ({ path }, more) => ({
    path: `${path}${more}`,
  })),
  part('change the path to', fc.constantFrom('', '/', '/more', '//', `//${foreign}`), (_, path) => ({ path })),
  part('change the query to', fc.constantFrom('', '?', '?more=1', '?keep=that', '?#'), (_, query) => ({ query })),
  part('put into the query', fc.constantFrom('more=1&', '&', 'code=forged&', '%'), ({ query }, more) => ({
    query: query === '' ? `?${more}` : query.replace('?', `?${more}`),
  })),
  part('write the query again behind', fc.constantFrom('&', '?'), ({ query }, by) => ({
    query: `${query}${query.replace('?', by)}`,
  })),
]

/** A few ways in which somebody's comparison, parser or browser takes one URI for another. */
export const redirectUriEdits: Arbitrary<readonly Edit[]> = few(fc.oneof(...ofTheText, ...ofTheAlphabet, ...ofTheParts))

/** A URI that is not registered, and how it came of one that is. */
export interface RedirectUriVariation {
  readonly registered: string
  readonly edits: readonly Edit[]
  readonly sent: string
}

/** What may be made of registered URIs and may not pass for one of them, which is for `passes` to say. */
export const redirectUriVariation = (
  registered: readonly [string, ...string[]],
  passes: (uri: string) => boolean,
): Arbitrary<RedirectUriVariation> =>
  fc
    .record({ registered: fc.constantFrom(...registered), edits: redirectUriEdits })
    .map((how) => ({ ...how, sent: applied(how.edits, how.registered) }))
    .filter(({ sent }) => sent !== '' && !passes(sent))

/** RFC 3986 §3.3, but for the dots that would make a segment of their own. */
const segment = fc
  .tuple(
    unreservedText({ minLength: 1, maxLength: 6 }),
    fc.constantFrom('', '!', "'", '(', ')', '+', ',', ';v=1', '=', ':', '@', '%20', '%C3%A9'),
  )
  .map(([text, more]) => `${text}${more}`)
  .filter((text) => !/^\.*$/.test(text))

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)

const pair = fc
  .tuple(
    fc.stringMatching(/^[a-z]{3,8}$/),
    fc.oneof(
      unreservedText({ minLength: 0, maxLength: 6 }),
      fc.constantFrom('a+b', 'a%20b', 'a%26b', '%2F', '%C3%A9', '%23', 'a/b', 'a?b', '1:2'),
    ),
  )
  // What an authorization response carries is not for the client to claim.
  .filter(([name]) => !['code', 'state', 'iss', 'error'].includes(name))
  .map(([name, value]) => `${name}=${value}`)

/** A redirection URI of a web client that nobody has a reason to refuse. */
export const webRedirectUri: Arbitrary<string> = fc
  .record({
    host: label,
    port: fc.constantFrom('', ':8443'),
    path: fc.array(segment, { minLength: 1, maxLength: 3 }),
    query: fc.array(pair, { maxLength: 2 }),
  })
  .map(
    ({ host, port, path, query }) =>
      `https://${host}.rp.example${port}/${path.join('/')}${query.length === 0 ? '' : `?${query.join('&')}`}`,
  )

/** What nobody may register, and what is wrong with it. */
export interface NotAbsolute {
  readonly uri: string
}

const outside = fc.constantFrom(
  ' ',
  '"',
  '<',
  '>',
  '\\',
  '^',
  '`',
  '{',
  '|',
  '}',
  '\t',
  '\n',
  '\0',
  '\u007F',
  'é',
  '\u3002',
  '%',
  '%4',
  '%zz',
)

const spoiling: Arbitrary<Edit> = fc.oneof(
  edit('insert', fc.tuple(position, outside), (uri, [which, more]) => replaceAt(uri, which, (one) => one + more)),
  edit('append', fc.oneof(outside, fc.constantFrom('#', '#more', '#/more?x=1')), (uri, more) => `${uri}${more}`),
  edit('put in front', fc.oneof(outside, fc.constantFrom('//', '/', '1', ':', '.')), (uri, more) => `${more}${uri}`),
  edit(
    'put before the query',
    fc.constantFrom('#', '#more'),
    (uri, more) => `${uri.replace('?', `${more}?`)}${uri.includes('?') ? '' : more}`,
  ),
  deed('append an empty fragment', (uri) => `${uri}#`),
  deed('leave out the scheme', (uri) => uri.replace(/^[a-z]+:/, '')),
  deed('leave out scheme and host', (uri) => uri.replace(/^[a-z]+:\/\/[^/]*/, '')),
  deed('leave out all but the last segment', (uri) => uri.replace(/^.*\//, '')),
  deed('leave out everything', () => ''),
)

/** Redirection URIs that are relative, in characters that no URI has, or with a fragment. */
export const notAbsolute: Arbitrary<NotAbsolute> = fc
  .record({ of: webRedirectUri, edits: few(spoiling) })
  .map((how) => ({ ...how, uri: applied(how.edits, how.of) }))
  .filter(({ uri }) => !isAbsoluteUri(uri))
