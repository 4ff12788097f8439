import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { documentFiles, refilled } from './docs/document.ts'
import { generatePart } from './docs/parts.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

for (const file of documentFiles(root)) {
  const path = `${root}${file}`
  const before = readFileSync(path, 'utf8')
  const after = await refilled(before, generatePart)
  if (after === before) continue
  writeFileSync(path, after)
  console.log(`${file} is up to date again`)
}
