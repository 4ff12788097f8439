import type { Io } from './command.ts'
import { exitCode } from './exit-codes.ts'

/** The first signal ends the run in good order, the second one the process. */
export function interruptible({ error }: Pick<Io, 'error'>) {
  const controller = new AbortController()
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(exitCode.couldNotJudge)
    controller.abort()
    error.write(
      `${error.isTTY === true ? '\n' : ''}interrupted: what is done is being reported; once more ends at once\n`,
    )
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.on(signal, interrupt)
  return {
    signal: controller.signal,
    end: () => {
      for (const signal of signals) process.removeListener(signal, interrupt)
    },
  }
}
