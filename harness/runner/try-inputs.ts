import { createHash } from 'node:crypto'
import fc from 'fast-check'
import type { Exchange } from '../../core/exchange.ts'
import type { Unit } from '../../core/unit.ts'
import { type Breach, Broken } from '../breach.ts'
import type { Property } from '../property.ts'
import type { Workplace } from './context.ts'

/** The smallest input that a property fails on, and how to generate it again. */
export interface Counterexample {
  readonly input: string
  /** That of the run. */
  readonly seed: number
  readonly path: string
}

/** So many more inputs are tried after the first that fails: a small counterexample soon is worth more than the smallest late. */
const triesToShrink = 200

/** Longer inputs are cut when they are printed, in characters. */
const longestInput = 2000

interface Failure {
  readonly breaches: readonly Breach[]
  readonly exchanges: readonly Exchange[]
}

/**
 * Tries inputs until one is answered wrongly, then smaller ones. The workplace is left with the breaches and exchanges of
 * the smallest that still fails. With a path it tries the one input that lies there.
 */
export async function tryInputs(
  property: Property,
  workplace: Workplace,
  options: { readonly seed: number; readonly runs: number; readonly path?: string; readonly unshrunk?: boolean },
): Promise<{ readonly cases: number; readonly found: Counterexample | undefined }> {
  const { context, http } = workplace
  const arranged = await property.arrange?.(context)
  const { holds, outcome } = trial(property, workplace, arranged)
  const details = await fc.check(fc.asyncProperty(property.inputs(context, arranged), holds), {
    seed: unitSeed(options.seed, property),
    numRuns: options.runs,
    ...(options.path !== undefined && { path: options.path }),
    endOnFailure: options.path !== undefined || options.unshrunk === true,
  })
  const { smallest, obstacle } = outcome
  http.startOver(smallest?.exchanges)
  workplace.breaches.splice(0, workplace.breaches.length, ...(smallest?.breaches ?? []))
  if (smallest === undefined) {
    if (obstacle !== undefined) throw obstacle
    if (details.failed && details.errorInstance instanceof Error) throw details.errorInstance
    if (details.failed) throw new TypeError(`${property.id} generates no inputs`)
    return { cases: details.numRuns, found: undefined }
  }
  const found: Counterexample = {
    input: fc.stringify(details.counterexample?.[0]).slice(0, longestInput),
    seed: options.seed,
    path: details.counterexamplePath ?? '',
  }
  return { cases: details.numRuns, found }
}

/** Each property has a seed of its own, so that running it alone gives the same inputs as running all. */
const unitSeed = (seed: number, { id }: Unit) => createHash('sha256').update(`${seed} ${id}`).digest().readInt32BE(0)

/** What a smaller input must still show: it might else lead to another fault, and a lesser one. */
const showsAll = (breaches: readonly Breach[], before: Failure | undefined): boolean =>
  (before?.breaches ?? []).every(({ requirement, violation }) =>
    breaches.some((breach) => breach.requirement.id === requirement.id && breach.violation === violation),
  )

/** Judges one input after the other, until enough were tried or something keeps the property from judging. */
function trial(property: Property, { context, http, breaches }: Workplace, arranged: unknown) {
  const outcome: { smallest?: Failure; obstacle?: Error } = {}
  let left = triesToShrink
  // Read before it is dropped, so that what was arranged is known to be secret.
  http.startOver(http.exchanges)

  const holds = async (input: unknown): Promise<boolean> => {
    if (outcome.obstacle !== undefined || left <= 0) return true
    if (outcome.smallest !== undefined) left -= 1
    http.startOver()
    breaches.length = 0
    try {
      await property.holds(input, context, arranged)
    } catch (error) {
      if (!(error instanceof Broken) && breaches.length === 0) {
        outcome.obstacle = error instanceof Error ? error : new Error(String(error))
        return true
      }
    }
    if (breaches.length === 0 || !showsAll(breaches, outcome.smallest)) return true
    outcome.smallest = { breaches: [...breaches], exchanges: http.exchanges }
    return false
  }
  return { holds, outcome }
}
