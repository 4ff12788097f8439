/** The requests of a scenario by their size alone, to be made again without a meaning. */
export interface Tape {
  readonly requests: readonly (readonly [method: string, bodyLength: number, headersLength: number])[]
  /** How many an iteration makes, on average. */
  readonly perIteration: number
}
