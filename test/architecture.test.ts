import { readdirSync, readFileSync } from 'node:fs'
import { dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Which folders a folder's files may import from, besides themselves. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  harness: ['core'],
  conformance: ['core', 'harness'],
  fuzz: ['core', 'harness'],
  scenarios: ['core'],
  'reference-server': ['core/spec'],
  dashboards: ['core', 'scenarios'],
}

/** Which packages a folder may import; `node:` stands for all that Node brings. No entry: any of package.json's. */
const mayUse: Readonly<Record<string, (name: string) => boolean>> = {
  core: () => false,
  scenarios: (name) => name === 'k6' || name.startsWith('k6/'),
  // What judges a token is not what makes it.
  'reference-server': (name) => name !== 'jose' && name !== 'libxml2-wasm',
}

/** Folders whose files are never installed with the package, so that they may use devDependencies. */
const ofDevelopment = new Set(['test', 'tools', 'dashboards', ''])

const notOurs = new Set(['node_modules', '.git', 'dist', '.assay'])

function* filesIn(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && !notOurs.has(entry.name)) yield* filesIn(path)
    else if (entry.isFile() && extname(entry.name) !== '.log') yield relative(root, path).replaceAll('\\', '/')
  }
}

/** Everything that a module imports, types as well: `import … from`, `export … from`, `import '…'` and `import('…')`. */
function importsOf(source: string): readonly string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  const statements = code.matchAll(/^(?:import|export)\b(?:[^'"`;=(]*?\bfrom)?\s*(['"])([^'"\n]+)\1/gm)
  const calls = code.matchAll(/\bimport\(\s*(['"])([^'"\n]+)\1/g)
  return [...statements, ...calls].flatMap(([, , name]) => (name === undefined ? [] : [name]))
}

const files = [...filesIn(root)].toSorted()
const modules = new Map(
  files.filter((file) => file.endsWith('.ts')).map((file) => [file, importsOf(readFileSync(join(root, file), 'utf8'))]),
)
const folderOf = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '')
const isRelative = (name: string) => name.startsWith('.')
const targetOf = (file: string, name: string) => join(dirname(file), name).replaceAll('\\', '/')
const isWithin = (path: string, folder: string) => path.startsWith(`${folder}/`)

/** The way from a module back to itself, for each cycle that a walk in depth comes upon. */
function cyclesAmong(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (module: string, way: readonly string[]) => {
    const at = way.indexOf(module)
    if (at !== -1) cycles.push([...way.slice(at), module].join(' → '))
    if (at !== -1 || done.has(module)) return
    for (const next of graph.get(module) ?? []) visit(next, [...way, module])
    done.add(module)
  }
  for (const module of graph.keys()) visit(module, [])
  return cycles
}

describe('the architecture', () => {
  test.each(Object.entries(mayImport))('%s imports only what lies below it', (folder, below) => {
    const wrong = [...modules]
      .filter(([file]) => folderOf(file) === folder)
      .flatMap(([file, names]) => names.filter(isRelative).map((name) => ({ file, target: targetOf(file, name) })))
      .filter(({ target }) => ![folder, ...below].some((one) => isWithin(target, one)))
      .map(({ file, target }) => `${file} imports ${target}`)
    expect(wrong).toEqual([])
  })

  test('nothing imports the tests or the tools but themselves', () => {
    const wrong = [...modules].flatMap(([file, names]) =>
      names
        .filter((name) => isRelative(name))
        .map((name) => targetOf(file, name))
        .filter((target) => ['test', 'tools'].some((one) => isWithin(target, one)))
        .filter((target) => folderOf(file) !== folderOf(target) && folderOf(file) !== 'test')
        .map((target) => `${file} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })

  test('no modules import one another in a circle', () => {
    const graph = new Map(
      [...modules].map(([file, names]) => [file, names.filter(isRelative).map((name) => targetOf(file, name))]),
    )
    expect(cyclesAmong(graph)).toEqual([])
  })

  test('every relative import names a file that is there, with its ending', () => {
    const wrong = [...modules].flatMap(([file, names]) =>
      names
        .filter((name) => isRelative(name) && !files.includes(targetOf(file, name)))
        .map((name) => `${file} imports ${name}`),
    )
    expect(wrong).toEqual([])
  })

  test('every package is one that its folder may use, and is installed where it is used', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Readonly<
      Record<'dependencies' | 'devDependencies', Readonly<Record<string, string>>>
    >
    const packageOf = (name: string) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/')
    const isInstalled = (folder: string, name: string) =>
      name.startsWith('node:') ||
      packageOf(name) in dependencies ||
      // Types have no run time, so what has nothing else need not be installed.
      `@types/${packageOf(name)}` in devDependencies ||
      (ofDevelopment.has(folder) && packageOf(name) in devDependencies)
    const wrong = [...modules].flatMap(([file, names]) => {
      const folder = folderOf(file)
      const allowed = mayUse[folder] ?? (() => true)
      const provided = folder === 'scenarios' ? allowed : (name: string) => allowed(name) && isInstalled(folder, name)
      return names.filter((name) => !isRelative(name) && !provided(name)).map((name) => `${file} imports ${name}`)
    })
    expect(wrong).toEqual([])
  })

  test('no file names a folder of the machine that it was written on', () => {
    const ofAMachine = new RegExp(`(?<![\\w.@:~*$}-])/(?:${['root', 'home', 'work', 'Users'].join('|')})/`)
    const wrong = files
      .filter((file) => file !== 'package-lock.json')
      .flatMap((file) => {
        const text = readFileSync(join(root, file), 'utf8')
        if (text.includes('\0')) return []
        const lines = text.split('\n')
        return lines.flatMap((line, at) => (ofAMachine.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : []))
      })
    expect(wrong).toEqual([])
  })
})

describe('what the architecture is judged by', () => {
  test('sees every form of import and nothing else', () => {
    const quoted = `'./h.ts'`
    const source = [
      `import { a } from './a.ts'`,
      `import type { B } from "./b.ts"`,
      'import {',
      '  c,',
      '  d,',
      `} from './c.ts'`,
      `export { e } from './e.ts'`,
      `export * from './f.ts'`,
      `import './g.ts'`,
      `const h = await import(${quoted})`,
      `// import { i } from './i.ts'`,
      '/* import',
      `import './j.ts'`,
      '*/',
      `export const k = 'not an import from'`,
      `export const l = { from: './l.ts' }`,
    ]
    expect(importsOf(source.join('\n'))).toEqual(['./a.ts', './b.ts', './c.ts', './e.ts', './f.ts', './g.ts', './h.ts'])
  })

  test('sees a circle', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', []],
      ['d', ['a']],
    ])
    expect(cyclesAmong(graph)).toEqual(['a → b → d → a'])
  })
})
