import { expect, test } from 'vitest'
import { excerpt } from '../../../tools/docs/excerpt.ts'

const source = `
/** Says one. */
export const one = rule(
  [a],

  () => {
    return 1
  },
)

// Two.
export const two = 2
const list = [
  {
    id: 'three',
    of: { a: 1 },
  },
  {
    id: 'four',
  },
]
`

test('it is what a line opens, to its end, with the comment above', () => {
  expect(excerpt(source, 'export const one')).toBe(
    ['/** Says one. */', 'export const one = rule(', '  [a],', '', '  () => {', '    return 1', '  },', ')'].join('\n'),
  )
  expect(excerpt(source, 'export const two')).toBe('// Two.\nexport const two = 2')
})

test('it is moved to the left', () => {
  expect(excerpt(source, 'of:')).toBe('of: { a: 1 },')
})

test('it is the whole of an element that is known by its first member', () => {
  expect(excerpt(source, `id: 'three'`)).toBe(`{\n  id: 'three',\n  of: { a: 1 },\n},`)
})

test.each(['export const', 'export const five'])('a start that is not the one of its kind is refused: %s', (start) => {
  expect(() => excerpt(source, start)).toThrow(/lines start with/)
})
