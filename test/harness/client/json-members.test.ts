import { expect, test } from 'vitest'
import { memberNames, nestsDeeper } from '../../../harness/client/json-members.ts'

test.each<[string, readonly string[]]>([
  ['{}', []],
  ['{"a":1,"b":"c"}', ['a', 'b']],
  ['{"a":1,"a":2}', ['a', 'a']],
  ['{ "a" : {"a":1,"b":[{"c":1}]}, "d" : ["e", "f"] }', ['a', 'd']],
  [String.raw`{"a\u0062":"c\":d","e\"":1}`, ['ab', 'e"']],
  ['{"a":"{","b":"]"}', ['a', 'b']],
  ['["a",{"b":1}]', []],
  [String.raw`{"\x":1}`, [String.raw`"\x"`]],
  ['no JSON', []],
  ['', []],
])('the members of %s', (json, names) => {
  expect(memberNames(json)).toEqual(names)
})

test('a text without an end is read once', () => {
  expect(memberNames(`{"a":1,"${'\\"'.repeat(500_000)}`)).toEqual(['a'])
  expect(memberNames(`{"a":1,"${'\\"'.repeat(500_000)}\\`)).toEqual(['a'])
})

test.each<[string, boolean]>([
  ['[[1]]', false],
  ['[[[1]]]', true],
  ['{"a":{"b":[1]}}', true],
  ['[[],[],[]]', false],
  [String.raw`["[[[","\"[[[\\"]`, false],
  ['', false],
])('whether %s nests deeper than twice', (json, deeper) => {
  expect(nestsDeeper(json, 2)).toBe(deeper)
})
