import { execute } from './program.ts'
import type { ExitCode } from './exit-codes.ts'

/** The command line, without the program's own name. */
export const main = async (args: readonly string[]): Promise<ExitCode> =>
  await execute(args, { out: process.stdout, error: process.stderr, environment: process.env })
