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
  readonly latency: Quantiles
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

export type LoadResult =
  | {
      readonly state: 'measured'
      readonly engine: string
      readonly seconds: number
      readonly scenarios: readonly ScenarioResult[]
      readonly warnings: readonly string[]
      readonly samples: { readonly verified: number; readonly rejected: number }
    }
  | { readonly state: 'not-run'; readonly because: string }
