/** A request to be made again without a meaning: as long as it was, and with what only answers can tell. */
export interface TapedRequest {
  readonly method: string
  readonly pathLength: number
  readonly bodyLength: number
  /** Of what tells one request from another: credentials and cookies. */
  readonly headersLength: number
  readonly taken: readonly Taken[]
  /** How much of the path k6 cannot make and has from the companion; nothing where it makes all of it. */
  readonly drawnLength?: number
}

/** A value that a request takes from an answer, as whoever follows a flow has to. */
export interface Taken {
  /** Which answer: that of so many turns before, and which one of these. */
  readonly turnsBefore: number
  readonly at: number
  readonly from: 'location' | 'body'
  /** What it stands behind, the first time that this comes there. */
  readonly behind: string
  readonly length: number
  readonly into: 'path' | 'body'
}

/** The requests of a scenario, in turns: those of one turn are made at once. */
export interface Tape {
  readonly turns: readonly (readonly TapedRequest[])[]
  /** How many requests an iteration makes, on average. */
  readonly perIteration: number
}

/** No value is looked for in answers that are older, in turns. */
export const turnsKept = 16
