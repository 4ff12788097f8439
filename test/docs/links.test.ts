import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { allUnits } from '../../cli/units.ts'
import { documentFiles } from '../../tools/docs/document.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const textOf = (file: string) => readFileSync(join(root, file), 'utf8')

const withoutBlocks = (markdown: string) => markdown.replaceAll(/^```[\s\S]*?^```$/gm, '')

/** Where the links of a document lead that stay in the project. */
const linksIn = (markdown: string): readonly string[] =>
  [...withoutBlocks(markdown).matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))

/** The names under which a page on GitHub has its headings. */
const anchorsIn = (markdown: string): readonly string[] =>
  [...withoutBlocks(markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )

function mistakeIn(link: string, file: string): string | undefined {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? file : relative(root, join(root, dirname(file), path)).replaceAll('\\', '/')
  if (!existsSync(join(root, target))) return `${link} leads to no file`
  if (anchor === undefined) return undefined
  if (!target.endsWith('.md')) return `${link} leads to a heading of what has none`
  return anchorsIn(textOf(target)).includes(anchor) ? undefined : `${link} leads to no heading`
}

/** Folders at the top of the project, as its pages speak of them. */
const folders = readdirSync(root).filter(
  (name) =>
    !name.startsWith('.') && !['node_modules', 'dist'].includes(name) && statSync(join(root, name)).isDirectory(),
)

/** The files and folders that a document names in its prose; a star stands for part of a name. */
const pathsIn = (markdown: string): readonly string[] =>
  [...withoutBlocks(markdown).matchAll(/`([a-z-]+)\/([^`\s]*)`/g)]
    .filter(([, folder = '']) => folders.includes(folder))
    .map(([, folder, rest]) => `${folder}/${rest}`)

/** Units are named like files, and those of fuzz/ begin with the name of a folder. */
const units = new Set(allUnits.map(({ id }) => id))

function isThere(path: string): boolean {
  if (units.has(path)) return true
  if (!path.includes('*')) return existsSync(join(root, path))
  const [before = '', after = ''] = path.split('*')
  const folder = join(root, before.slice(0, before.lastIndexOf('/') + 1))
  const start = before.slice(before.lastIndexOf('/') + 1)
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith(start) && name.endsWith(after))
}

describe.each(documentFiles(root))('%s', (file) => {
  test('has links that lead somewhere', () => {
    expect(linksIn(textOf(file)).flatMap((link) => mistakeIn(link, file) ?? [])).toEqual([])
  })

  test('names files that are there', () => {
    expect(pathsIn(textOf(file)).filter((path) => !isThere(path))).toEqual([])
  })
})

test('README.md has every folder in its table', () => {
  const named = [...textOf('README.md').matchAll(/^\| (`.+\/`) \|/gm)].flatMap(([, cell = '']) =>
    cell.split(', ').map((one) => one.slice(1, -2)),
  )
  expect(named.toSorted()).toEqual(folders.toSorted())
})

test('docs/architecture.md lists every decision', () => {
  const decisions = readdirSync(join(root, 'docs', 'decisions')).map((name) => `decisions/${name}`)
  expect(linksIn(textOf('docs/architecture.md'))).toEqual(expect.arrayContaining(decisions))
})

describe('what the links are judged by', () => {
  test('finds links over line ends, and none in blocks', () => {
    const markdown = ['[one', 'two](a.md) [b](b.md#c)', '```text', '[d](d.md)', '```', '[e](https://e.example)']
    expect(linksIn(markdown.join('\n'))).toEqual(['a.md', 'b.md#c'])
  })

  test('sees what leads nowhere', () => {
    expect(mistakeIn('unknown.md', 'README.md')).toBe('unknown.md leads to no file')
    expect(mistakeIn('#unknown', 'README.md')).toBe('#unknown leads to no heading')
    expect(mistakeIn('docs/reports.md#unknown', 'README.md')).toBe('docs/reports.md#unknown leads to no heading')
    expect(mistakeIn('LICENSE#text', 'README.md')).toBe('LICENSE#text leads to a heading of what has none')
    expect(pathsIn('`cli/unknown.ts` `cli/m*.ts` `unknown/x`').filter((path) => !isThere(path))).toEqual([
      'cli/unknown.ts',
    ])
  })
})
