import { expect, test } from 'vitest'
import { memberNames } from '../../../harness/client/json-members.ts'

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
