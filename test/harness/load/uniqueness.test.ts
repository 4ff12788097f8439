import { describe, expect, test } from 'vitest'
import { uniqueness } from '../../../harness/load/uniqueness.ts'

describe('a value', () => {
  test('that comes for the first time is new, and the second time it is not', () => {
    const values = uniqueness()
    expect([values.see('code', 'a', ''), values.see('code', 'b', ''), values.see('code', 'a', '')]).toEqual([
      true,
      true,
      false,
    ])
  })

  test('may come again with what it came with, and with nothing else', () => {
    const values = uniqueness()
    expect(values.see('jti', 'a', 'token 1')).toBe(true)
    expect(values.see('jti', 'a', 'token 1')).toBe(true)
    expect(values.see('jti', 'a', 'token 2')).toBe(false)
    expect(values.see('jti', 'a', '')).toBe(false)
  })

  test('that came alone may not come again with something', () => {
    const values = uniqueness()
    expect(values.see('jti', 'a', '')).toBe(true)
    expect(values.see('jti', 'a', 'token')).toBe(false)
  })

  test('of one kind has nothing to do with one of another', () => {
    const values = uniqueness()
    expect([values.see('code', 'a', ''), values.see('client_id', 'a', ''), values.see('jti', 'a', '')]).toEqual([
      true,
      true,
      true,
    ])
  })
})

test('what is more than can be kept is taken for new, and that is said', () => {
  const values = uniqueness(2)
  for (const value of ['a', 'b']) values.see('code', value, '')
  expect(values.isFull).toBe(false)
  expect([values.see('code', 'c', ''), values.see('code', 'c', '')]).toEqual([true, true])
  expect(values.isFull).toBe(true)
  expect(values.see('code', 'a', '')).toBe(false)
})
