import fc, { type Arbitrary } from 'fast-check'
import { deed, type Edit, edit, position, replaceMatch, swapCase } from './edit.ts'
import {
  dangerousScheme,
  ipv4Spelling,
  ipv6Spelling,
  length,
  nameSpellings,
  otherScheme,
  portSpelling,
  separators,
  traversal,
} from './uri-parts.ts'
import { foreign, ofTheAlphabet, ofTheText } from './uri-text-edits.ts'
import { partsOf, type UriParts, uriOf } from './uri.ts'

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
  part('change the scheme to', fc.oneof(otherScheme, fc.constantFrom('http', 'https')), (_, scheme) => ({ scheme })),
  part('change the scheme to', dangerousScheme, (_, scheme) => ({ scheme })),
  part('separate by', fc.constantFrom(...separators), (_, separator) => ({ separator })),
  part(
    'name a user',
    fc.constantFrom('someone@', 'someone:secret@', '@', ':@', '%40@', `${foreign}@`),
    ({ user }, name) => ({
      user: `${user}${name}`,
    }),
  ),
  userOfAnother(':80@', ':443@', ':x@', ':@'),
  userOfAnother('@', '\\@', '%40', '#@', '?@', '/@', ';@'),
  userOfAnother('@rp.example@', '%2f@', '%40@', '%5c@', '%23@', '@@', '\t@'),
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
  part('change the host to', ipv4Spelling, (_, host) => ({ host })),
  part('change the host to', ipv6Spelling, (_, host) => ({ host })),
  part('spell the host by', fc.constantFrom(...Object.keys(nameSpellings)), ({ host }, by) => ({
    host: nameSpellings[by]?.(host) ?? host,
  })),
  part('change the port to', fc.oneof(fc.constant(''), portSpelling), (_, port) => ({ port })),
  part('change the port to', fc.oneof(fc.constantFrom(`:@${foreign}`, `:1@${foreign}`), portSpelling), (_, port) => ({
    port,
  })),
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
  part('put before the path', traversal, ({ path }, more) => ({ path: `${more}${path}` })),
  part('put behind the path', traversal, ({ path }, more) => ({ path: `${path}${more}` })),
  part('make the path longer by', length, ({ path }, count) => ({ path: `${path}/${'A'.repeat(count)}` })),
  part('change the path to', fc.constantFrom('', '/', '/more', '//', `//${foreign}`), (_, path) => ({ path })),
  part('change the query to', fc.constantFrom('', '?', '?more=1', '?keep=that', '?#'), (_, query) => ({ query })),
  part('put into the query', fc.constantFrom('more=1&', '&', 'code=forged&', '%'), ({ query }, more) => ({
    query: query === '' ? `?${more}` : query.replace('?', `?${more}`),
  })),
  part('write the query again behind', fc.constantFrom('&', '?'), ({ query }, by) => ({
    query: `${query}${query.replace('?', by)}`,
  })),
]

/** One way in which somebody's comparison, parser or browser takes one URI for another. */
export const uriEdit: Arbitrary<Edit> = fc.oneof(...ofTheText, ...ofTheAlphabet, ...ofTheParts)
