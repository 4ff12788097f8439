import type { Unit } from '../../core/unit.ts'
import type { Verdict } from '../../core/verdict.ts'
import type { LoadResult, Moment } from '../load/result.ts'

/** What a unit came to. */
export interface Outcome {
  readonly unit: Unit
  readonly verdict: Verdict
  readonly milliseconds: number
  /** What a property has tried: without it, that nothing was found means nothing. */
  readonly tried?: Tried
}

/** What a property has tried. */
export interface Tried {
  readonly inputs: number
  /** All that were sent, those that arrange something included. */
  readonly requests: number
  /** How many kinds of answer came: differing in status, error, shape or where they send the browser. */
  readonly answers: number
  /** How often each kind of input was among them, by its name. */
  readonly kinds: Readonly<Record<string, number>>
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
      /** How it goes at the moment; nothing where nobody has told yet. */
      readonly latest?: Moment
    }
  | { readonly type: 'load-finished'; readonly result: LoadResult }
  | { readonly type: 'run-finished'; readonly interrupted: boolean }

export type Emit = (event: RunEvent) => void
