import { homedir } from 'node:os'
import { join } from 'node:path'
import { properties, checks, select } from '../../cli/units.ts'
import type { Environment } from '../../harness/programs.ts'
import type { Outcome } from '../../harness/runner/events.ts'
import { run } from '../../harness/runner/run.ts'
import { openTarget } from '../../harness/target/open.ts'
import type { KnownBug } from './known-bug.ts'

/** What a run on one version came to. */
export interface Sight {
  readonly version: string
  /** What was found of what shows the bug, and by which units. */
  readonly found: readonly Found[]
  /** What else was found: no fault of this pair, whichever version it is. */
  readonly besides: readonly Found[]
  /** Units that could show the bug and came to a judgement. */
  readonly judged: readonly string[]
  /** Those that could not, and why. */
  readonly unjudged: readonly { readonly unit: string; readonly because: string }[]
  /** What its properties tried. */
  readonly inputs: number
  readonly requests: number
}

export interface Found {
  readonly requirement: string
  readonly unit: string
  readonly actual: string
}

/** What the two runs say together. */
export type Judgement = 'as owed' | 'missed' | 'false alarm' | 'not judged'

export interface PairResult {
  readonly bug: Pick<KnownBug, 'id' | 'package' | 'wrong' | 'right' | 'registry'>
  readonly wrong: Sight
  readonly right: Sight
  readonly judgement: Judgement
}

/** Where what is downloaded stays between runs. */
export const cacheFolder = (environment: Environment = process.env): string =>
  join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'assay', 'known-bugs')

export interface PairOptions {
  readonly cache: string
  readonly seed: number
  /** How many inputs each property tries. */
  readonly runs: number
}

/** Tests the wrong version, then the right one, each alone on the machine. */
export async function tryPair(bug: KnownBug, options: PairOptions): Promise<PairResult> {
  const { id, package: name, registry } = bug
  const wrong = await look(bug, bug.wrong, options)
  const right = await look(bug, bug.right, options)
  return {
    bug: { id, package: name, registry, wrong: bug.wrong, right: bug.right },
    wrong,
    right,
    judgement: judgementOf(wrong, right),
  }
}

/** Ten minutes for all properties: they sign somebody in for each input, at servers that take their time. */
const milliseconds = 600_000

async function look(bug: KnownBug, version: string, { cache, seed, runs }: PairOptions): Promise<Sight> {
  await bug.prepare(version, cache)
  const deployment = await bug.start(version, cache)
  try {
    const { target, close } = await openTarget(deployment.settings)
    try {
      const units = select([...checks, ...properties], bug.only)
      const wanted = new Set(bug.shows.map(({ id }) => id))
      const outcomes = await run(units, target, { seed, runs, wanted: () => wanted, milliseconds }, () => {})
      return sightOf(bug, version, outcomes)
    } finally {
      await close()
    }
  } finally {
    await deployment.close()
  }
}

/** Sorts what a run came to by whether it is about the bug. */
export function sightOf({ shows }: Pick<KnownBug, 'shows'>, version: string, outcomes: readonly Outcome[]): Sight {
  const ids = new Set(shows.map(({ id }) => id))
  const found = outcomes.flatMap(({ verdict }) => (verdict.state === 'fail' ? verdict.findings : []))
  const told = found.map(({ requirement, unit, actual }) => ({ requirement, unit, actual }))
  const concerned = outcomes.filter(({ unit }) => unit.proves.some(({ id }) => ids.has(id)))
  return {
    version,
    found: told.filter(({ requirement }) => ids.has(requirement)),
    besides: told.filter(({ requirement }) => !ids.has(requirement)),
    judged: concerned.flatMap(({ unit, verdict }) =>
      verdict.state === 'pass' || verdict.state === 'fail' ? [unit.id] : [],
    ),
    unjudged: concerned.flatMap(({ unit, verdict }) => {
      if (verdict.state === 'pass' || verdict.state === 'fail') return []
      return [{ unit: unit.id, because: verdict.state === 'broken' ? verdict.error.message : verdict.because }]
    }),
    inputs: outcomes.reduce((sum, { tried }) => sum + (tried?.inputs ?? 0), 0),
    requests: outcomes.reduce((sum, { tried }) => sum + (tried?.requests ?? 0), 0),
  }
}

/**
 * What a pair comes to. Silence counts only where it follows from looking: a unit that found the bug in the wrong version
 * must have come to a judgement on the right one.
 */
export function judgementOf(wrong: Sight, right: Sight): Judgement {
  if (right.found.length > 0) return 'false alarm'
  if (wrong.found.length === 0) return wrong.judged.length === 0 ? 'not judged' : 'missed'
  return wrong.found.some(({ unit }) => right.judged.includes(unit)) ? 'as owed' : 'not judged'
}
