import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Report } from '../../harness/reports/report.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))

/** The package as it would be published, in a folder from which nothing of the checkout can be reached but its dependencies. */
const root = mkdtempSync(join(tmpdir(), 'assay-package-'))
const built = join(root, 'node_modules', 'assay')

interface Manifest {
  readonly version: string
  readonly bin: { readonly assay: string }
  readonly dependencies: Readonly<Record<string, string>>
}

const manifestIn = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest

beforeAll(() => {
  const script = join(project, 'tools', 'build.ts')
  const made = spawnSync(process.execPath, ['--import', 'tsx', script, '--out', built], {
    cwd: project,
    encoding: 'utf8',
  })
  if (made.status !== 0) throw new Error(`the build failed: ${made.stdout}${made.stderr}`)
  for (const name of Object.keys(manifestIn(built).dependencies)) {
    const place = join(root, 'node_modules', name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(join(project, 'node_modules', name), place, 'junction')
  }
}, 120_000)

afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Runs the program of the package in a folder of its own. */
function assay(args: readonly string[]) {
  const cwd = temporaryFolder()
  const program = join(built, manifestIn(built).bin.assay)
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd, encoding: 'utf8' })
  return { status, stdout, stderr, cwd }
}

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )

describe('the package', () => {
  test('tests a server from any folder, and writes the reports there', () => {
    const { status, stdout, stderr, cwd } = assay(['check', '--only', 'oauth2/pkce'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('Nothing was found')
    expect(readdirSync(join(cwd, '.assay')).toSorted()).toEqual([
      'junit.xml',
      'report.html',
      'report.json',
      'report.sarif',
    ])
  })

  test('fuzzes', () => {
    const { status, stdout } = assay(['fuzz', '--only', 'rfc7636/verifier-matches', '--runs', '5', '--json'])
    expect({ status, findings: (JSON.parse(stdout) as Report).summary.findings }).toEqual({ status: 0, findings: 0 })
  })

  test('has the scripts that k6 loads', () => {
    const args = ['load', '--scenario', 'client-credentials', '--rate', '5', '--seconds', '1', '--json']
    const { load, summary } = JSON.parse(assay(args).stdout) as Report
    expect(load).toMatchObject({ state: 'measured', scenarios: [{ scenario: 'client-credentials', failures: 0 }] })
    expect(summary).toMatchObject({ pass: 4, findings: 0 })
  })

  test('starts itself again for the parts of a matrix', () => {
    const args = ['mutants', '--only', 'verifier-matches-challenge', '--runs', '10', '--processes', '2', '--json']
    const { status, stdout } = assay(args)
    expect(JSON.parse(stdout)).toMatchObject({ mutants: { survived: [] } })
    expect(status).toBe(0)
  })

  test('knows its version', () => {
    expect(assay(['--version']).stdout.trim()).toBe(manifestIn(project).version)
  })

  test('has its licence, and the schema that target files name', () => {
    for (const file of ['LICENSE', 'NOTICE', 'README.md', 'CHANGELOG.md', 'harness/target/target.schema.json'])
      expect(existsSync(join(built, file)), file).toBe(true)
  })

  test('has no source but what k6 loads, and no tests and tools', () => {
    const files = filesIn(built)
    const folders = new Set(files.map((file) => file.split('/')[0]))
    expect(files.filter((file) => file.endsWith('.ts') && !/^(?:core|scenarios)\//.test(file))).toEqual([])
    for (const folder of ['test', 'tools', 'docs', 'node_modules']) expect(folders).not.toContain(folder)
  })

  test('names every package that it imports', () => {
    const { dependencies } = manifestIn(built)
    const imports = filesIn(built)
      .filter((file) => file.endsWith('.js') && !file.startsWith('scenarios/') && file !== 'cli/assay.js')
      .flatMap((file) => {
        const code = readFileSync(join(built, file), 'utf8')
        const found = code.matchAll(
          /^(?:import|export)\b[^'"`;=(]*\bfrom\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm,
        )
        return [...found].map(([, named, called]) => named ?? called ?? '')
      })
      .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
    const packages = new Set(imports.map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name))
    expect([...packages].filter((name) => !(name in dependencies))).toEqual([])
    expect(packages).toContain('undici')
  })
})
