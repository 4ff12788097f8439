import { onEmbedded } from '../../cli/embedded.ts'
import { concernedBy } from '../../cli/matrix.ts'
import { properties } from '../../fuzz/properties.ts'
import { findingsOf } from '../../harness/reports/standing.ts'
import { run } from '../../harness/runner/run.ts'
import type { Mutant } from '../../reference-server/mutant.ts'
import { catalogue } from '../../reference-server/mutants/catalogue.ts'

/** What a worker does: its part of the inputs on the right server, or its part of the mutants. */
export type Order =
  | { readonly what: 'speed'; readonly milliseconds: number; readonly part: Part }
  | { readonly what: 'kills'; readonly requests: number; readonly only: readonly string[]; readonly part: Part }

interface Part {
  readonly index: number
  readonly of: number
}

/** How many requests it took until a property found what it claims to find; nothing where none did within the limit. */
export interface Hunt {
  readonly mutant: string
  readonly requests: number | undefined
}

export type Told = { readonly inputs: number; readonly milliseconds: number } | readonly Hunt[]

/** The same for every hunt: what differs is the mutant. */
const seed = 1

/**
 * How fast inputs are tried with server and fuzzer in one process, each property for as long as all others: as by `--for`.
 * One property at a time: there is one core to each process, and nothing to wait for.
 */
const speed = async ({ milliseconds, part }: Extract<Order, { what: 'speed' }>): Promise<Told> =>
  await onEmbedded({}, async (target) => {
    const effort = { runs: 1e6, share: part, concurrency: 1 }
    await run(properties, target, { ...effort, seed: seed + 1, milliseconds: milliseconds / 3 }, () => {})
    const started = performance.now()
    const outcomes = await run(properties, target, { ...effort, seed, milliseconds }, () => {})
    const inputs = outcomes.reduce((sum, { tried }) => sum + (tried?.inputs ?? 0), 0)
    return { inputs, milliseconds: performance.now() - started }
  })

/** The mutants that some property claims to find. */
const claimed = [...catalogue.values()].filter((mutant) => concernedBy(mutant, properties).length > 0)

async function kills({ requests, only, part }: Extract<Order, { what: 'kills' }>): Promise<Told> {
  const chosen = claimed.filter(({ id }) => only.length === 0 || only.includes(id))
  const hunts: Hunt[] = []
  for (const [at, mutant] of chosen.entries()) {
    if (at % part.of !== part.index) continue
    hunts.push({ mutant: mutant.id, requests: await requestsToKill(mutant, requests) })
  }
  return hunts
}

/** The requests of the property that needs the fewest, one property after the other. */
async function requestsToKill(mutant: Mutant, limit: number): Promise<number | undefined> {
  const broken = new Set(mutant.breaks.map(({ id }) => id))
  return await onEmbedded(mutant, async (target) => {
    let fewest: number | undefined
    for (const property of concernedBy(mutant, properties)) {
      const effort = { seed, runs: 1e6, requests: fewest ?? limit, wanted: () => broken }
      const [outcome] = await run([property], target, effort, () => {})
      if (outcome === undefined || !findingsOf(outcome).some(({ requirement }) => broken.has(requirement))) continue
      fewest = Math.min(fewest ?? Number.POSITIVE_INFINITY, outcome.tried?.requests ?? Number.POSITIVE_INFINITY)
    }
    return fewest
  })
}

async function obey(order: Order) {
  process.send?.(await (order.what === 'speed' ? speed(order) : kills(order)))
  process.disconnect()
}

process.once('message', (order: Order) => void obey(order))
