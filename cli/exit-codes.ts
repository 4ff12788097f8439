import type { HarnessErrorCode } from '../harness/error.ts'
import type { Report } from '../harness/reports/report.ts'
import { isInconclusive } from '../harness/reports/standing.ts'

/** What `assay` exits with; scripts and pipelines rely on these. */
export const exitCode = {
  nothingFound: 0,
  findings: 1,
  couldNotJudge: 2,
  badUsage: 3,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

/** What lies with the target or the machine; everything else is for whoever wrote the command or the target file to mend. */
const beyondTheCaller: ReadonlySet<HarnessErrorCode> = new Set([
  'TARGET_UNREACHABLE',
  'METADATA_INVALID',
  'ISSUER_MISMATCH',
  'REGISTRATION_FAILED',
  'LOAD_ENGINE_MISSING',
  'LOAD_ENGINE_FAILED',
  'BROWSER_MISSING',
  'PROGRAM_MISSING',
])

export const exitCodeOf = (code: HarnessErrorCode): ExitCode =>
  beyondTheCaller.has(code) ? exitCode.couldNotJudge : exitCode.badUsage

/** What a run ends with. A broken promise counts where the load was asked for itself: a look in passing measures nothing. */
export function exitCodeOfRun(report: Report, holdsPromises: boolean): ExitCode {
  const { summary, load } = report
  const isBroken =
    holdsPromises &&
    load?.state === 'measured' &&
    load.scenarios.some(({ promises }) => promises.some(({ kept }) => !kept))
  if (summary.findings > 0 || isBroken) return exitCode.findings
  return isInconclusive(report) ? exitCode.couldNotJudge : exitCode.nothingFound
}
