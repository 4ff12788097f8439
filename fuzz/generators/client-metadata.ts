import fc, { type Arbitrary } from 'fast-check'
import { awkward } from './characters.ts'

/** Members of a registration request as they go over the wire, one name twice where it is so. */
export type RawMetadata = readonly (readonly [name: string, value: unknown])[]

/** A registration request: members that are laid over those of a right one, or a body that is no such thing. */
export type RawRegistration = { readonly members: RawMetadata } | { readonly body: string }

const texts = [
  'client_name',
  'client_uri',
  'logo_uri',
  'tos_uri',
  'policy_uri',
  'scope',
  'jwks_uri',
  'software_id',
  'software_version',
  'software_statement',
  'token_endpoint_auth_method',
  'application_type',
] as const

const lists = ['redirect_uris', 'grant_types', 'response_types', 'contacts'] as const

/** Members of RFC 7591 §2 by their type in JSON. */
export const typesOfMetadata: Readonly<Record<string, (value: unknown) => boolean>> = {
  ...Object.fromEntries(texts.map((name) => [name, (value: unknown) => typeof value === 'string'])),
  ...Object.fromEntries(
    lists.map((name) => [
      name,
      (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
    ]),
  ),
  jwks: (value) => typeof value === 'object' && !Array.isArray(value),
}

/** Names that objects of many a language have without anybody's doing. */
const inherited = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', '$ref', '']

const name: Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...texts, ...lists, 'jwks') },
  { weight: 1, arbitrary: fc.constantFrom(...inherited) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('client_name#fr', 'client_name#', 'client_uri#-', 'contacts#fr', 'jwks#x#y'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('client_id', 'client_secret', 'registration_access_token', 'client_secret_expires_at'),
  },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-z0-9._-]{0,8}$/).map((rest) => `assay-${rest}`) },
)

const nested = fc
  .integer({ min: 1, max: 9 })
  .map((power) => Array.from({ length: 2 ** power }).reduce<unknown>((inner) => [inner], []))

const text: Arbitrary<string> = fc.oneof(
  fc.constantFrom('', 'x', '\u0000', '\uD800', '\u{1F511}', '\u202E', ...awkward),
  fc.constantFrom(
    'https://rp.example/',
    'javascript:alert(1)',
    'https://[::1',
    'http://\u0130.example/',
    '//',
    'urn:x',
  ),
  // Any code units at all. The unit `binary` of fast-check says the same, by a table that takes a second to make.
  fc.array(fc.nat(0xff_ff), { maxLength: 8 }).map((units) => String.fromCharCode(...units)),
  fc.integer({ min: 1, max: 16 }).map((power) => 'A'.repeat(2 ** power)),
)

const value: Arbitrary<unknown> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(null, true, 0, -1, 1.5, 1e308, [], {}, [null], [7], [[]], { keys: [] }, { keys: 7 }),
  },
  { weight: 3, arbitrary: text },
  { weight: 2, arbitrary: fc.array(text, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: nested },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
)

/** A value of another type than the member has, or a list with one in it. */
const wronglyTyped: Arbitrary<RawMetadata> = fc.oneof(
  fc.tuple(fc.constantFrom(...texts), fc.constantFrom<unknown>(7, 1.5, true, ['x'], {})).map((member) => [member]),
  fc
    .tuple(fc.constantFrom(...lists), fc.constantFrom<unknown>('x', 7, {}, [7], ['x', null], [['x']], { 0: 'x' }))
    .map((member) => [member]),
  fc
    .tuple(fc.constant('jwks'), fc.constantFrom<unknown>('x', [], 7, { keys: 'x' }, { keys: {} }))
    .map((member) => [member]),
)

const publicKey = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }

/** Members that do not go together, or that no client of a right mind has; `undefined` leaves one out. */
const contradictory: Arbitrary<RawMetadata> = fc.constantFrom<RawMetadata>(
  [['redirect_uris', undefined]],
  [['redirect_uris', []]],
  [['redirect_uris', ['https://rp.example/', '']]],
  [['redirect_uris', ['javascript:alert(1)', '//rp.example', '%']]],
  [['grant_types', ['implicit']]],
  [
    ['grant_types', ['client_credentials']],
    ['token_endpoint_auth_method', 'none'],
  ],
  [
    ['grant_types', []],
    ['response_types', ['token']],
  ],
  [['grant_types', ['password', 'assay-unknown']]],
  [['response_types', ['code token', 'none', '']]],
  [
    ['jwks', { keys: [publicKey] }],
    ['jwks_uri', 'https://rp.example/jwks'],
  ],
  [
    ['jwks', { keys: [{ kty: 'oct', k: 'AAAA' }] }],
    ['token_endpoint_auth_method', 'private_key_jwt'],
  ],
  [
    ['jwks', { keys: [{ ...publicKey, d: 'A'.repeat(43) }] }],
    ['token_endpoint_auth_method', 'private_key_jwt'],
  ],
  [
    ['jwks', { keys: [{ kty: 'RSA', n: 'AQ', e: 'AQ' }] }],
    ['token_endpoint_auth_method', 'private_key_jwt'],
  ],
  [['jwks', { keys: [null, {}, { kty: '__proto__' }] }]],
  [
    ['jwks_uri', 'http://127.0.0.1:9/'],
    ['token_endpoint_auth_method', 'private_key_jwt'],
  ],
  [['jwks_uri', 'file:///dev/null']],
  [['token_endpoint_auth_method', 'assay-unknown']],
  [['sector_identifier_uri', 'https://[::1]:9/']],
  [
    ['token_endpoint_auth_method', 'client_secret_jwt'],
    ['token_endpoint_auth_signing_alg', 'none'],
  ],
  [['software_statement', 'eyJhbGciOiJub25lIn0.e30.']],
  [['software_statement', '..']],
  [
    ['client_name', '<script>alert(1)</script>'],
    ['logo_uri', 'javascript:alert(1)'],
  ],
  [
    ['client_name', 'one'],
    ['client_name', 'another'],
  ],
  [
    ['redirect_uris', ['https://rp.example/']],
    ['redirect_uris', 'https://rp.example/'],
  ],
)

const members: Arbitrary<RawMetadata> = fc.oneof(
  { weight: 3, arbitrary: wronglyTyped },
  { weight: 1, arbitrary: contradictory },
  { weight: 3, arbitrary: fc.tuple(name, value).map((member) => [member]) },
  { weight: 1, arbitrary: fc.array(fc.tuple(name, value), { minLength: 2, maxLength: 4 }) },
)

/** Registrations that are right but for some members, of whatever name and value, and bodies that are none. */
export const rawRegistration: Arbitrary<RawRegistration> = fc.oneof(
  { weight: 9, arbitrary: members.map((one) => ({ members: one })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        '',
        '{',
        '[]',
        '[{}]',
        'null',
        '7',
        '"x"',
        '{"client_name"}',
        '{"a":1}x',
        '\uFEFF{}',
        "{'a':1}",
        '{"a":NaN}',
        '<a/>',
        'client_name=x',
        '{"a":1,}',
        '{"a":01}',
        '{"a":"\t"}',
        '[]{}',
        '\0',
        '[',
        '-',
      )
      .map((body) => ({ body })),
  },
)

/** What a registration says that it is: JSON by all but the last ones. */
export const registrationType: Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.constant('application/json') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'application/json; charset=utf-8',
      'Application/JSON',
      'application/json;charset=utf-16',
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jwt',
    ),
  },
)

/** The body of a request: members that stand twice do so in the text. */
export const bodyOf = (request: RawRegistration, right: Readonly<Record<string, unknown>>): string => {
  if ('body' in request) return request.body
  const replaced = new Set(request.members.map(([one]) => one))
  const kept = Object.entries(right).filter(([one]) => !replaced.has(one))
  const all = [...kept, ...request.members.filter(([, said]) => said !== undefined)]
  return `{${all.map(([one, said]) => `${JSON.stringify(one)}:${JSON.stringify(said)}`).join(',')}}`
}
