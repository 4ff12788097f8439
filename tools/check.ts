import { spawnSync } from 'node:child_process'

/** What is checked without running Assay, each by a command of node_modules/.bin. */
const checks: Readonly<Record<string, readonly [string, ...string[]]>> = {
  format: ['oxfmt', '--check'],
  lint: ['oxlint', '--deny-warnings', '--report-unused-disable-directives'],
  types: ['tsc', '-p', '.'],
  'types of the scenarios': ['tsc', '-p', 'scenarios/tsconfig.json'],
  'unused code': ['knip'],
  architecture: ['vitest', 'run', '--project=unit', 'test/architecture.test.ts'],
}

const failed = Object.entries(checks).flatMap(([name, [command, ...args]]) => {
  console.log(`\n${name}: ${command} ${args.join(' ')}`)
  const { status } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' })
  return status === 0 ? [] : [name]
})
console.log(failed.length === 0 ? '\nall checks passed' : `\nfailed: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
