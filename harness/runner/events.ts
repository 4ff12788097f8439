import type { Unit } from '../../core/unit.ts'
import type { Verdict } from '../../core/verdict.ts'
import type { LoadResult } from '../load/result.ts'

/** What a unit came to. */
export interface Outcome {
  readonly unit: Unit
  readonly verdict: Verdict
  readonly milliseconds: number
  /** How many generated inputs were tried, for a property. */
  readonly cases?: number
}

/** What a run tells whoever listens, in this order; reports are objects of optional hooks over these. */
export type RunEvent =
  | { readonly type: 'run-started'; readonly issuer: string; readonly units: number; readonly seed: number }
  | { readonly type: 'unit-started'; readonly unit: Unit }
  | { readonly type: 'unit-finished'; readonly outcome: Outcome; readonly done: number; readonly units: number }
  | {
      readonly type: 'load-progress'
      readonly scenarios: readonly string[]
      readonly elapsed: number
      readonly of: number
    }
  | { readonly type: 'load-finished'; readonly result: LoadResult }
  | { readonly type: 'run-finished'; readonly interrupted: boolean }

export type Emit = (event: RunEvent) => void
