/** What is wrong with a sampled token. */
export interface Flaw {
  readonly message: string
  /** Whether it is that no published key has signed it. */
  readonly ofSignature: boolean
}

/** What is wrong, if anything; or a sentence that says why nobody can tell. */
export type Found = Flaw | undefined | string

/** Does some work, unless what was done before it has taken too long; nothing then. */
export type Allowance = <T>(work: () => Promise<T>) => Promise<T | undefined>

/**
 * For fetching keys anew, in milliseconds for a whole run: a server that answers slowly, and signs with what it does not
 * publish, would keep us for as long as it has given us samples. By then enough of them were seen to be wrong.
 */
const refetchingMs = 30_000

export function allowance(milliseconds = refetchingMs): Allowance {
  let spent = 0
  return async (work) => {
    if (spent >= milliseconds) return undefined
    const started = performance.now()
    try {
      return await work()
    } finally {
      spent += performance.now() - started
    }
  }
}

/** How far the clocks of the target and of the harness may be apart, in seconds. */
export const clockTolerance = 5
