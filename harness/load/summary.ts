import { z } from 'zod'
import { merged } from '../../core/histogram.ts'
import type { EngineScenario, EngineSummary } from '../../core/story.ts'

const count = z.int().nonnegative()

const histogram = z.object({
  count,
  sum: z.number(),
  min: z.number(),
  max: z.number(),
  buckets: z.array(z.tuple([z.int(), count])),
})

/** Which process of a run it is that says something. */
export const shareShape = z.object({
  run: z.string().exactOptional(),
  region: z.string().exactOptional(),
  index: count,
  of: count,
  segment: z.string().exactOptional(),
})

const summaryShape = z.object({
  share: shareShape.exactOptional(),
  scenarios: z.array(
    z.object({
      name: z.string(),
      story: z.string(),
      seconds: z.number().nonnegative(),
      requests: count,
      iterations: count,
      failed: count,
      droppedIterations: count,
      throttled: count,
      heldBack: count,
      latency: histogram,
      invariants: z.array(z.object({ name: z.string(), observed: count, broken: count })),
    }),
  ),
  exceptions: count,
  undelivered: count,
})

/** What a process of k6 said at its end; nothing where it said nothing that can be read. */
export function summaryIn(line: string | undefined): EngineSummary | undefined {
  if (line === undefined) return undefined
  try {
    return summaryShape.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

/** Several processes as if they had been one: what is counted is added up, and percentiles come of what was added up. */
export function mergeSummaries(summaries: readonly EngineSummary[]): EngineSummary {
  const parts = new Map<string, EngineScenario[]>()
  for (const one of summaries.flatMap(({ scenarios }) => scenarios))
    parts.set(one.name, [...(parts.get(one.name) ?? []), one])
  return {
    scenarios: [...parts.values()].flatMap((one) => mergeScenarios(one)),
    exceptions: sumOf(summaries, ({ exceptions }) => exceptions),
    undelivered: sumOf(summaries, ({ undelivered }) => undelivered),
  }
}

function mergeScenarios(parts: readonly EngineScenario[]): readonly EngineScenario[] {
  const [first] = parts
  if (first === undefined) return []
  const sum = (name: 'requests' | 'iterations' | 'failed' | 'droppedIterations' | 'throttled' | 'heldBack'): number =>
    sumOf(parts, (part) => part[name])
  const merger: EngineScenario = {
    name: first.name,
    story: first.story,
    seconds: Math.max(...parts.map(({ seconds }) => seconds)),
    requests: sum('requests'),
    iterations: sum('iterations'),
    failed: sum('failed'),
    droppedIterations: sum('droppedIterations'),
    throttled: sum('throttled'),
    heldBack: sum('heldBack'),
    latency: merged(parts.map(({ latency }) => latency)),
    invariants: first.invariants.map(({ name }) => {
      const counted = parts.flatMap(({ invariants }) => invariants.filter((one) => one.name === name))
      return {
        name,
        observed: sumOf(counted, ({ observed }) => observed),
        broken: sumOf(counted, ({ broken }) => broken),
      }
    }),
  }
  return [merger]
}

const sumOf = <T>(parts: readonly T[], of: (part: T) => number): number =>
  parts.reduce((sum, part) => sum + of(part), 0)
