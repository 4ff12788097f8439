import fc from 'fast-check'
import { NoAnswer } from '../client/http.ts'
import { Broken } from '../expect.ts'
import type { Property } from '../property.ts'
import type { Workplace } from './context.ts'

/** The smallest input that a property fails on, and how to generate it again. */
export interface Counterexample {
  readonly input: string
  readonly seed: number
  readonly path: string
}

/** Shrinking stops here: a counterexample that is nearly the smallest, soon, is worth more than the smallest, late. */
const shrinksAtMost = 200

/** Longer inputs are cut when they are printed, in characters. */
const longestInput = 2000

/**
 * Tries inputs until one is answered wrongly, then smaller ones. The workplace is left with the breaches and exchanges of
 * the smallest that still fails.
 */
export async function tryInputs(
  property: Property,
  workplace: Workplace,
  options: { readonly seed: number; readonly runs: number; readonly path?: string },
) {
  const { context, http, breaches } = workplace
  const arranged = await property.arrange?.(context)
  let smallest:
    | {
        readonly breaches: readonly Workplace['breaches'][number][]
        readonly exchanges: readonly (typeof http.exchanges)[number][]
      }
    | undefined
  let failures = 0

  const holds = async (input: unknown) => {
    http.exchanges.length = 0
    breaches.length = 0
    if (failures > shrinksAtMost) return true
    try {
      await property.holds(input, context, arranged)
    } catch (error) {
      if (!(error instanceof Broken)) throw error
    }
    if (breaches.length === 0) return true
    failures += 1
    smallest = { breaches: [...breaches], exchanges: [...http.exchanges] }
    return false
  }

  const details = await fc.check(fc.asyncProperty(property.inputs(context), holds), {
    seed: options.seed,
    numRuns: options.runs,
    ...(options.path !== undefined && { path: options.path }),
  })
  http.exchanges.length = 0
  breaches.length = 0
  if (details.errorInstance instanceof NoAnswer || (details.failed && smallest === undefined))
    throw details.errorInstance
  if (smallest === undefined || !details.failed) return { cases: details.numRuns, found: undefined }
  breaches.push(...smallest.breaches)
  http.exchanges.push(...smallest.exchanges)
  const found: Counterexample = {
    input: fc.stringify(details.counterexample?.[0]).slice(0, longestInput),
    seed: details.seed,
    path: details.counterexamplePath ?? '',
  }
  return { cases: details.numRuns, found }
}
