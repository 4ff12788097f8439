import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { cases } from './cases.ts'
import { casesAsMarkdown } from './page.ts'

test('every case has a name of its own, and a place', () => {
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
  expect(cases.filter(({ at }) => at.length === 0)).toEqual([])
})

test('the documentation names every case', () => {
  const page = readFileSync(new URL('../../docs/hostile-target.md', import.meta.url), 'utf8')
  expect(page.slice(page.indexOf('### ')).trimEnd()).toBe(casesAsMarkdown())
})
