import { expect, test } from 'vitest'
import { printableJson } from '../../harness/printable.ts'

const hostile = { text: 'a\u001B[2J\u009B31m\u202E\u2066\u2028\u{E0041}\uD800\u007Fb', list: ['\n'] }

test('JSON that is shown holds nothing invisible, and means the same', () => {
  const json = printableJson(hostile, 2)

  expect(json).not.toMatch(/[^\n\x20-\x7E]/)
  expect(JSON.parse(json)).toEqual(hostile)
  expect(json.split('\n')).toHaveLength(6)
})

test('JSON of what is visible is as it always was', () => {
  const value = { a: ['é', '漢字', 1, null] }
  expect(printableJson(value)).toBe(JSON.stringify(value))
})
