import type { Stage } from '../../core/story.ts'

/** Where part of the people of a global service are. */
export interface Region {
  readonly name: string
  /** Its part of all iterations of a day, beside those of the others. */
  readonly share: number
  /** The round trip to the server that its distance costs, in milliseconds. */
  readonly distanceMs: number
  /** The hour of the day, UTC, at which most of its people are awake. */
  readonly peakHour: number
}

/** The regions that are played where the target file names none: a service that is at home in Europe. */
export const usualRegions: readonly Region[] = [
  { name: 'europe', share: 0.45, distanceMs: 10, peakHour: 14 },
  { name: 'america', share: 0.35, distanceMs: 90, peakHour: 20 },
  { name: 'asia', share: 0.2, distanceMs: 180, peakHour: 6 },
]

const hours = 24

/** How much more than on average comes at the peak, and how much less in the depth of the night. */
const swing = 0.8

/** The hours in which the first region is down, and the next one has its people. */
const outage = { from: 15, to: 18 }

/**
 * What each region does while a day passes in so many seconds. All regions together come to `rate` when the most people
 * are awake.
 */
export function dayOf(
  regions: readonly Region[],
  rate: number,
  seconds: number,
): readonly { readonly region: Region; readonly stages: readonly Stage[] }[] {
  const all = regions.reduce((sum, { share }) => sum + share, 0)
  const awake = ({ share, peakHour }: Region, hour: number) =>
    (share / all) * (1 + swing * Math.cos(((hour - peakHour) / hours) * 2 * Math.PI))
  const hourly = Array.from({ length: hours + 1 }, (_, hour) => regions.map((region) => awake(region, hour)))
  const busiest = Math.max(...hourly.map((shares) => shares.reduce((sum, share) => sum + share, 0)))
  const demand = (index: number, hour: number): number => {
    const own = ((hourly[hour]?.[index] ?? 0) / busiest) * rate
    const isOut = regions.length > 1 && hour >= outage.from && hour < outage.to
    if (!isOut) return own
    return index === 0 ? 0 : index === 1 ? own + ((hourly[hour]?.[0] ?? 0) / busiest) * rate : own
  }
  return regions.map((region, index) => ({
    region,
    stages: Array.from({ length: hours }, (_, hour) => hour).flatMap((hour): readonly Stage[] => [
      // A region fails, and comes back, within a moment; else the rate glides.
      ...(hour === 0 || hour === outage.from || hour === outage.to ? [{ rate: demand(index, hour), seconds: 0 }] : []),
      {
        rate: hour + 1 === outage.from || hour + 1 === outage.to ? demand(index, hour) : demand(index, hour + 1),
        seconds: seconds / hours,
      },
    ]),
  }))
}
