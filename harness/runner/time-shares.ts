import type { Unit } from '../../core/unit.ts'

/** Divides the time of a run among its properties. */
export interface TimeShares {
  /** How long this one may try inputs from now on, in milliseconds. */
  of(unit: Unit): number
}

/**
 * Each property gets as much as the others; what one leaves over falls to those that come after it. Those that move the
 * clock run one at a time, after the rest.
 */
export function timeShares(
  units: readonly Unit[],
  { milliseconds, width }: { readonly milliseconds: number | undefined; readonly width: number },
  now: () => number = () => performance.now(),
): TimeShares {
  if (milliseconds === undefined) return { of: () => Number.POSITIVE_INFINITY }
  const end = now() + milliseconds
  const waiting = new Set(units)
  const movesClock = ({ needs }: Unit) => needs.includes('clock')
  return {
    of: (unit) => {
      const alone = [...waiting].filter(movesClock).length
      const turns = Math.ceil((waiting.size - alone) / width)
      const isAlone = movesClock(unit)
      waiting.delete(unit)
      return Math.max(0, end - now()) / Math.max(1, isAlone ? alone : alone + Math.max(1, turns))
    },
  }
}
