import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'
import type { Counts } from './closing-line.ts'

/** Writes how many tests passed, failed and were skipped to the file that `ASSAY_TEST_COUNTS` names, as JSON. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const file = process.env['ASSAY_TEST_COUNTS']
    if (file === undefined) return
    const states = modules.flatMap(({ children }) => [...children.allTests()].map((test) => test.result().state))
    const count = (state: string) => states.filter((one) => one === state).length
    // A file that could not be loaded and an error that belongs to no test are failures which no test shows.
    const broken = modules.flatMap((module) => [module, ...module.children.allSuites()].flatMap((one) => one.errors()))
    const counts: Counts = {
      passed: count('passed'),
      failed: count('failed') + broken.length + unhandledErrors.length,
      skipped: count('skipped') + count('pending'),
    }
    writeFileSync(file, JSON.stringify(counts))
  }
}
