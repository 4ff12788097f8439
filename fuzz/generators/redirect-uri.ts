import fc, { type Arbitrary } from 'fast-check'
import { unreservedText } from './characters.ts'
import { applied, deed, type Edit, edit, few, position, replaceAt } from './edit.ts'
import { uriEdit } from './uri-edits.ts'
import { dangerousUri } from './uri-parts.ts'
import { isAbsoluteUri } from './uri.ts'

/** A few ways in which somebody's comparison, parser or browser takes one URI for another. */
export const redirectUriEdits: Arbitrary<readonly Edit[]> = few(uriEdit)

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

/** A redirection URI that no client should have, and why. */
export interface UnwantedUri {
  readonly kind: 'dangerous' | 'unencrypted' | 'without a period'
  readonly uri: string
}

/** What a browser runs or shows instead of asking anybody for it. */
export const strayUri: Arbitrary<UnwantedUri> = dangerousUri.map((uri) => ({ kind: 'dangerous', uri }))

/** In clear to another machine, be it with a loopback address in sight. */
export const webOrigin: Arbitrary<UnwantedUri> = fc
  .record({
    user: fc.constantFrom('', '', '127.0.0.1@', 'localhost@', '127.0.0.1:80@'),
    host: fc.constantFrom(
      'rp.example',
      '127.0.0.1.rp.example',
      'localhost.rp.example',
      'rp.example.',
      '192.0.2.1',
      '[2001:db8::1]',
    ),
    port: fc.constantFrom('', ':80', ':8080', ':443'),
    path: fc.constantFrom('/callback', '/127.0.0.1', '', '/?u=http://127.0.0.1/'),
  })
  .map(({ user, host, port, path }) => ({ kind: 'unencrypted', uri: `http://${user}${host}${port}${path}` }))

/** Schemes that no registry has, and no domain's owner either. */
export const schemeWithoutPeriod: Arbitrary<UnwantedUri> = fc
  .tuple(
    fc.stringMatching(/^[a-z][a-z0-9+-]{2,9}$/),
    fc.constantFrom(':/callback', '://callback', ':///callback', ':callback'),
  )
  .map(([scheme, rest]) => ({ kind: 'without a period', uri: `assay-${scheme}${rest}` }))
