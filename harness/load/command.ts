import { spawn } from 'node:child_process'
import type { Environment } from '../programs.ts'

export interface CommandOptions {
  readonly timeoutMs: number
  readonly environment?: Environment
  readonly folder?: string
  /** Is told each line of standard error as it comes. */
  readonly onLine?: (line: string) => void
  /** Interrupts the command. */
  readonly signal?: AbortSignal
}

/** More of what a command prints is not kept, in characters. */
const keptAtMost = 10_000

/** Runs a command to its end and returns what it printed. Throws, with its last line, where it fails or takes too long. */
export async function runCommand(path: string, args: readonly string[], options: CommandOptions): Promise<string> {
  const child = spawn(path, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: options.environment ?? process.env,
    ...(options.folder !== undefined && { cwd: options.folder }),
  })
  let printed = ''
  let lastLine = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed = (printed + chunk).slice(0, keptAtMost)))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    for (const line of chunk.split('\n').filter((one) => one.trim() !== '')) {
      lastLine = line.trim().slice(0, 300)
      options.onLine?.(lastLine)
    }
  })
  // The timeout option of spawn would keep us waiting where the command does not exist.
  const overdue = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs)
  const interrupt = () => child.kill('SIGINT')
  options.signal?.addEventListener('abort', interrupt, { once: true })
  if (options.signal?.aborted === true) interrupt()
  const [code, signal] = await new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (...ended) => resolve(ended))
  }).finally(() => {
    clearTimeout(overdue)
    options.signal?.removeEventListener('abort', interrupt)
  })
  if (code === 0) return printed
  const how = signal === 'SIGKILL' ? 'took too long or was killed' : `ended with ${code ?? signal}`
  throw new Error(lastLine === '' ? how : `${how}: ${lastLine}`)
}
