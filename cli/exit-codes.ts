import type { HarnessErrorCode } from '../harness/error.ts'

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
