import { expect, test } from 'vitest'
import { partsOf, refilled } from '../../../tools/docs/document.ts'

const page = (content: string) =>
  `# A\n\n<!-- begin: one -->\n${content}<!-- end: one -->\n\nb \`<!-- begin: two -->\`\n`

test('a part is what stands between its markers, each on a line of its own', () => {
  expect(partsOf(page('old\n'))).toEqual(['one'])
  expect(partsOf('none')).toEqual([])
})

test('a part is replaced whole, again and again', async () => {
  const once = await refilled(page('old\nlines\n'), async (name) => `new ${name} $&\n`)
  expect(once).toBe(page('\nnew one $&\n\n'))
  expect(await refilled(once, async (name) => `new ${name} $&`)).toBe(once)
})

test('a part that is not generated stays', async () => {
  expect(await refilled(page('old\n'), async () => undefined)).toBe(page('old\n'))
})

test.each([
  '<!-- begin: one -->\n',
  '<!-- end: one -->\n',
  '<!-- begin: one -->\n<!-- end: two -->\n',
  '<!-- begin: one -->\n<!-- begin: two -->\n<!-- end: two -->\n',
])('a marker without its counterpart is refused: %j', (text) => {
  expect(() => partsOf(text)).toThrow(TypeError)
})
