import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface LockOptions {
  /** After so many milliseconds the work is done without the lock. */
  readonly waitMs: number
  /** Is called once where another process holds the lock. */
  readonly onWait: () => void
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Does work that one process at a time should do. The lock is a folder, moved into place with its owner's process id in
 * it: a move onto a folder that holds something fails. What a dead process left behind is taken over. It spares work and
 * guards nothing: the work must be right without it.
 */
export async function withLock<T>(
  lock: string,
  { waitMs, onWait, signal }: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const mine = `${lock}-${process.pid}-${randomBytes(4).toString('hex')}`
  const deadline = performance.now() + waitMs
  const isOver = () => performance.now() >= deadline || signal?.aborted === true
  await mkdir(mine)
  await writeFile(join(mine, 'owner'), String(process.pid))
  let held = await moved(mine, lock)
  if (!held && isAlive(await ownerOf(lock))) onWait()
  try {
    while (!held && !isOver()) {
      if (isAlive(await ownerOf(lock))) await sleep(200)
      else await remove(lock, `${mine}-stale`)
      held = await moved(mine, lock)
    }
    return await work()
  } finally {
    await rm(mine, { recursive: true, force: true })
    if (held) await remove(lock, `${mine}-done`)
  }
}

/** Moved away first: emptied in place, it could be another's by the time it is removed. */
async function remove(lock: string, away: string): Promise<void> {
  await rename(lock, away).catch(() => undefined)
  await rm(away, { recursive: true, force: true })
}

async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if (await exists(to)) return false
    // It was released in between: the next turn will have it.
    if (error instanceof Error && 'code' in error && error.code !== 'ENOENT' && (await exists(from))) return false
    throw error
  }
}

/** The process that holds a lock, or nothing where it is being released. */
async function ownerOf(lock: string): Promise<number | undefined> {
  const owner = Number(await readFile(join(lock, 'owner'), 'utf8').catch(() => ''))
  return Number.isSafeInteger(owner) && owner > 0 ? owner : undefined
}

/** Whether a process runs. One of another user does, though it may not be signalled. */
export function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Whether something lies at a path. */
export async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}
