import type { Unit } from '../core/unit.ts'
import type { Check } from '../harness/check.ts'
import type { Property } from '../harness/property.ts'
import type { Outcome } from '../harness/runner/events.ts'
import { run } from '../harness/runner/run.ts'
import type { KnownInput } from '../harness/runner/try-inputs.ts'
import type { Target } from '../harness/target/target.ts'
import type { Dialect } from '../reference-server/dialect.ts'
import type { Mutant } from '../reference-server/mutant.ts'
import type { Share } from './command.ts'
import { onEmbedded, type Variation } from './embedded.ts'
import { isOutOfSight, watchedRules } from './matrix-sight.ts'

/** A unit that a matrix runs, and how: checks and properties in this process, invariants by k6. */
export interface MatrixParts {
  readonly units: readonly (Check | Property)[]
  readonly invariants: readonly Unit[]
  /** Runs the load scenarios that have these invariants, for a moment; absent where k6 is. */
  readonly runInvariants?: (invariants: readonly Unit[], target: Target, how: Pressure) => Promise<readonly Outcome[]>
  readonly mutants: readonly Mutant[]
  readonly dialects: readonly Dialect[]
  readonly seed: number
  /** What a property is to try first. */
  readonly known: (unit: Unit) => readonly KnownInput[]
  /** How many inputs a property may try before a mutant counts as survived. */
  readonly runs: number
  /** Only every so-manieth mutant and dialect, from this one on. */
  readonly shard?: Share
  readonly onProgress?: (line: string) => void
}

/** How hard load presses: a fault may show only under some pressure, and silence takes little. */
export type Pressure = 'gently' | 'firmly'

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
  readonly dialects: {
    readonly total: number
    readonly noisy: readonly string[]
    /** What a document forbids a dialect, and no unit found on it. */
    readonly unheard: readonly string[]
  }
  readonly units: { readonly total: number; readonly withoutKill: readonly string[] }
  readonly seconds: number
  readonly kills: readonly Kill[]
}

/** So many servers are tested at once. */
const width = 4

/** The right server stands among the dialects: everything must stay silent on it too. */
const right: Dialect = { id: 'the reference server', lawful: 'it deviates in nothing' }

/** Tries each mutant on the units that prove what it breaks, and everything on each dialect and on the right server. */
export async function runMatrix(parts: MatrixParts): Promise<MatrixResult> {
  const started = performance.now()
  const dialects = shared([right, ...parts.dialects], parts.shard)
  const mutants = shared(parts.mutants, parts.shard)
  const kills: Kill[] = []
  const noisy: string[] = []
  const unheard: string[] = []
  const sight = sightOf(parts)
  const trying = sideBySide([
    ...dialects.map((dialect) => async () => {
      const heard = await heardOf(dialect, parts, sight)
      noisy.push(...heard.noise)
      unheard.push(...heard.missing)
      kills.push(...heard.kills)
      parts.onProgress?.(`${dialect.id}: ${heard.noise.length === 0 ? 'silent' : 'heard'}`)
    }),
    ...mutants.map((mutant) => async () => {
      const found = await killsOf(mutant, parts)
      kills.push(...found)
      parts.onProgress?.(`${mutant.id}: ${found.length > 0 ? `killed by ${found.length}` : 'survived'}`)
    }),
  ])
  // Load leaves the processor idle most of the time, so it goes on beside all else.
  await Promise.all([proveInvariants(parts, kills), trying.then(async () => await proveProperties(parts, kills))])
  const survived = mutants.filter(({ id }) => !kills.some((kill) => kill.mutant === id)).map(({ id }) => id)
  const result: MatrixResult = {
    mutants: { total: mutants.length, killed: mutants.length - survived.length, survived },
    dialects: { total: dialects.filter((one) => one !== right).length, noisy, unheard },
    units: { total: 0, withoutKill: [] },
    seconds: Math.round((performance.now() - started) / 100) / 10,
    kills,
  }
  return mergeResults([result], parts)
}

async function sideBySide(jobs: readonly (() => Promise<void>)[]) {
  const queue = jobs.values()
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const job of queue) await job()
    }),
  )
}

/** What the shards of a matrix come to together. */
export function mergeResults(
  results: readonly MatrixResult[],
  { units, invariants }: Pick<MatrixParts, 'units' | 'invariants'>,
): MatrixResult {
  const kills = results.flatMap((one) => one.kills)
  const proven = new Set(kills.map(({ unit, requirement }) => pairOf(unit, requirement)))
  const everything: readonly Unit[] = [...units, ...invariants]
  const sum = (count: (one: MatrixResult) => number) => results.reduce((total, one) => total + count(one), 0)
  return {
    mutants: {
      total: sum((one) => one.mutants.total),
      killed: sum((one) => one.mutants.killed),
      survived: results.flatMap((one) => one.mutants.survived).toSorted(),
    },
    dialects: {
      total: sum((one) => one.dialects.total),
      noisy: results.flatMap((one) => one.dialects.noisy).toSorted(),
      unheard: results.flatMap((one) => one.dialects.unheard).toSorted(),
    },
    units: {
      total: everything.length,
      withoutKill: everything.flatMap(({ id, proves }) =>
        proves.filter((one) => !proven.has(pairOf(id, one.id))).map((one) => `${id} (${one.id})`),
      ),
    },
    seconds: Math.max(...results.map(({ seconds }) => seconds)),
    kills: kills.toSorted((a, b) => compare(a.mutant, b.mutant) || compare(a.unit, b.unit)),
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const pairOf = (unit: string, requirement: string) => `${unit} ${requirement}`

const shared = <T>(items: readonly T[], shard: Share | undefined): readonly T[] =>
  shard === undefined ? items : items.filter((_, at) => at % shard.of === shard.index)

/**
 * Only units that prove what the mutant breaks may kill it, and only by a finding against that very requirement. Inputs
 * and load cost more than checks: they are tried on what survives those.
 */
async function killsOf(mutant: Mutant, parts: MatrixParts): Promise<readonly Kill[]> {
  const concerned = concernedBy(mutant, parts.units)
  return await onServer(mutant, parts, async (bench) => {
    const checks = concerned.filter(({ kind }) => kind === 'check')
    const byChecks = killsAmong(await bench.test(checks, parts.runs), mutant)
    if (byChecks.length > 0) return byChecks
    const properties = concerned.filter(({ kind }) => kind === 'property')
    const byInputs = killsAmong(await bench.test(properties, parts.runs), mutant)
    if (byInputs.length > 0) return byInputs
    return killsAmong(await bench.press(concernedBy(mutant, parts.invariants)), mutant)
  })
}

/** The units that prove something of what a mutant breaks. */
export const concernedBy = <U extends Unit>({ breaks }: Pick<Mutant, 'breaks'>, units: readonly U[]): readonly U[] =>
  units.filter(({ proves }) => proves.some(({ id }) => breaks.some((one) => one.id === id)))

/** Properties that no survivor called for have yet to show that they can fail. */
const proveProperties = async (parts: MatrixParts, kills: Kill[]) =>
  await prove(
    shared(
      parts.units.filter(({ kind }) => kind === 'property'),
      parts.shard,
    ),
    parts,
    kills,
    async (bench, units, wanted) => await bench.test(units, parts.runs, wanted),
  )

const proveInvariants = async (parts: MatrixParts, kills: Kill[]) =>
  await prove(shared(parts.invariants, parts.shard), parts, kills, async (bench, units) => await bench.press(units))

/** Tries mutants on units until each has failed for each requirement that it proves; those first that concern the most. */
async function prove<U extends Unit>(
  units: readonly U[],
  parts: MatrixParts,
  kills: Kill[],
  attempt: (
    bench: Bench,
    units: readonly U[],
    wanted: (unit: Unit) => ReadonlySet<string>,
  ) => Promise<readonly Outcome[]>,
): Promise<void> {
  const untried = new Set(parts.mutants)
  for (;;) {
    const proven = new Set(kills.map(({ unit, requirement }) => pairOf(unit, requirement)))
    const open = units.flatMap((unit) =>
      unit.proves.filter(({ id }) => !proven.has(pairOf(unit.id, id))).map(({ id }) => ({ unit, requirement: id })),
    )
    const openTo = ({ breaks }: Mutant) => open.filter(({ requirement }) => breaks.some(({ id }) => id === requirement))
    const [best] = [...untried].toSorted((a, b) => openTo(b).length - openTo(a).length)
    if (best === undefined || openTo(best).length === 0) return
    untried.delete(best)
    const chances = openTo(best)
    const concerned = [...new Set(chances.map(({ unit }) => unit))]
    const wanted = ({ id }: Unit) =>
      new Set(chances.filter(({ unit }) => unit.id === id).map(({ requirement }) => requirement))
    const outcomes = await onServer(best, parts, async (bench) => await attempt(bench, concerned, wanted))
    kills.push(...killsAmong(outcomes, best))
    parts.onProgress?.(`${best.id}: shows of ${concerned.length} more whether they can fail`)
  }
}

const killsAmong = (
  outcomes: readonly Outcome[],
  { id: mutant, breaks }: Pick<Mutant, 'id' | 'breaks'>,
): readonly Kill[] =>
  outcomes.flatMap(({ unit, verdict, tried }) => {
    if (verdict.state !== 'fail') return []
    const own = new Set(unit.proves.map(({ id }) => id))
    const found = new Set(verdict.findings.map(({ requirement }) => requirement))
    return [...found]
      .filter((id) => own.has(id) && breaks.some((one) => one.id === id))
      .map((requirement) => ({
        mutant,
        unit: unit.id,
        requirement,
        ...(tried !== undefined && { cases: tried.inputs }),
      }))
  })

/** How many inputs each property tries on the right server, and on each dialect with a seed of its own. */
const runsInSilence = { right: 60, dialect: 3 }

/** What is heard of a dialect: where it is forbidden by a document, the units that say so, and what none of them says. */
interface Heard {
  readonly noise: readonly string[]
  readonly missing: readonly string[]
  readonly kills: readonly Kill[]
}

/** What could tell a dialect from the right server: all that comes to a rule which the dialect has another in the place of. */
interface Sight {
  units(dialect: Dialect): Promise<MatrixParts['units']>
  invariants(dialect: Dialect): Promise<readonly Unit[]>
}

function sightOf(parts: MatrixParts): Sight {
  const byPlace = new Map<string, (Check | Property)[]>()
  for (const unit of parts.units) {
    const place = unit.id.slice(0, unit.id.lastIndexOf('/'))
    byPlace.set(place, [...(byPlace.get(place) ?? []), unit])
  }
  const known = new Map<string, Promise<ReadonlySet<string>>>()
  /** The rules that the right server is asked for while a group is at work; found out once, when that is first of use. */
  const askedBy = async (group: string, work: (bench: Bench) => Promise<unknown>) => {
    const found = known.get(group) ?? rulesAskedBy(work, parts)
    known.set(group, found)
    return await found
  }
  // Nobody comes to no rule: what is more than rules needs no finding out. Inputs come to other rules each time.
  const isSeenByAll = (dialect: Dialect) => dialect === right || !isOutOfSight(dialect, new Set())
  return {
    units: async (dialect) => {
      if (isSeenByAll(dialect)) return parts.units
      const seeing: (Check | Property)[] = []
      for (const [place, group] of byPlace) {
        const tries = group.some(({ kind }) => kind === 'property')
        const asked = tries ? undefined : await askedBy(place, async (bench) => await bench.test(group, 1))
        if (asked === undefined || !isOutOfSight(dialect, asked)) seeing.push(...group)
      }
      return seeing
    },
    invariants: async (dialect) => {
      if (parts.invariants.length === 0 || isSeenByAll(dialect)) return parts.invariants
      const asked = await askedBy('load', async (bench) => await bench.press(parts.invariants, 'gently'))
      return isOutOfSight(dialect, asked) ? [] : parts.invariants
    },
  }
}

async function rulesAskedBy(work: (bench: Bench) => Promise<unknown>, parts: MatrixParts) {
  const { swap, asked } = watchedRules()
  await onServer({ swap }, parts, work)
  return asked
}

async function heardOf(dialect: Dialect, parts: MatrixParts, sight: Sight): Promise<Heard> {
  const runs = Math.min(parts.runs, dialect === right ? runsInSilence.right : runsInSilence.dialect)
  const seed = parts.seed + parts.dialects.indexOf(dialect) + 1
  const outcomes = await onServer(dialect, { ...parts, seed }, async (bench) => [
    ...(await bench.test(await sight.units(dialect), runs)),
    ...(await bench.press(await sight.invariants(dialect), 'gently')),
  ])
  const noise = noiseAmong(outcomes, dialect)
  if (dialect.forbiddenBy === undefined) return { noise, missing: [], kills: [] }
  const kills = killsAmong(outcomes, { id: dialect.id, breaks: dialect.forbiddenBy })
  const missing = dialect.forbiddenBy
    .filter(({ id }) => !kills.some(({ requirement }) => requirement === id))
    .map(({ id }) => `${dialect.id}: nothing finds ${id}`)
  return { noise, missing, kills }
}

/** What does not stay silent where nothing is wrong: a false alarm, or a unit that cannot do its work. */
const noiseAmong = (outcomes: readonly Outcome[], { id, forbiddenBy }: Omit<Dialect, 'lawful'>) =>
  outcomes.flatMap(({ unit, verdict }) => {
    switch (verdict.state) {
      case 'pass':
      case 'inapplicable':
        return []
      case 'fail':
        return verdict.findings
          .filter(({ requirement }) => !forbiddenBy?.some((one) => one.id === requirement))
          .map(
            ({ requirement, actual, expected }) =>
              `${id}: ${unit.id} finds ${requirement}: expected ${expected}, got ${actual}`,
          )
      case 'untestable':
        return [`${id}: ${unit.id} is untestable: ${verdict.because}`]
      case 'broken':
        return [`${id}: ${unit.id} is broken: ${verdict.error.message}`]
    }
  })

/** A server that is up, and the two ways of testing it. */
interface Bench {
  /** A property ends with what is wanted of it, which is whatever the server breaks unless said. */
  test(
    units: MatrixParts['units'],
    runs: number,
    wanted?: (unit: Unit) => ReadonlySet<string>,
  ): Promise<readonly Outcome[]>
  press(invariants: readonly Unit[], how?: Pressure): Promise<readonly Outcome[]>
}

async function onServer<T>(
  variation: Variation,
  { seed, known, runInvariants }: MatrixParts,
  work: (bench: Bench) => Promise<T>,
): Promise<T> {
  const broken = new Set(variation.breaks?.map(({ id }) => id))
  return await onEmbedded(
    variation,
    async (target) =>
      await work({
        test: async (units, runs, wanted = () => broken) =>
          await run(units, target, { seed, runs, known, wanted, concurrency: 4 }, () => {}),
        press: async (invariants, how = 'firmly') =>
          invariants.length > 0 && runInvariants !== undefined ? await runInvariants(invariants, target, how) : [],
      }),
  )
}
