import type { Context, Endpoint } from '../context.ts'
import { json, nothing } from '../http.ts'

/** Times up to the year 275760 are times: what lies beyond no clock shows, in milliseconds. */
const furthest = 8.64e15

/** Moves the clock: `{"offset_ms": n}`. */
export const clockEndpoint =
  ({ clock }: Context): Endpoint =>
  async (request) => {
    const said: unknown = await request.json().catch(() => undefined)
    const offset = typeof said === 'object' && said !== null && 'offset_ms' in said ? said.offset_ms : undefined
    if (typeof offset !== 'number' || !Number.isSafeInteger(offset) || Math.abs(Date.now() + offset) > furthest)
      return json(400, { error: 'offset_ms must be a whole number of milliseconds' })
    clock.moveTo(offset)
    return json(200, { now: new Date(clock.now()).toISOString() })
  }

/** Rotates the keys, whatever the body says; the answer comes when all of them sign. */
export const keyRotationEndpoint =
  ({ keys }: Context): Endpoint =>
  async () => {
    await keys.rotate()
    return nothing(204)
  }
