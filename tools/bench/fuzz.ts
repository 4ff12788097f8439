import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import type { Hunt, Order, Told } from './fuzz-worker.ts'
import { program } from './servers.ts'
import { toldBy } from './told-by.ts'

interface Quantiles {
  readonly median: number
  readonly p95: number
}

export interface FuzzFigures {
  /** Inputs a second, each property for as long as all others, with fuzzer and server on all cores of this machine. */
  readonly casesPerSecond: number
  /** Requests of the property that finds a mutant first, over all mutants that a property claims. */
  readonly requestsToKill: Quantiles & {
    readonly mutants: number
    /** Those that are not found within the limit. */
    readonly notFound: readonly string[]
  }
}

export interface FuzzEffort {
  /** How long inputs are tried to see how fast that goes. */
  readonly milliseconds: number
  /** How many requests a mutant may take. */
  readonly requests: number
  /** Only these mutants; all where there are none. */
  readonly only: readonly string[]
}

/** Measures how fast inputs are tried, and how many requests it takes to find what is wrong. */
export async function measureFuzz({ milliseconds, requests, only }: FuzzEffort): Promise<FuzzFigures> {
  const of = availableParallelism()
  const parts = Array.from({ length: of }, (_, index) => ({ index, of }))
  const speeds = await Promise.all(parts.map(async (part) => await told({ what: 'speed', milliseconds, part })))
  const hunts = await Promise.all(parts.map(async (part) => await told({ what: 'kills', requests, only, part })))
  const all = hunts.flatMap((one) => ('inputs' in one ? [] : one))
  const casesPerSecond = speeds.reduce(
    (sum, one) => sum + ('inputs' in one ? (one.inputs / one.milliseconds) * 1000 : 0),
    0,
  )
  return { casesPerSecond, requestsToKill: figuresOf(all) }
}

const figuresOf = (hunts: readonly Hunt[]): FuzzFigures['requestsToKill'] => ({
  ...quantilesOf(hunts.map(({ requests }) => requests)),
  mutants: hunts.length,
  notFound: hunts.filter(({ requests }) => requests === undefined).map(({ mutant }) => mutant),
})

/** What was not found took more than all that was. */
function quantilesOf(counts: readonly (number | undefined)[]): Quantiles {
  const sorted = counts.map((count) => count ?? Number.POSITIVE_INFINITY).toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN
  return { median: at(0.5), p95: at(0.95) }
}

async function told(order: Order): Promise<Told> {
  const child = spawn(process.execPath, [program('fuzz-worker')], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  child.send(order)
  return (await toldBy(child)) as Told
}
