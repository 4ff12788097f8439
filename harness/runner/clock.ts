import type { HttpClient } from '../client/http.ts'
import { Untestable } from '../error.ts'
import type { Target } from '../target/target.ts'

/** The target's clock as far as the harness has moved it. */
export interface TargetClock {
  /** Milliseconds since the epoch, as the target has it. */
  readonly now: () => number
  advance(milliseconds: number, http: HttpClient): Promise<void>
  /** Puts the clock back to the machine's time. */
  reset(http: HttpClient): Promise<void>
}

export function targetClock({ clockUrl }: Pick<Target, 'clockUrl'>): TargetClock {
  let offset = 0
  // An answer that got lost leaves the clock moved all the same.
  let isMoved = false
  const moveTo = async (milliseconds: number, http: HttpClient) => {
    if (clockUrl === undefined) throw new Untestable('the target offers no clock; name one as clock_url')
    isMoved = true
    const response = await http.send({
      method: 'POST',
      url: clockUrl,
      headers: [['content-type', 'application/json']],
      body: JSON.stringify({ offset_ms: milliseconds }),
    })
    if (response.status !== 200)
      throw new Untestable(`the target's clock could not be moved: status ${response.status}`)
    offset = milliseconds
    isMoved = offset !== 0
  }
  return {
    now: () => Date.now() + offset,
    advance: async (milliseconds, http) => await moveTo(offset + milliseconds, http),
    reset: async (http) => {
      if (isMoved) await moveTo(0, http)
    },
  }
}
