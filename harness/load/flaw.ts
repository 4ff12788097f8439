/** What is wrong with a sampled token. */
export interface Flaw {
  readonly message: string
  /** Whether it is that no published key has signed it. */
  readonly ofSignature: boolean
}

/** What is wrong, if anything; or a sentence that says why nobody can tell. */
export type Found = Flaw | undefined | string

/** How far the clocks of the target and of the harness may be apart, in seconds. */
export const clockTolerance = 5
