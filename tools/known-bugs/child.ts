import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'

export interface ChildOptions {
  readonly folder?: string
  readonly environment?: Readonly<Record<string, string>>
  /** The line of its output, on either stream, with which it says that it listens. */
  readonly ready: RegExp
  readonly timeoutMs: number
}

/** A server in a process of its own. */
export interface Child {
  close(): Promise<void>
}

/** How many of its last lines are told where it does not start. */
const lastLines = 20

/** What it said may come this much later than its end, in milliseconds; what it started may hold the line open for ever. */
const lastWordsMs = 1000

/** It may end by itself within this time, in milliseconds; then it is killed. */
const graceMs = 5000

/** Starts a command and waits until it says that it is ready. Throws, with its last lines, where it ends before or takes too long. */
export async function startChild(
  command: string,
  args: readonly string[],
  { folder, environment, ready, timeoutMs }: ChildOptions,
): Promise<Child> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
    ...(folder !== undefined && { cwd: folder }),
  })
  // Whatever ends this process ends that one too.
  const orphaned = () => child.kill('SIGKILL')
  process.once('exit', orphaned)
  child.once('exit', () => process.removeListener('exit', orphaned))
  const said: string[] = []
  // It goes on being read: a server whose pipe is full stands still.
  const told = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        said.splice(0, said.length - lastLines + 1)
        said.push(line)
        if (ready.test(line)) resolve()
      })
  })
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const over = new AbortController()
  const overdue = globalThis.setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  try {
    const ended = once(child, 'exit', { signal: over.signal }).then(() => true)
    ended.catch(() => {})
    if (await Promise.race([told.then(() => false), ended])) {
      await Promise.race([closed, setTimeout(lastWordsMs, undefined, { ref: false })])
      throw new Error(`${command} did not start:\n${said.join('\n')}`)
    }
  } finally {
    clearTimeout(overdue)
    over.abort()
  }
  return { close: async () => await stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const overdue = globalThis.setTimeout(() => child.kill('SIGKILL'), graceMs)
  await ended
  clearTimeout(overdue)
}

/** A port of the loopback interface that nothing listened on a moment ago: an issuer has to be known before it listens. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
