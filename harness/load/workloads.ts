import type { Stage } from '../../core/story.ts'

/** A course that a load takes: how its rate goes over the time that it has. */
export interface Workload {
  /** What it is for, as a clause without a subject. */
  readonly title: string
  /** What is run where nothing else is said. */
  readonly usual: { readonly rate: number; readonly seconds: number }
  stages(rate: number, seconds: number): readonly Stage[]
}

const jump = (rate: number): Stage => ({ rate, seconds: 0 })
const hold = (rate: number, seconds: number): readonly Stage[] => [jump(rate), { rate, seconds }]

/** Every workload by its name. `rate` is the highest that it comes to, but for a storm, which is measured by the calm before it. */
export const workloads = {
  smoke: {
    title: 'sees whether everything works at all: a few iterations a second, for a moment',
    usual: { rate: 2, seconds: 5 },
    stages: hold,
  },
  steady: {
    title: 'holds one rate',
    usual: { rate: 20, seconds: 15 },
    stages: hold,
  },
  ramp: {
    title: 'rises evenly for most of the time, and holds what it has come to',
    usual: { rate: 100, seconds: 60 },
    stages: (rate, seconds) => [
      { rate, seconds: seconds * 0.8 },
      { rate, seconds: seconds * 0.2 },
    ],
  },
  spike: {
    title: 'is quiet, bursts at ten times the rate in the midst, and is quiet again, to see it recover',
    usual: { rate: 100, seconds: 30 },
    stages: (rate, seconds) => [
      ...hold(rate / 10, seconds * 0.4),
      ...hold(rate, seconds * 0.2),
      ...hold(rate / 10, seconds * 0.4),
    ],
  },
  soak: {
    title: 'holds a rate for long, to see what leaks',
    usual: { rate: 20, seconds: 3600 },
    stages: hold,
  },
  storm: {
    title: 'falls silent as in an outage, and then everybody comes at once, at five times the rate, and calms down',
    usual: { rate: 20, seconds: 30 },
    stages: (rate, seconds) => [
      ...hold(rate, seconds * 0.3),
      ...hold(0, seconds * 0.2),
      jump(rate * 5),
      { rate: rate * 5, seconds: seconds * 0.1 },
      { rate, seconds: seconds * 0.2 },
      { rate, seconds: seconds * 0.2 },
    ],
  },
  global: {
    title: 'plays a day of several regions, each with its share, its hours and its distance, one of which fails over',
    usual: { rate: 50, seconds: 60 },
    // The regions make something else of it, each by its hours: see regions.ts.
    stages: hold,
  },
} as const satisfies Readonly<Record<string, Workload>>

export type WorkloadName = keyof typeof workloads

export const workloadNames = Object.keys(workloads) as readonly WorkloadName[]
