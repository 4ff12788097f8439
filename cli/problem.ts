import { HarnessError } from '../harness/error.ts'
import { printable, printableJson } from '../harness/printable.ts'
import type { Report } from '../harness/reports/report.ts'
import type { Io } from './command.ts'
import { type ExitCode, exitCode, exitCodeOf } from './exit-codes.ts'

/** What kept a command from its work, as reports have it. */
type Problem = NonNullable<Report['problem']>

/** A HarnessError says by itself what went wrong and what to do; anything else is our own fault. */
export const problemOf = (error: unknown): Problem =>
  error instanceof HarnessError
    ? { code: error.code, message: error.message, hint: error.hint }
    : {
        code: 'BROKEN',
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
        hint: 'this is a fault of Assay: report it with the command that you ran',
      }

/** One clear message, and what to do about it. */
export function tellProblem(error: unknown, { json, io }: { readonly json: boolean; readonly io: Io }): ExitCode {
  const problem = problemOf(error)
  if (json) io.out.write(`${printableJson({ error: problem })}\n`)
  const lines = problem.message.split('\n').map((line) => printable(line, longestLine))
  io.error.write(`error: ${lines.join('\n')}\n  ${printable(problem.hint, longestLine)}\n`)
  return error instanceof HarnessError ? exitCodeOf(error.code) : exitCode.couldNotJudge
}

/** In characters: longer lines are cut. */
const longestLine = 2000
