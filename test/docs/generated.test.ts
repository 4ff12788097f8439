import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { documents as specifications } from '../../cli/documents.ts'
import { allUnits } from '../../cli/units.ts'
import { documentFiles, partsOf, refilled } from '../../tools/docs/document.ts'
import { generatePart, slowPart } from '../../tools/docs/parts.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const documents = documentFiles(root).map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))
const withParts = documents.filter(({ text }) => partsOf(text).length > 0)

test.each(withParts)('$file is what `npm run docs` writes', async ({ text }) => {
  const quick = async (name: string) => (name === slowPart ? undefined : await generatePart(name))
  expect(text).toBe(await refilled(text, quick))
})

test('every command, every member of the target file and every document stands in the generated parts', () => {
  const parts = withParts.flatMap(({ text }) => partsOf(text))
  for (const name of ['commands', 'target-file', 'what-is-tested', slowPart]) expect(parts).toContain(name)
})

test('the table of what is tested counts every document that a unit proves something of', () => {
  const proven = new Set(allUnits.flatMap(({ proves }) => proves.map(({ document }) => document)))
  const counted = new Set(specifications.map(({ id }) => id))
  expect([...proven].filter((id) => !counted.has(id))).toEqual([])
})
