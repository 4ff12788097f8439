import { expect, test } from 'vitest'
import { beginningOf, detached } from '../../../core/redaction/detached.ts'

test.each(['', 'a', '"\\', '\u0000\u2028', '\uD800', 'é\u{1F511}'])('%j is the same text', (text) => {
  expect(detached(text)).toBe(text)
})

test('what is longer is cut, and what is not is left', () => {
  expect(beginningOf('abc', 2)).toBe('ab')
  expect(beginningOf('abc', 3)).toBe('abc')
  expect(beginningOf('abc', 0)).toBe('')
})
