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
  fc.string({ unit: 'binary', maxLength: 8 }),
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

const members: Arbitrary<RawMetadata> = fc.oneof(
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
      )
      .map((body) => ({ body })),
  },
)

/** The body of a request: members that stand twice do so in the text. */
export const bodyOf = (request: RawRegistration, right: Readonly<Record<string, unknown>>): string => {
  if ('body' in request) return request.body
  const replaced = new Set(request.members.map(([one]) => one))
  const all = [...Object.entries(right).filter(([one]) => !replaced.has(one)), ...request.members]
  return `{${all.map(([one, said]) => `${JSON.stringify(one)}:${JSON.stringify(said)}`).join(',')}}`
}
