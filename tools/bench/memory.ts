import { spawn } from 'node:child_process'
import { z } from 'zod'
import { program } from './servers.ts'

const schema = z.object({
  /** Octets of the heap for what one authorization code flow leaves behind, as the endpoints leave it. */
  bytesPerGrant: z.number(),
  /** The same by the store alone, with so many grants in it. */
  bytesPerGrantAt: z.record(z.string(), z.number()),
  /** The heap after all has expired and as much again has come, where 1 is the heap before. */
  afterExpiry: z.number(),
})

export type Memory = z.infer<typeof schema>

/** A million grants take room, in MiB. */
const room = 4096

/** The first count is how many grants the endpoints make, the others how many the store is filled with. */
export async function measureMemory(counts: readonly number[]): Promise<Memory> {
  const args = ['--expose-gc', `--max-old-space-size=${room}`, program('fill'), ...counts.map(String)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const told = await new Promise<unknown>((resolve, reject) => {
    child.once('message', resolve)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the server that was filled ended with ${code}`)))
  })
  return schema.parse(told)
}
