import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** What the machine has been up to, in hundredths of a second of all its processors. */
interface Ticks {
  readonly all: number
  /** Taken away by whatever else runs on the same hardware. */
  readonly stolen: number
}

/** So far; nothing where the system does not tell (Linux does). */
export function ticks(): Ticks | undefined {
  try {
    const [, ...fields] = (/^cpu .*$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[0] ?? '').split(/\s+/)
    const counts = fields.map(Number)
    // Time of guests is among that of users: see proc(5).
    return { all: counts.slice(0, 8).reduce((sum, one) => sum + one, 0), stolen: counts[7] ?? 0 }
  } catch {
    return undefined
  }
}

/** The share of the machine's time that was taken away from it between two moments, of 1; 0 where nobody tells. */
export function stolenBetween(before: Ticks | undefined, after: Ticks | undefined): number {
  if (before === undefined || after === undefined || after.all <= before.all) return 0
  return (after.stolen - before.stolen) / (after.all - before.all)
}

/** What a process used of all processors between two times, of 1, where its course tells. */
export function usedBetween(
  course: readonly (readonly [at: number, processorSeconds: number])[],
  from: number,
  to: number,
): number {
  const within = course.filter(([at]) => at >= from && at <= to)
  const [first, last] = [within[0], within.at(-1)]
  if (first === undefined || last === undefined || last[0] <= first[0]) return 0
  return (last[1] - first[1]) / ((last[0] - first[0]) / 1000) / availableParallelism()
}

/** Which machine figures are of: those of another one say nothing here. */
export function machineName(): string {
  try {
    const model = /^model name\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]
    return `${availableParallelism()} x ${model ?? process.arch}`
  } catch {
    return `${availableParallelism()} x ${process.arch}`
  }
}
