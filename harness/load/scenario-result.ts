import { quantile } from '../../core/histogram.ts'
import type { EngineScenario, EngineSummary, Story } from '../../core/story.ts'
import type { LoadResult, Quantiles, ScenarioResult } from './result.ts'
import type { Judged } from './testimony.ts'

/** What was measured, by whomever, wherever. */
interface Measurement extends Pick<Measured, 'engine' | 'timeline' | 'generator' | 'warnings'> {
  /** Of all processes together, and of those of each region. */
  readonly whole: EngineSummary
  readonly regions: readonly { readonly region: string; readonly summary: EngineSummary }[]
  readonly judged: Judged
}

type Measured = Extract<LoadResult, { state: 'measured' }>

/** What it comes to; its warnings stand before those about each scenario. */
export function measuredBy(
  { whole, regions, judged, warnings, ...rest }: Measurement,
  stories: Readonly<Record<string, Story>>,
): Measured {
  const resultsOf = (summary: EngineSummary, by?: Judged) => summary.scenarios.map((one) => resultOf(one, stories, by))
  const { verified, rejected, problems } = judged.samples
  return {
    state: 'measured',
    ...rest,
    seconds: Math.max(0, ...whole.scenarios.map(({ seconds }) => seconds)),
    scenarios: resultsOf(whole, judged),
    regions: regions.map(({ region, summary }) => ({ region, scenarios: resultsOf(summary) })),
    warnings: [...warnings, ...problems, ...whole.scenarios.flatMap((one) => warningsAbout(one))],
    samples: { verified, rejected },
  }
}

/** Why an invariant that nobody saw broken may have been. */
export const warningsOfUnseen = (
  { undelivered }: Pick<EngineSummary, 'undelivered'>,
  { isFull }: Pick<Judged, 'isFull'>,
): readonly string[] => [
  ...(undelivered > 0
    ? [`what virtual users had seen did not arrive, ${undelivered} times: what came twice may have gone unseen`]
    : []),
  ...(isFull ? ['more values came than can be told apart: what came twice may have gone unseen'] : []),
]

/** What is wrong with a scenario's figures. */
function warningsAbout({ name, iterations, failed, throttled, heldBack }: EngineScenario): readonly string[] {
  const completed = iterations - failed - throttled - heldBack
  return [
    ...(iterations === 0 || failed > 0
      ? [
          `${name} completed ${completed === 0 ? 'no iteration' : `${completed} of ${iterations} iterations`}; see whether the target answers in time`,
        ]
      : []),
    ...(throttled > 0
      ? [
          `the target asked for patience ${throttled} times in ${name}, and ${heldBack} iterations were left out for it: lower the rate`,
        ]
      : []),
  ]
}

/**
 * What a scenario measured, held against its promise, with what became of its invariants: of those that a companion
 * judges, which knows of the whole run and not of a region, only where it is said what it judged.
 */
function resultOf(
  scenario: EngineScenario,
  stories: Readonly<Record<string, Story>>,
  judged?: Pick<Judged, 'of'>,
): ScenarioResult {
  const story = stories[scenario.story]
  const promise: Readonly<Record<string, number>> = story?.promise ?? {}
  const latency = figuresOf(scenario)
  return {
    scenario: scenario.name,
    requests: scenario.requests,
    requestsPerSecond: scenario.seconds > 0 ? scenario.requests / scenario.seconds : 0,
    iterations: scenario.iterations,
    droppedIterations: scenario.droppedIterations,
    failures: scenario.failed,
    throttled: scenario.throttled,
    heldBack: scenario.heldBack,
    latency,
    distribution: scenario.latency,
    // What was not measured is neither kept nor broken.
    promises: Object.entries(promise).flatMap(([metric, bound]) => {
      const actual = latency[metric]
      return actual === undefined ? [] : [{ metric, bound, actual, kept: actual <= bound }]
    }),
    invariants: Object.entries(story?.invariants ?? {}).flatMap(([name, invariant]) => {
      if (invariant.by !== undefined && judged === undefined) return []
      const seen = judged?.of(scenario.story, invariant) ?? scenario.invariants.find((counted) => counted.name === name)
      return [{ name, observed: seen?.observed ?? 0, broken: seen?.broken ?? 0 }]
    }),
  }
}

const percentiles = [50, 75, 90, 95, 99, 99.9]

/** In milliseconds; none where nothing was measured. */
function figuresOf({ latency }: EngineScenario): Quantiles {
  if (latency.count === 0) return {}
  return {
    min: latency.min,
    avg: latency.sum / latency.count,
    ...Object.fromEntries(percentiles.map((percent) => [`p${percent}`, quantile(latency, percent / 100)])),
    max: latency.max,
  }
}
