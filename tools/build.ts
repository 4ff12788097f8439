import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { optionsOf } from './options.ts'

const project = fileURLToPath(new URL('..', import.meta.url))
const values = optionsOf({ out: { type: 'string' } })
const dist = resolve(values.out ?? join(project, 'dist'))
const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))

/** What is published besides what tsc compiles. */
const folders = ['core', 'harness', 'conformance', 'fuzz', 'reference-server', 'cli', 'scenarios', 'dashboards']
const documents = ['README.md', 'LICENSE', 'NOTICE', 'CHANGELOG.md']

/** k6 loads TypeScript as it is: what it runs is published as source. */
const isForK6 = (path: string) => /^(?:core|scenarios)\/.*(?<!\.d)\.ts$/.test(path)

function isPublished(path: string): boolean {
  const place = relative(project, path).replaceAll('\\', '/')
  if (statSync(path).isDirectory() || isForK6(place)) return true
  return !/(?:\.ts|tsconfig\.json)$/.test(place)
}

/** What the package of a checkout says and that of a registry does not: compiled, nothing needs tsx. */
function publishedManifest(): object {
  const ofDevelopment = new Set(['private', 'scripts', 'devDependencies'])
  const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  const { tsx: _, ...dependencies } = manifest.dependencies
  const kept = Object.entries({ ...manifest, dependencies }).filter(([name]) => !ofDevelopment.has(name))
  return Object.fromEntries(kept)
}

/** Compiles the package into `dist/`, or into a new folder by `--out`; from there it is published: `npm publish ./dist`. */
if (values.out !== undefined && existsSync(dist)) throw new Error(`${values.out} is there already`)
rmSync(dist, { recursive: true, force: true })
const { status } = spawnSync(
  process.execPath,
  [join(typescript, 'bin', 'tsc'), '-p', 'tsconfig.build.json', '--outDir', dist],
  { cwd: project, stdio: 'inherit' },
)
if (status === 0) {
  for (const name of [...folders, ...documents].filter((one) => existsSync(join(project, one)))) {
    cpSync(join(project, name), join(dist, name), { recursive: true, filter: isPublished })
  }
  writeFileSync(join(dist, 'package.json'), `${JSON.stringify(publishedManifest(), null, 2)}\n`)
} else {
  // Half a package must not be taken for one.
  rmSync(dist, { recursive: true, force: true })
}
process.exitCode = status ?? 1
