import { readFileSync } from 'node:fs'

/** How much k6 may hold, in MiB: for itself and for each virtual user. It reads answers whole, however long they are. */
export const memoryFor = (scenarios: readonly { readonly vus: number }[]): number =>
  scenarios.reduce((sum, { vus }) => sum + 16 * vus, 1024)

const everyMs = 200

/** Looks at the memory of a process while it runs, where the system tells (Linux), and says once when it is more than that, in MiB. */
export function watchMemory(pid: number | undefined, atMost: number, onExcess: () => void): () => void {
  const timer = setInterval(() => {
    if (pid === undefined || memoryOf(pid) <= atMost) return
    clearInterval(timer)
    onExcess()
  }, everyMs)
  return () => clearInterval(timer)
}

/** In MiB; 0 where nobody tells. */
function memoryOf(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
