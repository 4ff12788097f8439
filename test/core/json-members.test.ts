import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { membersIn } from '../../core/json-members.ts'

const names = ['jti', 'client_id']

describe('the members of a JSON object', () => {
  test('are read where they stand, without a parser', () => {
    const parse = vi.spyOn(JSON, 'parse')
    expect(membersIn('{"iss":"a","aud":["b","c"],"jti":"d","exp":1,"client_id":""}', names)).toEqual({
      jti: 'd',
      client_id: '',
    })
    expect(membersIn('{"iss":"a"}', names)).toEqual({})
    expect(membersIn('{}', names)).toEqual({})
    expect(parse).not.toHaveBeenCalled()
    parse.mockRestore()
  })

  test.each([
    ['an object before it', '{"act":{"jti":"no","client_id":"no"},"jti":"yes"}', 'yes'],
    ['an object behind it', '{"jti":"yes","act":{"jti":"no"}}', 'yes'],
    ['an escape in it', '{"jti":"a\\"b"}', 'a"b'],
    ['an escape that looks like it', '{"iss":"x\\",\\"jti\\":\\"no","jti":"yes"}', 'yes'],
    ['an escaped name', '{"\\u006ati":"yes"}', 'yes'],
    ['white space', '{ "jti" : "yes" }', 'yes'],
    ['white space behind the colon', '{"jti": "yes"}', 'yes'],
    ['its name as a value', '{"iss":"jti","client_id":"jti"}', undefined],
    ['itself twice', '{"jti":"no","jti":"yes"}', 'yes'],
    ['a number', '{"jti":1}', 1],
    ['a list', '{"jti":["a"]}', ['a']],
  ])('are what a parser finds beside %s', (_, json, jti) => {
    expect(membersIn(json, names)?.['jti']).toEqual(jti)
  })

  test.each(['', '[]', '"text"', 'null', '{"jti": }', '{"jti":"', '{"act":{}'])('are none of %j', (json) => {
    expect(membersIn(json, names)).toBeUndefined()
  })

  test('are always what a parser finds', () => {
    const value = fc.oneof(fc.string(), fc.constantFrom('jti', '"jti":"x"', '{', '}', ':'), fc.jsonValue())
    const name = fc.oneof(fc.constantFrom(...names, 'sub'), fc.string())
    fc.assert(
      fc.property(fc.dictionary(name, value), fc.constantFrom(undefined, 1), (members, indent) => {
        const json = JSON.stringify(members, undefined, indent)
        const all = JSON.parse(json) as Record<string, unknown>
        const read = membersIn(json, names)
        for (const one of names) expect(read?.[one]).toEqual(all[one])
      }),
      { numRuns: 2000 },
    )
  })
})
