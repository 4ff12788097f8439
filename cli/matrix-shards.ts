import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { MatrixResult } from './matrix.ts'

/** More is not kept of what a shard prints: it has a line for each kill, in characters. */
const longestOutput = 64 * 1024 * 1024

/**
 * Runs a matrix in so many processes at once, each a part of it: one process has but one core. `args` are those of
 * `assay mutants` for all of them. Throws where a process ends without a result.
 */
export async function runInShards(
  processes: number,
  args: readonly string[],
  onProgress: (line: string) => void,
): Promise<readonly MatrixResult[]> {
  const children: ChildProcess[] = []
  const stop = () => {
    for (const child of children) child.kill()
  }
  process.once('exit', stop)
  try {
    return await Promise.all(
      Array.from({ length: processes }, async (_, index) => {
        const child = spawn(
          process.execPath,
          [...roomy, program, 'mutants', ...args, '--shard', `${index + 1}/${processes}`],
          {
            stdio: ['ignore', 'pipe', 'pipe'],
          },
        )
        children.push(child)
        return await resultOf(child, onProgress)
      }),
    )
  } finally {
    stop()
    process.removeListener('exit', stop)
  }
}

/** Servers and answers come and go by the thousand: room for the young, in MiB, spares much sweeping. */
const roomy = ['--max-semi-space-size=64']

const program = fileURLToPath(new URL('assay.js', import.meta.url))

async function resultOf(child: ChildProcess, onProgress: (line: string) => void): Promise<MatrixResult> {
  let printed = ''
  let lastLine = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (printed = (printed + chunk).slice(0, longestOutput)))
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    for (const line of chunk.split('\n').filter((one) => one !== '')) {
      lastLine = line
      onProgress(line)
    }
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  try {
    const result = JSON.parse(printed) as MatrixResult | { readonly error: unknown }
    if ('kills' in result) return result
  } catch {
    // What it said last says more than what is wrong with its JSON.
  }
  throw new Error(`a part of the matrix ended with ${code ?? 'no exit code'}: ${lastLine}`)
}
