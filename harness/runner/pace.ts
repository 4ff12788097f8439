import { setTimeout as delay } from 'node:timers/promises'

/** Lets through at most so many requests a second, and none while the target asked for peace. */
export interface Pacer {
  wait(signal: AbortSignal): Promise<void>
  /** Holds every request back for so many milliseconds. */
  pause(milliseconds: number): void
}

/** What a pacer knows of time, in milliseconds. */
export interface Time {
  now(): number
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
}

const machineTime: Time = {
  now: () => performance.now(),
  sleep: async (milliseconds, signal) => await delay(milliseconds, undefined, { signal }),
}

export function pacer(maxRps: number | undefined, time: Time = machineTime): Pacer {
  const interval = maxRps === undefined ? 0 : 1000 / maxRps
  let next = 0
  let pausedUntil = 0
  return {
    wait: async (signal) => {
      // Whoever wakes up while there is a pause takes a turn after it.
      for (;;) {
        const now = time.now()
        const turn = Math.max(now, next)
        if (interval > 0) next = turn + interval
        if (turn > now) await time.sleep(turn - now, signal)
        if (turn >= pausedUntil) return
      }
    },
    pause: (milliseconds) => {
      pausedUntil = Math.max(pausedUntil, time.now() + milliseconds)
      next = Math.max(next, pausedUntil)
    },
  }
}
