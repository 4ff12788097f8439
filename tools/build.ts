import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = fileURLToPath(new URL('..', import.meta.url))
const dist = join(project, 'dist')

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

/** Compiles the package into `dist/`, from where it is published: `npm publish ./dist`. */
rmSync(dist, { recursive: true, force: true })
const { status } = spawnSync('tsc', ['-p', 'tsconfig.build.json'], {
  cwd: project,
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
if (status === 0) {
  for (const name of [...folders, ...documents].filter((one) => existsSync(join(project, one)))) {
    cpSync(join(project, name), join(dist, name), { recursive: true, filter: isPublished })
  }
  const ofDevelopment = new Set(['private', 'scripts', 'devDependencies'])
  const manifest = Object.entries(JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as object)
  const published = Object.fromEntries(manifest.filter(([name]) => !ofDevelopment.has(name)))
  writeFileSync(join(dist, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
}
process.exitCode = status ?? 1
