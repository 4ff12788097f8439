import type { Histogram } from '../../core/histogram.ts'

/** Latency in milliseconds at chosen quantiles, keyed `p50`, `p95`, …. */
export type Quantiles = Readonly<Record<string, number>>

/** What one scenario of a load run measured. All latencies in milliseconds, all rates per second. */
export interface ScenarioResult {
  readonly scenario: string
  readonly requests: number
  readonly requestsPerSecond: number
  readonly iterations: number
  readonly droppedIterations: number
  readonly failures: number
  /** Iterations that the target answered with a wish for patience, and those that were left out because of it. */
  readonly throttled: number
  readonly heldBack: number
  readonly latency: Quantiles
  /** All latencies, as they can be added to those of other runs. */
  readonly distribution: Histogram
  /** The promise that the scenario makes of its latency, and whether it was kept. */
  readonly promises: readonly {
    readonly metric: string
    readonly bound: number
    readonly actual: number
    readonly kept: boolean
  }[]
  /** How often each invariant was looked at and how often it broke. */
  readonly invariants: readonly { readonly name: string; readonly observed: number; readonly broken: number }[]
}

/** A while of a run, all scenarios together, in the order of time. */
export interface Moment {
  /** Seconds from the start of the run to the end of the while. */
  readonly at: number
  /** Iterations that ended, a second. */
  readonly rate: number
  readonly failures: number
  /** In milliseconds; of no request there are none. */
  readonly latency: Quantiles
}

/** What the load itself cost: where it is much, the figures tell of the generator and not of the target. */
export interface GeneratorCost {
  readonly processes: number
  /** Seconds of one processor; nothing where the system does not tell. */
  readonly processorSeconds?: number
  /** The largest share of all processors that it used, of 1. */
  readonly busiest?: number
}

export type LoadResult =
  | {
      readonly state: 'measured'
      readonly engine: string
      readonly seconds: number
      readonly scenarios: readonly ScenarioResult[]
      /** Where the load came from several regions: what each of them measured. */
      readonly regions: readonly { readonly region: string; readonly scenarios: readonly ScenarioResult[] }[]
      readonly timeline: readonly Moment[]
      readonly generator: GeneratorCost
      readonly warnings: readonly string[]
      readonly samples: { readonly verified: number; readonly rejected: number }
    }
  | { readonly state: 'not-run'; readonly because: string }
