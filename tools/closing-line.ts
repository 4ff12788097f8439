import { readFileSync } from 'node:fs'

/** How a test run came out, in numbers of tests. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** The line that `npm test` ends with: `N passed, N failed`, and how many were skipped where some were. */
export const closingLine = ({ passed, failed, skipped }: Counts) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`

/** What the counts file of a run says. A run that failed without a count, or without a failure counted, counts as one. */
export function readCounts(file: string, exitCode: number): Counts {
  const counts = parsed(file)
  if (counts === undefined) return { passed: 0, failed: 1, skipped: 0 }
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

function parsed(file: string): Counts | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Counts
  } catch {
    return undefined
  }
}
