/** What time it is, in milliseconds since the epoch. A test server's clock can be moved. */
export interface Clock {
  now(): number
  /** Sets how far the clock is ahead of the machine's, in milliseconds. */
  moveTo(offsetMs: number): void
}

export function movableClock(): Clock {
  let offset = 0
  return {
    now: () => Date.now() + offset,
    moveTo: (offsetMs) => {
      offset = offsetMs
    },
  }
}

/** The same time in seconds, as tokens state it. */
export const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000)
