import type { ExitCode } from '../../cli/exit-codes.ts'
import { execute } from '../../cli/program.ts'
import type { HarnessError } from '../../harness/error.ts'

/** A screen that keeps all that is written on it. */
export function screen(columns?: number, isTTY = false) {
  let text = ''
  return {
    isTTY,
    ...(columns !== undefined && { columns }),
    write: (more: string) => void (text += more),
    text: () => text,
  }
}

export interface Said {
  readonly exit: ExitCode
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line in this process. */
export async function say(args: readonly string[], columns?: number): Promise<Said> {
  const [out, error] = [screen(columns), screen(columns)]
  const exit = await execute(args, { out, error, environment: {} })
  return { exit, stdout: out.text(), stderr: error.text() }
}

/** What is told of a failure on our side. */
export function failureOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    const { code, message, hint } = error as HarnessError
    return `${code}: ${message}; ${hint}`
  }
  throw new Error('nothing failed')
}
