import { writeFileSync } from 'node:fs'
import { asText, type CorpusEntry, ownCorpus, readOwnCorpus } from '../cli/corpus.ts'
import { onEmbedded } from '../cli/embedded.ts'
import { concernedBy } from '../cli/matrix.ts'
import { properties } from '../fuzz/properties.ts'
import { findingsOf } from '../harness/reports/standing.ts'
import { run } from '../harness/runner/run.ts'
import type { Mutant } from '../reference-server/mutant.ts'
import { catalogue } from '../reference-server/mutants/catalogue.ts'
import { optionsOf } from './options.ts'

/**
 * Finds each mutant that a property claims, and keeps the smallest input that shows it. What still shows its fault is kept
 * as it is, so that the file changes no more than it must; `--anew` looks for all of them again.
 */
const values = optionsOf({ anew: { type: 'boolean' } })
const seed = 1
/** A property that needs more is not the one that finds it. */
const requestsAtMost = 1200
/** Fewer are few enough: no other property is tried after that. */
const few = 60
const before = values.anew === true ? [] : readOwnCorpus()

const entries: CorpusEntry[] = before.filter(({ of }) => !catalogue.has(of))
for (const mutant of catalogue.values()) {
  const kept = before.filter(({ of }) => of === mutant.id)
  const found = (await shown(mutant, kept)) ?? (await hunted(mutant))
  if (found === undefined) continue
  entries.push(found)
  console.error(`${mutant.id}: ${found.unit} ${found.path}`)
}
writeFileSync(ownCorpus, asText(entries.toSorted((a, b) => order(a) - order(b))))

function order({ of }: CorpusEntry): number {
  const at = [...catalogue.keys()].indexOf(of)
  return at < 0 ? Number.POSITIVE_INFINITY : at
}

/** The first of these entries that still shows the fault of a mutant. */
async function shown(mutant: Mutant, kept: readonly CorpusEntry[]): Promise<CorpusEntry | undefined> {
  for (const { unit, seed: ofEntry, path, input } of kept) {
    const found = await on(mutant, unit, { seed: ofEntry, runs: 1, path, printed: input })
    if (found[0] !== undefined) return found[0].entry
  }
  return undefined
}

/** The smallest input of the property that finds a mutant with the fewest requests. */
async function hunted(mutant: Mutant): Promise<CorpusEntry | undefined> {
  const broken = new Set(mutant.breaks.map(({ id }) => id))
  let best: CorpusEntry | undefined
  let requests = requestsAtMost
  for (const { id } of concernedBy(mutant, properties)) {
    const [first] = await on(mutant, id, { seed, runs: 1e6, requests, wanted: () => broken })
    if (first === undefined) continue
    requests = first.requests
    best = first.entry
    if (requests <= few) break
  }
  if (best === undefined) return undefined
  const { unit, path } = best
  const [smallest] = await on(mutant, unit, { seed, runs: 0, known: () => [{ seed, path }] })
  return smallest?.entry
}

/** What a property finds of what a mutant breaks. */
async function on(mutant: Mutant, unit: string, effort: Parameters<typeof run>[2]) {
  const units = properties.filter(({ id }) => id === unit)
  const outcomes = await onEmbedded(mutant, async (target) => await run(units, target, effort, () => {}))
  return outcomes.flatMap((outcome) =>
    findingsOf(outcome).flatMap(({ requirement, counterexample }) => {
      if (counterexample === undefined || !mutant.breaks.some(({ id }) => id === requirement)) return []
      return [
        { entry: { unit, requirement, of: mutant.id, ...counterexample }, requests: outcome.tried?.requests ?? 0 },
      ]
    }),
  )
}
