import { array, assert, constant, json, oneof, property, record, string, integer } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { membersReader } from '../../core/json-members.ts'

const names = ['access_token', 'token_type', 'expires_in', 'refresh_token'] as const

/** What is read without anything that was read before. */
function readAnew(text: string) {
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  return Object.fromEntries(Object.entries(value).filter(([name]) => (names as readonly string[]).includes(name)))
}

const answerOf = (token: string, more: object = {}) =>
  JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 300, ...more })

describe('members of JSON', () => {
  test('are read of answers that are alike, and of one that is not', () => {
    const read = membersReader(names)
    for (const token of ['a', 'b', 'c'].map((letter) => letter.repeat(40))) {
      expect(read(answerOf(token))).toEqual({ access_token: token, token_type: 'Bearer', expires_in: 300 })
      expect(read(answerOf(token, { expires_in: 299 }))).toMatchObject({ access_token: token, expires_in: 299 })
      expect(read(answerOf(token, { refresh_token: `${token}-r` }))).toMatchObject({ refresh_token: `${token}-r` })
    }
    expect(read(answerOf('short'))).toMatchObject({ access_token: 'short' })
    expect(read(answerOf('with a "quote" and a \\ in between'))).toMatchObject({
      access_token: 'with a "quote" and a \\ in between',
    })
  })

  test.each(['', 'x', '{', 'null', '7', '[]', '["access_token"]', '"access_token"'])('are none in %j', (text) => {
    expect(membersReader(names)(text)).toEqual({})
  })

  test('of the same name are read as by everybody, whichever differs', () => {
    const read = membersReader(names)
    const twice = (first: string, last: string) => `{"access_token":"${first}","access_token":"${last}"}`
    const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(40))
    for (const [first = '', last = ''] of [
      [a, b],
      [a, c],
      [b, c],
      [c, c],
      [a, a],
    ])
      expect(read(twice(first, last))).toEqual({ access_token: last })
  })

  test('that stand within another are none of the object', () => {
    const read = membersReader(names)
    const within = (token: string) => JSON.stringify({ claims: { access_token: token }, token_type: token })
    for (const letter of ['a', 'b', 'c'])
      expect(read(within(letter.repeat(40)))).toEqual({ token_type: letter.repeat(40) })
  })

  test('are those that JSON.parse gives, whatever came before', () => {
    const read = membersReader(names)
    const long = string({
      minLength: 16,
      maxLength: 20,
      unit: oneof(constant('a'), constant('b'), constant('"'), constant('\\')),
    })
    const value = oneof(long, long, integer({ min: 0, max: 2 }), constant('Bearer'), constant(null))
    const answer = record(
      { access_token: value, token_type: value, expires_in: value, other: value, refresh_token: value },
      { requiredKeys: [] },
    ).map((object) => JSON.stringify(object))
    assert(
      property(array(oneof({ weight: 9, arbitrary: answer }, json()), { maxLength: 20 }), (texts) => {
        for (const text of texts) expect(read(text)).toEqual(readAnew(text))
      }),
      { numRuns: 500 },
    )
  })
})
