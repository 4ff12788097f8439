import type { Requirement } from '../core/spec/document.ts'
import type { Unit } from '../core/unit.ts'
import type { Check } from '../harness/check.ts'
import type { Property } from '../harness/property.ts'
import type { Outcome } from '../harness/runner/events.ts'
import { run } from '../harness/runner/run.ts'
import { openTarget } from '../harness/target/open.ts'
import type { Target } from '../harness/target/target.ts'
import type { Dialect } from '../reference-server/dialect.ts'
import type { Mutant } from '../reference-server/mutant.ts'
import { startEmbedded, type Variation } from './embedded.ts'

/** A unit that a matrix runs, and how: checks and properties in this process, invariants by k6. */
export interface MatrixParts {
  readonly units: readonly (Check | Property)[]
  readonly invariants: readonly Unit[]
  /** Runs the load scenarios that have these invariants; absent where k6 is. */
  readonly runInvariants?: (invariants: readonly Unit[], target: Target, seconds: number) => Promise<readonly Outcome[]>
  readonly mutants: readonly Mutant[]
  readonly dialects: readonly Dialect[]
  readonly seed: number
  /** How many inputs a property may try before a mutant counts as survived. */
  readonly runs: number
  readonly onProgress?: (line: string) => void
}

/** A unit that proves a requirement, seen to fail on it where it is broken. */
export interface Kill {
  readonly mutant: string
  readonly unit: string
  readonly requirement: string
  /** Inputs that a property tried until then. */
  readonly cases?: number
}

export interface MatrixResult {
  readonly mutants: { readonly total: number; readonly killed: number; readonly survived: readonly string[] }
  readonly dialects: { readonly total: number; readonly noisy: readonly string[] }
  readonly units: { readonly total: number; readonly withoutKill: readonly string[] }
  readonly seconds: number
  readonly kills: readonly Kill[]
}

/** So many servers are tested at once. */
const width = 3

/** Tries each mutant on the units that prove what it breaks, and everything on each dialect and on the right server. */
export async function runMatrix(parts: MatrixParts): Promise<MatrixResult> {
  const started = performance.now()
  const kills: Kill[] = []
  const noisy: string[] = []
  const jobs: (() => Promise<void>)[] = [
    ...[{ id: 'the reference server', lawful: '' }, ...parts.dialects].map((dialect) => async () => {
      noisy.push(...(await listenTo(dialect, parts)))
      parts.onProgress?.(`${dialect.id}: ${noisy.length === 0 ? 'silent' : 'heard'}`)
    }),
    ...parts.mutants.map((mutant) => async () => {
      const found = await killsOf(mutant, parts)
      kills.push(...found)
      parts.onProgress?.(`${mutant.id}: ${found.length > 0 ? `killed by ${found.length}` : 'survived'}`)
    }),
  ]
  const queue = jobs.values()
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const job of queue) await job()
    }),
  )

  const killed = new Set(kills.map(({ mutant }) => mutant))
  const proven = new Set(kills.map(({ unit, requirement }) => `${unit} ${requirement}`))
  const everything = [...parts.units, ...parts.invariants]
  return {
    mutants: {
      total: parts.mutants.length,
      killed: killed.size,
      survived: parts.mutants.map(({ id }) => id).filter((id) => !killed.has(id)),
    },
    dialects: { total: parts.dialects.length, noisy: noisy.toSorted() },
    units: {
      total: everything.length,
      withoutKill: everything.flatMap((unit) =>
        unit.proves.filter(({ id }) => !proven.has(`${unit.id} ${id}`)).map(({ id }) => `${unit.id} (${id})`),
      ),
    },
    seconds: Math.round((performance.now() - started) / 100) / 10,
    kills: kills.toSorted((a, b) => compare(a.mutant, b.mutant) || compare(a.unit, b.unit)),
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Only units that prove what the mutant breaks may kill it, and only by a finding against that very requirement. */
async function killsOf(mutant: Mutant, parts: MatrixParts): Promise<readonly Kill[]> {
  const broken = new Set(mutant.breaks.map(({ id }: Requirement) => id))
  const concerned = (unit: Unit) => unit.proves.some(({ id }) => broken.has(id))
  const outcomes = await tryUnits(
    mutant,
    parts.units.filter(concerned),
    parts.invariants.filter(concerned),
    parts,
    parts.runs,
  )
  return outcomes.flatMap(({ unit, verdict, cases }) => {
    if (verdict.state !== 'fail') return []
    const own = new Set(unit.proves.map(({ id }) => id))
    const requirements = new Set(
      verdict.findings.map(({ requirement }) => requirement).filter((id) => own.has(id) && broken.has(id)),
    )
    return [...requirements].map((requirement) => ({
      mutant: mutant.id,
      unit: unit.id,
      requirement,
      ...(cases !== undefined && { cases }),
    }))
  })
}

/** What does not stay silent where nothing is wrong: a false alarm, or a unit that cannot do its work. */
async function listenTo(dialect: Dialect, parts: MatrixParts): Promise<readonly string[]> {
  const outcomes = await tryUnits(dialect, parts.units, parts.invariants, parts, Math.min(parts.runs, 100))
  return outcomes.flatMap(({ unit, verdict }) => {
    switch (verdict.state) {
      case 'pass':
      case 'inapplicable':
        return []
      case 'fail':
        return verdict.findings.map(
          ({ requirement, actual, expected }) =>
            `${dialect.id}: ${unit.id} finds ${requirement}: expected ${expected}, got ${actual}`,
        )
      case 'untestable':
        return [`${dialect.id}: ${unit.id} is untestable: ${verdict.because}`]
      case 'broken':
        return [`${dialect.id}: ${unit.id} is broken: ${verdict.error.message}`]
    }
  })
}

async function tryUnits(
  variation: Variation,
  units: MatrixParts['units'],
  invariants: readonly Unit[],
  parts: MatrixParts,
  runs: number,
): Promise<readonly Outcome[]> {
  const server = await startEmbedded(variation)
  try {
    const { target, close } = await openTarget(server.settings)
    try {
      const outcomes = await run(units, target, { seed: parts.seed, runs, concurrency: 4 }, () => {})
      const loaded =
        invariants.length > 0 && parts.runInvariants !== undefined
          ? await parts.runInvariants(invariants, target, 1)
          : []
      return [...outcomes, ...loaded]
    } finally {
      await close()
    }
  } finally {
    await server.close()
  }
}
