import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** k6 keeps each of some eight figures of every request until its end, in octets. */
const perRequest = 64

/** How much k6 may hold, in MiB: for itself, for each virtual user and for its figures. It reads answers whole, however long they are. */
export const memoryFor = (vus: number, requests: number): number =>
  Math.ceil(1024 + 16 * vus + (requests * perRequest) / 1024 / 1024)

const everyMs = 200

/** What a process has used. */
export interface Usage {
  /** Seconds of one processor. */
  readonly processorSeconds?: number
  /** The largest share of all processors that it used for a second, of 1. */
  readonly busiest?: number
  /** How it went: at each time, in milliseconds since the epoch, what it had used until then, in seconds of one processor. */
  readonly course: readonly (readonly [at: number, processorSeconds: number])[]
}

/** Some five minutes. */
const courseAtMost = 1500

export interface Watch {
  /** In MiB. */
  readonly memory: number
  /** Is called once, where the process holds more memory than that. */
  readonly onExcess: () => void
  /** Whether its work has begun: what it uses until then is not counted. */
  readonly hasBegun: () => boolean
}

/** Looks at a process while it runs, where the system tells (Linux), and says at the end what it has used. */
export function watchProcess(pid: number | undefined, watch: Watch): { end(): Usage } {
  const { memory: atMost, onExcess, hasBegun } = watch
  let [before, used, busiest, excessive] = [0, 0, 0, false]
  let second = { at: performance.now(), used: 0 }
  const course: (readonly [number, number])[] = []
  const look = () => {
    if (pid === undefined) return
    const now = processorSecondsOf(pid)
    if (course.length < courseAtMost) course.push([Date.now(), now])
    if (hasBegun()) used = Math.max(used, now - before)
    else before = now
    if (used === 0) second = { at: performance.now(), used }
    const elapsed = (performance.now() - second.at) / 1000
    if (elapsed >= 1) {
      busiest = Math.max(busiest, (used - second.used) / elapsed / availableParallelism())
      second = { at: performance.now(), used }
    }
    if (excessive || memoryOf(pid) <= atMost) return
    excessive = true
    onExcess()
  }
  const timer = setInterval(look, everyMs)
  return {
    end: () => {
      clearInterval(timer)
      return used === 0 ? { course } : { processorSeconds: used, busiest, course }
    },
  }
}

/** In MiB; 0 where nobody tells. */
function memoryOf(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** The kernel counts in hundredths of a second wherever Node runs. */
const ticksPerSecond = 100

/** What a process has used of processors so far, in seconds of one; 0 where nobody tells. */
export function processorSecondsOf(pid: number): number {
  try {
    // The name of the program, in parentheses, may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
  } catch {
    return 0
  }
}
