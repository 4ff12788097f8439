import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { closingLine, readCounts } from './closing-line.ts'
import { setUp } from './parts.ts'

const project = fileURLToPath(new URL('..', import.meta.url))
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')

/** Runs vitest to its end with the given arguments; its exit code, or that of a shell where a signal ended it. */
async function runVitest(args: readonly string[], countsFile: string): Promise<number> {
  const reporters = ['--reporter=default', `--reporter=${join(project, 'tools', 'count-reporter.ts')}`]
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ASSAY_TEST_COUNTS: countsFile },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // A terminal sends SIGINT to vitest by itself, and a second one would keep it from cleaning up.
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal)))
  }
  return await new Promise((resolve) => {
    child.once('error', () => resolve(1))
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 1 : constants.signals[signal])))
  })
}

await setUp('test', { environment: process.env, dryRun: false, print: (line) => console.log(line) })
const folder = mkdtempSync(join(tmpdir(), 'assay-test-'))
try {
  const countsFile = join(folder, 'counts.json')
  const exitCode = await runVitest(process.argv.slice(2), countsFile)
  const counts = readCounts(countsFile, exitCode)
  process.exitCode = exitCode === 0 && counts.failed > 0 ? 1 : exitCode
  console.log(closingLine(counts))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
