import { setTimeout as delay } from 'node:timers/promises'

/** Lets through at most so many requests a second, and none while the target asked for peace. */
export interface Pacer {
  wait(signal: AbortSignal): Promise<void>
  /** Holds every request back for so many milliseconds. */
  pause(milliseconds: number): void
}

export function pacer(maxRps: number | undefined): Pacer {
  const interval = maxRps === undefined ? 0 : 1000 / maxRps
  let next = 0
  return {
    wait: async (signal) => {
      const now = performance.now()
      const at = Math.max(now, next)
      if (interval > 0) next = at + interval
      if (at > now) await delay(at - now, undefined, { signal })
    },
    pause: (milliseconds) => {
      next = Math.max(next, performance.now() + milliseconds)
    },
  }
}
