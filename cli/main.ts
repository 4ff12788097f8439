import { execute } from './program.ts'
import type { ExitCode } from './exit-codes.ts'

/** Runs the command line, given without the program's own name. */
export async function main(args: readonly string[]): Promise<ExitCode> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe)
  return await execute(args, { out: process.stdout, error: process.stderr, environment: process.env })
}

/** Whoever reads may stop reading, as `head` does; the reports are written all the same. */
function ignoreClosedPipe(error: Error) {
  if (!('code' in error) || error.code !== 'EPIPE') throw error
}
