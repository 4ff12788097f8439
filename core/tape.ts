/** A request by its size alone, to be made again without a meaning. */
export type SizedRequest = readonly [method: string, pathLength: number, bodyLength: number, headersLength: number]

/** The requests of a scenario, in turns: those of one turn are made at once. */
export interface Tape {
  readonly turns: readonly (readonly SizedRequest[])[]
  /** How many requests an iteration makes, on average. */
  readonly perIteration: number
}
