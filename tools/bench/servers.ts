import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Format } from './accounts.ts'
import { toldBy } from './told-by.ts'

export type Kind = 'bare' | 'assay' | 'oidc-provider'

/** A server that is up, in a process of its own. */
export interface MeasuredServer {
  readonly kind: Kind
  readonly origin: string
  /** What it has used so far, in microseconds of one processor. */
  processorTime(): Promise<number>
  stop(): Promise<void>
}

const project = fileURLToPath(new URL('../..', import.meta.url))
/** Within the project, where what is compiled finds its packages; each run has its own. */
const compiled = join(project, '.assay', `bench-${process.pid}`)

/** A compiled program of this folder. */
export const program = (name: 'serve' | 'fill' | 'fuzz-worker') => join(compiled, 'tools', 'bench', `${name}.js`)

/** Compiles what is measured: it runs as it is published, without what compiles it on the way. Gone when the process ends. */
export function compile(): void {
  process.once('exit', () => rmSync(compiled, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
  const place = ['-p', join(project, 'tools', 'bench', 'tsconfig.json'), '--outDir', compiled]
  const { status } = spawnSync(process.execPath, [tsc, ...place], { stdio: ['ignore', process.stderr, 'inherit'] })
  if (status !== 0) throw new Error('what is to be measured does not compile')
}

/** Whether processes can be bound to a core: only Linux has taskset, and it takes two cores to tell them apart. */
const pins = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0

/** Servers run on the first core, what drives them on the second; false where that cannot be had. */
export const pinned = pins

export function pinThisProcess(): void {
  if (pins) spawnSync('taskset', ['-acp', '1', String(process.pid)])
}

export async function startServer(kind: Kind, format: Format): Promise<MeasuredServer> {
  const command = [process.execPath, program('serve'), kind, format] as const
  const [executable, ...args] = pins ? (['taskset', '-c', '0', ...command] as const) : command
  // What a server has to say, and oidc-provider has much, is none of the results.
  const child = spawn(executable, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const port = await numberToldBy(child)
  return {
    kind,
    origin: `http://127.0.0.1:${port}`,
    processorTime: async () => {
      child.send('how much')
      return await numberToldBy(child)
    },
    stop: async () => {
      if (child.exitCode !== null) return
      child.kill()
      await once(child, 'exit')
    },
  }
}

async function numberToldBy(child: ChildProcess): Promise<number> {
  const told = await toldBy(child)
  if (typeof told !== 'number') throw new TypeError('the server told something else than a number')
  return told
}
