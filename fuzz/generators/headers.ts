import fc, { type Arbitrary } from 'fast-check'

export type Header = readonly [name: string, value: string]

/** What somebody writes who would like to be taken for the server's own proxy. */
export const strangeHost = 'attacker.example'

const host = fc.constantFrom(strangeHost, `${strangeHost}:8443`, `${strangeHost}, rp.example`, `x@${strangeHost}`, '')

const spelt = (name: string): Arbitrary<string> =>
  fc.constantFrom(
    name,
    name.toUpperCase(),
    name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()),
  )

const header = (names: readonly [string, ...string[]], value: Arbitrary<string>): Arbitrary<Header> =>
  fc.tuple(fc.constantFrom(...names).chain(spelt), value)

/** RFC 7239, and what proxies wrote before it and write to this day. */
const forwardedHeader: Arbitrary<Header> = fc.oneof(
  { weight: 3, arbitrary: header(['x-forwarded-host', 'x-forwarded-server', 'x-original-host', 'x-host'], host) },
  {
    weight: 2,
    arbitrary: header(
      ['forwarded'],
      fc
        .tuple(host, fc.constantFrom('http', 'https'))
        .map(([named, proto]) => `for=192.0.2.1;host="${named}";proto=${proto}`),
    ),
  },
  header(
    ['x-forwarded-proto', 'x-forwarded-protocol', 'x-url-scheme', 'x-scheme'],
    fc.constantFrom('http', 'https', 'ftp', 'https, http'),
  ),
  header(['x-forwarded-port'], fc.constantFrom('1', '443', '8443', '65536', 'x')),
  header(
    ['x-forwarded-prefix', 'x-forwarded-path', 'x-script-name', 'x-original-url', 'x-rewrite-url'],
    fc.constantFrom('/attacker', '//attacker.example', '/../attacker', '/'),
  ),
  header(['x-forwarded-ssl', 'front-end-https'], fc.constantFrom('on', 'off')),
  header(
    ['x-forwarded-for', 'x-real-ip', 'true-client-ip', 'x-client-ip'],
    fc.constantFrom('127.0.0.1', '::1', 'unknown', '192.0.2.1, 127.0.0.1'),
  ),
)

/** What a proxy would tell the server about a request, written by somebody who is none. */
export const forwardedHeaders: Arbitrary<readonly Header[]> = fc.array(forwardedHeader, {
  minLength: 1,
  maxLength: 4,
})

/** How somebody asks for another method than that of the request: by a header, or by a parameter of the query. */
export type Override = { readonly header: Header } | { readonly parameter: string }

export const methodOverride: Arbitrary<Override> = fc.oneof(
  {
    weight: 3,
    arbitrary: header(
      ['x-http-method-override', 'x-http-method', 'x-method-override', 'x-original-method'],
      fc.constantFrom('POST', 'post', 'Post', 'POST '),
    ).map((one) => ({ header: one })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('_method=POST', '_method=post', 'method=POST', '_HttpMethod=POST').map((parameter) => ({
      parameter,
    })),
  },
)

/** Where a script may come from; nothing that a server which knows its applications should know. */
export const strangeOrigin: Arbitrary<string> = fc.constantFrom(
  'null',
  `https://${strangeHost}`,
  `http://${strangeHost}:8080`,
  'http://localhost',
  'http://localhost:3000',
  'https://rp.example.attacker.example',
  'file://',
  'chrome-extension://abcdefghijklmnop',
)

/** In a header a value may have what is printable, blanks within, and octets of which nobody knows what they mean. */
const anyValue = fc.oneof(
  fc.string({
    unit: fc
      .oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0x80, max: 0xff }))
      .map((code) => String.fromCharCode(code)),
    maxLength: 20,
  }),
  fc.constantFrom('', '%', '%zz', '%00', '%ff', '"', '\\', ',', ';', '=', ',,,', ';;;', 'q=', '{', '[', 'null', '\t'),
  fc.integer({ min: 5, max: 12 }).map((power) => 'A'.repeat(2 ** power)),
  fc.integer({ min: 5, max: 11 }).map((power) => 'a,'.repeat(2 ** power)),
)

const token68 = ['', ' ', ' =', ' ====', ' %', ' YQ', ' Og==', ' /+', ' a b', ' "a"', ' a,b=c', ' \u00E9'] as const

const schemes = ['Basic', 'basic', 'Bearer', 'BEARER', 'DPoP', 'Digest', 'Negotiate', 'Basic\t', 'x'].flatMap(
  (scheme) => token68.map((rest) => `${scheme}${rest}`),
)

/** Values that are nearly right, by the header in which they stand. */
const nearlyRight: Readonly<Record<string, readonly string[]>> = {
  authorization: schemes,
  accept: [
    '*/*',
    'text/*;q=x',
    'application/json;q=2',
    ';',
    '/',
    'application/jwt',
    'image/png',
    'text/html;level=1;q=',
  ],
  'accept-language': ['*', 'x', 'de-', '-', 'en;q=', 'zz-ZZ-zz-ZZ', 'en_US', 'i-klingon', 'a'],
  'accept-encoding': ['*', 'x', 'gzip;q=x', 'identity;q=0', 'br, , gzip'],
  'accept-charset': ['utf-16', 'x', '*;q=0'],
  cookie: ['=', ';', 'a', '%', 'a=%', 'a=%zz; b', 'session="', '__proto__=1', 'a=b; a=c', '=; =', 'JSESSIONID=../..'],
  origin: ['null', '', 'x', 'https://', 'https://a b', 'http://[', '://', 'https://rp.example/path', '*'],
  referer: ['', 'x', 'about:blank', 'http://[', 'https://rp.example/%zz'],
  range: ['bytes=0-', 'bytes=-', 'bytes=9-1', 'x=1', `bytes=${'0-,'.repeat(50)}`],
  'if-none-match': ['*', '"', 'W/', 'x'],
  'if-modified-since': ['x', '0', 'Thu, 32 Foo 0000 99:99:99 GMT'],
  'content-language': ['x', ''],
  'user-agent': ['', '(', 'Mozilla/5.0 (', '() { :;};'],
  forwarded: ['=', 'for="', 'host=', ';;', 'for=[', 'proto=,host=;'],
  'x-forwarded-for': ['', ',', 'x', '[', '999.999.999.999', '::ffff:'],
  'x-forwarded-proto': ['', ',', ':', 'javascript'],
  'x-forwarded-host': ['', '[', ':', '/', '%', 'a b', '@'],
  'x-forwarded-port': ['', 'x', '-1', '99999999999999999999'],
  traceparent: ['', '00-', '00-0-0-0', 'ff-00000000000000000000000000000000-0000000000000000-00'],
  baggage: ['%', '=', 'a=%zz'],
  dpop: ['', 'x', 'a.b.c', 'e30.e30.'],
  'sec-fetch-site': ['', 'x'],
}

const names = Object.keys(nearlyRight) as [string, ...string[]]

const anyHeader: Arbitrary<Header> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(...names)
      .chain((name) => header([name], fc.constantFrom(...(nearlyRight[name] ?? [''])))),
  },
  { weight: 1, arbitrary: header(names, anyValue) },
  { weight: 1, arbitrary: header(['x-assay', 'x-request-id', '__proto__', 'constructor', 'a'], anyValue) },
)

/** Headers of all kinds, some of them twice. HTTP clients send no others than these: what frames a message is not touched. */
export const anyHeaders: Arbitrary<readonly Header[]> = fc.oneof(
  { weight: 3, arbitrary: anyHeader.map((one) => [one]) },
  { weight: 1, arbitrary: fc.array(anyHeader, { minLength: 2, maxLength: 4 }) },
  { weight: 1, arbitrary: anyHeader.map((one) => [one, one]) },
)

/** Whether a header may go out as it is: what begins or ends with a blank would arrive without it. */
export const isSendable = ([, value]: Header): boolean => /^[\t\x20-\x7E\x80-\xFF]*$/.test(value)
