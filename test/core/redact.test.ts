import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../core/exchange.ts'
import { Redactor, type WireMessage } from '../../core/redact.ts'
import { encodeComponent } from '../../core/wire/form.ts'

type Sent = Parameters<Redactor['exchange']>[0]
type Came = Parameters<Redactor['exchange']>[1]

const noRequest: Sent = { method: 'GET', url: 'https://as.example/', headers: [] }
const answer = (message: Partial<WireMessage>): Came => ({ status: 200, truncated: false, headers: [], ...message })

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** All that an exchange shows, in the order in which it went over the wire. */
const textsOf = ({ request, response, failure }: Exchange): readonly string[] => [
  request.method,
  request.url,
  ...request.headers.flat(),
  request.body ?? '',
  ...(response?.headers.flat() ?? []),
  response?.body ?? '',
  failure ?? '',
]

/** Every way to write a character as another one that decoders take for it. */
const overEncoded = (text: string) =>
  [...Buffer.from(text)].map((octet) => `%${octet.toString(16).padStart(2, '0')}`).join('')
const jsonEscaped = (text: string) => JSON.stringify(text).slice(1, -1)
const jsonOverEscaped = (text: string) =>
  text
    .split('')
    .map((unit) => String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
const phpEscaped = (text: string) =>
  jsonEscaped(text)
    .replaceAll('/', String.raw`\/`)
    .replaceAll(/[^\0-\x7F]/g, jsonOverEscaped)
const htmlNamed: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' }
const htmlEscaped = (text: string) => text.replaceAll(/[&<>"']/g, (character) => `&${htmlNamed[character]};`)
const htmlDecimal = (text: string) => text.replaceAll(/[^A-Za-z0-9]/gu, (character) => `&#${character.codePointAt(0)};`)
const htmlHexadecimal = (text: string) =>
  text.replaceAll(/[^A-Za-z0-9]/gu, (character) => `&#x${character.codePointAt(0)?.toString(16)};`)

const encodings: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'in a form': encodeComponent,
  'as a URI component': encodeURIComponent,
  'percent-encoded in lower case': (text) =>
    encodeURIComponent(text).replaceAll(/%../g, (octet) => octet.toLowerCase()),
  'percent-encoded whole': overEncoded,
  'percent-encoded twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'in JSON': jsonEscaped,
  'in JSON, escaped whole': jsonOverEscaped,
  'in JSON as PHP writes it': phpEscaped,
  'in JSON in JSON': (text) => jsonEscaped(jsonEscaped(text)),
  'in HTML': htmlEscaped,
  'in HTML with decimal references': htmlDecimal,
  'in HTML with hexadecimal references': htmlHexadecimal,
  'in a URL in HTML': (text) => htmlEscaped(encodeURIComponent(text)),
  'in JSON in HTML': (text) => htmlEscaped(jsonEscaped(text)),
  'in a header as octets': (text) => Buffer.from(text).toString('latin1'),
}

/** Where a secret of this name stands under its own name, and is seen for the first time. */
type Place = (name: string, value: string) => readonly [Sent, Came]

const places: Readonly<Record<string, Place>> = {
  'the query': (name, value) => [
    { ...noRequest, url: `https://rp.example/cb?state=x&${name}=${encodeComponent(value)}` },
    answer({}),
  ],
  'the form of a request': (name, value) => [
    { ...noRequest, method: 'POST', body: `grant_type=x&${name}=${encodeComponent(value)}&scope=openid` },
    answer({}),
  ],
  'a Location': (name, value) => [
    noRequest,
    answer({ headers: [['Location', `https://rp.example/cb?${name}=${encodeURIComponent(value)}&state=x`]] }),
  ],
  'a fragment': (name, value) => [
    noRequest,
    answer({ headers: [['location', `com.example.app:/cb#state=x&${name}=${encodeURIComponent(value)}`]] }),
  ],
  'a URL in a URL': (name, value) => [
    noRequest,
    answer({
      headers: [
        [
          'location',
          `/login?return_to=${encodeURIComponent(`/authorize?scope=openid&${name}=${encodeURIComponent(value)}`)}`,
        ],
      ],
    }),
  ],
  'a Refresh': (name, value) => [
    noRequest,
    answer({ headers: [['refresh', `0;url=https://rp.example/cb?${name}=${encodeURIComponent(value)}`]] }),
  ],
  JSON: (name, value) => [
    noRequest,
    answer({ body: JSON.stringify({ [name]: value, token_type: 'Bearer' }, null, 2) }),
  ],
  'JSON, escaped whole': (name, value) => [noRequest, answer({ body: `{"${name}":"${jsonOverEscaped(value)}"}` })],
  'JSON in JSON': (name, value) => [
    noRequest,
    answer({ body: JSON.stringify({ a: JSON.stringify({ [name]: value }) }) }),
  ],
  'JSON in HTML': (name, value) => [
    noRequest,
    answer({ body: `<div data-state="${htmlEscaped(JSON.stringify({ [name]: value }))}"></div>` }),
  ],
  'JSON of a request': (name, value) => [{ ...noRequest, body: JSON.stringify({ [name]: value }) }, answer({})],
  'an answer that is cut off': (name, value) => [
    noRequest,
    { status: 200, truncated: true, headers: [], body: `{"${name}":"${jsonEscaped(value)}` },
  ],
  'a hidden field': (name, value) => [
    noRequest,
    answer({
      body: `<form method="post" action="https://rp.example/cb">\n<input type="hidden" name="${name}" value="${htmlEscaped(value)}"/></form>`,
    }),
  ],
  'a hidden field with references': (name, value) => [
    noRequest,
    answer({ body: `<INPUT VALUE='${htmlDecimal(value)}' TYPE=hidden NAME=${name}>` }),
  ],
  'a meta element': (name, value) => [
    noRequest,
    answer({ body: `<meta content="${htmlHexadecimal(value)}" name="${name}">` }),
  ],
  'a link of a page': (name, value) => [
    noRequest,
    answer({
      body: `<a href="https://rp.example/cb?state=x&amp;${name}=${encodeURIComponent(value)}&amp;iss=y">go on</a>`,
    }),
  ],
  'a link with references': (name, value) => [
    noRequest,
    answer({
      body: `<a href="https://rp.example/cb?${name}=${htmlHexadecimal(encodeURIComponent(value))}&#38;iss=y">`,
    }),
  ],
  'a script': (name, value) => [
    noRequest,
    answer({
      body: `<script>const form = { ${name}: '${jsonEscaped(value).replaceAll("'", String.raw`\'`)}' }</script>`,
    }),
  ],
  'what a debugger prints': (name, value) => [
    noRequest,
    answer({ status: 500, body: `TypeError at POST: {'${name}': ["${jsonEscaped(value)}"]}` } as Partial<WireMessage>),
  ],
  'a failure': (name, value) => [
    noRequest,
    { failure: `cannot read https://rp.example/cb?${name}=${encodeURIComponent(value)}` },
  ],
}

/** Where the name is encoded too. A value that holds a separator is cut there, so these are tried with tokens alone. */
const placesOfTokens: Readonly<Record<string, Place>> = {
  'a form whose name is encoded': (name, value) => [
    { ...noRequest, body: `a=b&${overEncoded(name)}=${encodeURIComponent(value)}` },
    answer({}),
  ],
  'a form with brackets': (name, value) => [
    { ...noRequest, body: `user%5B${name}%5D=${encodeURIComponent(value)}` },
    answer({}),
  ],
}

const names = [
  'access_token',
  'refresh_token',
  'id_token',
  'id_token_hint',
  'code',
  'code_verifier',
  'client_secret',
  'client_assertion',
  'assertion',
  'SAMLResponse',
  'RelayState',
  'password',
  'csrf',
  '_csrf',
  'csrfmiddlewaretoken',
  'authenticity_token',
  '__RequestVerificationToken',
  'registration_access_token',
  'initial_access_token',
  'software_statement',
  'registration_client_uri',
  'device_code',
  'subject_token',
] as const

const framed = (characters: fc.StringConstraints) => fc.string(characters).map((text) => `Q7v${text}4wZ`)

const tokens = fc.base64String({ minLength: 24, maxLength: 80 }).map((text) => `Q7v${text}`)

/** Long enough, and no blanks at the ends, so that ordinary text never holds one by chance. */
const oddSecrets = fc.oneof(
  framed({ unit: 'grapheme-ascii', minLength: 8, maxLength: 60 }),
  framed({ unit: 'grapheme', minLength: 8, maxLength: 30 }),
  tokens,
)

/** Secrets that look as if they were escaped: read in the wrong way, they say something else. */
const treacherousSecrets = framed({
  unit: fc.constantFrom('%', '2', '5', '4', '1', 'u', '\\', '"', '&', 'a', 'm', 'p', ';', '+', ' ', '/', '=', ')'),
  minLength: 8,
  maxLength: 30,
})
const looksEscaped = (text: string) => /%[0-9a-f]{2}|\\[\\/"'bfnrtux]|&[a-z#]/i.test(text)

/** What exchanges show of a secret, in any of the ways in which it may be written. */
function leaksOf(secret: string, ...exchanges: readonly Exchange[]): readonly string[] {
  const shown = exchanges.flatMap(textsOf)
  return Object.entries(encodings).flatMap(([how, encode]) => {
    const written = encode(secret)
    return shown.filter((text) => text.includes(written)).map((text) => `${how}: ${text.slice(0, 200)}`)
  })
}

/** A message that holds it in every part. */
const everywhere = (written: string): readonly [Sent, Came] => [
  { method: 'GET', url: `https://as.example/${written}/x`, headers: [['x-note', `<${written}>`]], body: written },
  answer({ headers: [[`x-${written}`, `the value "${written}" is wrong`]], body: `<p>no ${written} here</p>` }),
]

describe('a secret never survives', () => {
  test.each([
    ...Object.entries(places).map(([where, place]) => [where, place, oddSecrets] as const),
    ...Object.entries(placesOfTokens).map(([where, place]) => [where, place, tokens] as const),
  ])('once it stands in %s', (_, place, kind) => {
    const secrets = kind.filter((text) => !looksEscaped(text))
    fc.assert(
      fc.property(fc.constantFrom(...names), secrets, (name, secret) => {
        const redactor = new Redactor()
        const exchange = redactor.exchange(...place(name, secret), 1)
        expect(leaksOf(secret, exchange)).toEqual([])
        const [label] = /\[\w+ [12]\]/.exec(textsOf(exchange).join('\n')) ?? []
        expect(label).toContain(name)
        for (const encode of Object.values(encodings))
          expect(redactor.redact(`expected ${encode(secret)}, got nothing`)).toBe(`expected ${label}, got nothing`)
      }),
      { numRuns: 50 },
    )
  })

  test('in any part of a message, however it is written there', () => {
    fc.assert(
      fc.property(
        fc.oneof(oddSecrets, treacherousSecrets),
        fc.constantFrom(...Object.values(encodings)),
        (secret, encode) => {
          const redactor = new Redactor()
          redactor.learn('password', secret)
          expect(leaksOf(secret, redactor.exchange(...everywhere(encode(secret)), 1))).toEqual([])
          expect(
            leaksOf(secret, redactor.exchange(noRequest, { failure: `cannot send ${encode(secret)}` }, 1)),
          ).toEqual([])
        },
      ),
      { numRuns: 500 },
    )
  })

  test('however short it is, where the target file names it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.constantFrom(...Object.values(encodings)),
        (secret, encode) => {
          const redactor = new Redactor()
          redactor.learn('password', secret)
          const shown = redactor.redact(`(${encode(secret)})`).replaceAll('[password 1]', '')
          expect(shown).not.toContain(encode(secret))
        },
      ),
    )
  })
})

describe('credentials in headers', () => {
  const secret = "Ab1 +%&:é'~"
  const pair = `${encodeComponent('a client')}:${encodeComponent(secret)}`

  test('of HTTP Basic, and the secret that they hold', () => {
    const redactor = new Redactor()
    const header = `Basic ${base64(pair)}`
    const exchange = redactor.exchange(
      { ...noRequest, headers: [['Authorization', header]] },
      answer({ body: `the header ${header} is wrong, for the secret is not ${secret}` }),
      1,
    )
    expect(exchange.request.headers).toEqual([['Authorization', 'Basic [credentials 1]']])
    expect(exchange.response?.body).toBe(
      'the header Basic [credentials 1] is wrong, for the secret is not [client_secret 1]',
    )
  })

  test('of HTTP Basic where the parts were not encoded first', () => {
    const redactor = new Redactor()
    const headers = [['authorization', `basic ${base64(`id:${secret}`)}`]] as const
    expect(leaksOf(secret, redactor.exchange({ ...noRequest, headers }, answer({ body: `no ${secret}` }), 1))).toEqual(
      [],
    )
  })

  test('of a bearer, by the name that the token goes by', () => {
    const redactor = new Redactor()
    redactor.exchange(noRequest, answer({ body: '{"access_token":"opaque-token"}' }), 1)
    const sent = (value: string) =>
      redactor.exchange({ ...noRequest, headers: [['authorization', value]] }, answer({}), 1).request.headers[0]?.[1]
    expect(sent('Bearer opaque-token')).toBe('Bearer [access_token 1]')
    expect(sent('DPoP opaque-token')).toBe('DPoP [access_token 1]')
    expect(sent('Bearer another-token')).toBe('Bearer [credentials 1]')
    expect(sent('Bearer abc')).toBe('Bearer [credentials]')
    expect(sent('opaque-token')).toBe('[access_token 1]')
    expect(sent('no-scheme-at-all')).toBe('[credentials 2]')
    expect(sent('')).toBe('')
  })

  test('of cookies, with or without a name', () => {
    const redactor = new Redactor()
    const exchange = redactor.exchange(
      { ...noRequest, headers: [['cookie', 'session=0123456789; lang=en; nameless-cookie; csrf="abc=defghi"']] },
      answer({
        headers: [
          ['Set-Cookie', 'session=9876543210; Path=/; HttpOnly; SameSite=Lax'],
          ['set-cookie', 'nameless-too; Path=/'],
          ['set-cookie', 'gone=; Max-Age=0'],
        ],
        body: '0123456789 nameless-cookie 9876543210 nameless-too "abc=defghi"',
      }),
      1,
    )
    expect(exchange.request.headers[0]?.[1]).toBe('session=[cookie 1]; lang=[cookie]; [cookie 2]; csrf=[cookie 3]')
    expect(exchange.response?.headers.map(([, value]) => value)).toEqual([
      'session=[cookie 4]; Path=/; HttpOnly; SameSite=Lax',
      '[cookie 5]; Path=/',
      'gone=; Max-Age=0',
    ])
    expect(exchange.response?.body).toBe('[cookie 1] [cookie 2] [cookie 4] [cookie 5] [cookie 3]')
  })

  test('of headers that are named after a secret', () => {
    const headers = [
      ['X-CSRF-Token', 'a b c'],
      ['x-api-key', '0123456789'],
      ['Proxy-Authorization', 'Basic YTpi'],
    ] as const
    const { request } = new Redactor().exchange({ ...noRequest, headers }, answer({}), 1)
    expect(request.headers.map(([, value]) => value)).toEqual([
      '[x-csrf-token]',
      '[x-api-key 1]',
      'Basic [credentials]',
    ])
  })

  test('in a URL', () => {
    const { request } = new Redactor().exchange({ ...noRequest, url: 'https://me:s3cret@as.example/' }, answer({}), 1)
    expect(request.url).toBe('https://me:[password]@as.example/')
  })
})

describe('JWTs', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'ES256' })}.${part({ sub: 'alice' })}.c2lnbmF0dXJl`

  test.each([
    ['signed', signed, '[jwt 1]'],
    ['not signed', `${part({ alg: 'none' })}.${part({ sub: 'alice' })}.`, '[jwt 1]'],
    ['encrypted', `${part({ alg: 'dir', enc: 'A128GCM' })}..aXY.Y2lwaGVy.dGFn`, '[jwt 1]'],
    ['tampered with', `x${signed}x`, 'x[jwt 1]'],
    ['behind other segments', `v1.${signed}`, 'v1.[jwt 1]'],
    ['at the end of a sentence', `${signed}...`, '[jwt 1]...'],
    ['percent-encoded', overEncoded(signed), '[jwt 1]'],
  ])('%s are known by their looks', (_, token, shown) => {
    expect(new Redactor().redact(`<${token}>`)).toBe(`<${shown}>`)
  })

  test('keep the name under which they came', () => {
    const redactor = new Redactor()
    redactor.exchange(noRequest, answer({ body: JSON.stringify({ id_token: signed }) }), 1)
    expect(redactor.redact(`expected ${signed}`)).toBe('expected [id_token 1]')
  })

  test('are no other words with dots', () => {
    const text = 'eyJ.example.com, eyJabcdefgh.com, www.example.com, 1.2.3.4, urn:ietf:params:oauth:jwt-bearer'
    expect(new Redactor().redact(text)).toBe(text)
  })
})

describe('ordinary text survives', () => {
  const ordinary: readonly (readonly [what: string, Sent, Came])[] = [
    [
      'a token request',
      {
        method: 'POST',
        url: 'https://as.example/token?client_id=abc&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        headers: [
          ['content-type', 'application/x-www-form-urlencoded'],
          ['accept', 'text/html;q=0.9, */*;q=0.8'],
        ],
        body: 'grant_type=authorization_code&client_id=basic+client&redirect_uri=https%3A%2F%2Frp.example%2Fcb&code=',
      },
      answer({
        headers: [
          [
            'WWW-Authenticate',
            'Bearer realm="userinfo", error="invalid_token", error_description="the token has expired"',
          ],
          ['cache-control', 'no-store, private'],
          ['location', 'https://rp.example/cb?error=access_denied&state=af0ifjsldkj&iss=https%3A%2F%2Fas.example'],
        ],
        body: '{"error":"invalid_grant","code":"invalid_request","error_description":"the code was redeemed: \\"twice\\"","token_type":"Bearer","token_endpoint":"https://as.example/token","expires_in":600,"active":false}',
      }),
    ],
    [
      'a page',
      { ...noRequest, headers: [['x-note', 'code 7, token_type=Bearer, token=access_token']] },
      answer({
        body: '<!doctype html>\n<meta name="viewport" content="width=device-width">\n<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" value=""><p title="100 % &amp; more">Sign in &#8212; caf\u00E9 \u{1F511} %41%</p>',
      }),
    ],
    ['a failure', noRequest, { failure: 'the connection was reset' }],
  ]

  test.each(ordinary)('octet for octet: %s', (_, request, response) => {
    const redactor = new Redactor()
    redactor.learn('client_secret', 'a-client-secret')
    redactor.learn('password', 'a-password')
    const { milliseconds, ...exchange } = redactor.exchange(request, response, 3)
    expect(exchange).toEqual({ request, ...('failure' in response ? response : { response }) })
    expect(milliseconds).toBe(3)
  })

  test('beside secrets', () => {
    const words = fc.array(fc.constantFrom('token', 'code', 'invalid_grant', 'é', '%', '&amp;', '\\"', '{', 'x=y', ' '))
    fc.assert(
      fc.property(words, words, fc.uuid(), (before, after, secret) => {
        const redactor = new Redactor()
        redactor.learn('code', secret)
        const [start, end] = [before.join(' '), after.join(' ')]
        expect(redactor.redact(`${start}<${secret}>${end}`)).toBe(`${start}<[code 1]>${end}`)
      }),
    )
  })

  test('beside values that are too short to be told from it', () => {
    const redactor = new Redactor()
    const exchange = redactor.exchange(
      { ...noRequest, url: 'https://rp.example/cb?code=and&state=sand' },
      answer({ body: '{"code":"and","note":"this and that"}' }),
      1,
    )
    expect(exchange.request.url).toBe('https://rp.example/cb?code=[code]&state=sand')
    expect(exchange.response?.body).toBe('{"code":"[code]","note":"this and that"}')
  })
})

describe('labels', () => {
  const codes = ['first-code-of-all', 'second-code-of-all']
  const talk = (redactor: Redactor) =>
    codes.map((code) =>
      redactor.exchange(
        { ...noRequest, method: 'POST', body: `code=${code}&client_id=app` },
        answer({ body: `{"access_token":"token-for-${code}","note":"${code}"}` }),
        1,
      ),
    )

  test('number the secrets of a kind in the order in which they are seen', () => {
    const [first, second] = talk(new Redactor())
    expect(first?.request.body).toBe('code=[code 1]&client_id=app')
    expect(first?.response?.body).toBe('{"access_token":"[access_token 1]","note":"[code 1]"}')
    expect(second?.request.body).toBe('code=[code 2]&client_id=app')
    expect(second?.response?.body).toBe('{"access_token":"[access_token 2]","note":"[code 2]"}')
  })

  test('are the same whenever the same is said', () => {
    const redactor = new Redactor()
    const once = talk(redactor)
    expect(talk(redactor)).toEqual(once)
    expect(talk(new Redactor())).toEqual(once)
  })

  test('are the same however the secret is written', () => {
    const redactor = new Redactor()
    redactor.learn('password', 'a "b" &%+é/=c')
    for (const encode of Object.values(encodings)) expect(redactor.redact(encode('a "b" &%+é/=c'))).toBe('[password 1]')
  })

  test('stay whole where a secret is a part of them', () => {
    const redactor = new Redactor()
    for (const secret of ['password', '1', 'p', 'abc']) redactor.learn('password', secret)
    expect(redactor.redact('abc-1-p-password')).toBe('[password 4]-[password 2]-[password 3]-[password 1]')
  })

  test('stand for the longer of two secrets, one of which holds the other', () => {
    const redactor = new Redactor()
    redactor.learn('code', 'abcdefghij')
    redactor.learn('code', 'abcdefghijklmn')
    redactor.learn('code', 'hijklmnopq')
    expect(redactor.redact('abcdefghij/abcdefghijklmn/abcdefghijklmnopq')).toBe('[code 1]/[code 2]/[code 2]opq')
  })
})

describe('what is made to be slow', () => {
  const length = 1_000_000
  const filled = (piece: string) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length)
  const pieces = [
    '<input ',
    '<input a="',
    `<i a="<i b='`,
    '-eyJaaaaaa',
    'eyJaaaaaa.',
    '....x',
    '"',
    '\\',
    'code:"',
    String.raw`code:"\"`,
    String.raw`code:'\'`,
    'code="code=',
    'code[',
    '%41',
    '%2525',
    '&amp;amp;',
    String.raw`\u005c`,
    '//a:',
    'a.b-c_d~',
    'A',
    ' ',
    '\uD800',
  ]
  const forms = Array.from({ length: 20 }, (_, at) => `AAAAAAAA${'A'.repeat(at * 1000)}B`)

  const slow: readonly (readonly [what: string, body: string])[] = [
    ...pieces.map((piece) => [JSON.stringify(piece), filled(piece)] as const),
    ['a name and nothing', `code${filled(' ')}`],
    ['a JWT and nothing', `eyJaaaaaaaa${filled('.')}`],
    ['one long value', `code=${filled('A')}`],
    ['many values that begin alike', Array.from({ length: 40_000 }, (_, at) => `"code":"AAAAAAAA${at}"`).join(',')],
    ['many values', Array.from({ length: 40_000 }, (_, at) => `token=${at * 7919}-${at}`).join('&')],
  ]

  test.each(slow)('ends with %s', (_, body) => {
    const redactor = new Redactor()
    for (const form of forms) redactor.learn('password', form)
    const exchange = redactor.exchange(noRequest, answer({ body }), 1)
    expect(leaksOf(forms[3] ?? '', exchange)).toEqual([])
    const after = redactor.exchange(noRequest, answer({ body: `no ${forms[19]}` }), 1)
    expect(after.response?.body).toBe('no [password 20]')
  })

  test('a text that cannot be searched in time is not shown at all', () => {
    const redactor = new Redactor()
    for (const form of forms) redactor.learn('password', form)
    const exchange = redactor.exchange(noRequest, answer({ body: `secret ${filled('A')}` }), 1)
    expect(exchange.response?.body).toBe('[withheld: it cannot be searched for secrets]')
  })
})
