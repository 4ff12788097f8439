import type { ScenarioPlan, Story } from '../../core/story.ts'
import type { Target } from '../target/target.ts'
import type { Quantiles, ScenarioResult } from './result.ts'
import { type LoadOptions, runLoad } from './run.ts'

export interface CapacityOptions extends Pick<LoadOptions, 'engine' | 'script' | 'stories' | 'signal'> {
  readonly story: string
  /** Where the search begins, and what it never goes beyond, in iterations a second. */
  readonly from: number
  readonly atMost: number
  /** How long each rate is held once it is warm, in seconds. */
  readonly holdSeconds: number
  /** The search ends when the lowest rate that broke the promise is at most this many times the highest that kept it. */
  readonly within: number
  readonly onStep?: (step: CapacityStep) => void
}

/** What came of one rate. */
export interface CapacityStep {
  readonly rate: number
  /** Iterations that came to their end, a second. */
  readonly achieved: number
  readonly latency: Quantiles
  /** In how many of the blocks the promise was kept. */
  readonly kept: number
  readonly blocks: number
  /** What broke it first; nothing where it was kept. */
  readonly because?: string
  /** Whether it was the generator that could not do more. */
  readonly isGenerator: boolean
}

/** The highest rate at which a server keeps its promise, as far as was looked. */
export interface Capacity {
  readonly story: string
  readonly promise: Story['promise']
  readonly steps: readonly CapacityStep[]
  /** It kept its promise at this rate whenever that was tried; 0 where it never did. */
  readonly kept: number
  /** It broke it at this one; nothing where it never did, or the generator gave out first. */
  readonly broken?: number
  /** Why it ended before the search was narrow enough. */
  readonly endedBecause?: string
}

/** So many blocks are measured at each rate. The promise is kept where most of them keep it: one may be disturbed. */
const blocks = 3

/** Of a hundred iterations none may be dropped or fail, where the rate is kept. */
const lostAtMost = 0.005

const warmUpSeconds = 2

const generatorAtMost = 0.8

/**
 * Searches the highest rate at which a scenario keeps its promise: doubles it until it breaks, then halves what is between.
 * Each rate is approached slowly, and what is measured meanwhile is left out.
 */
export async function findCapacity(target: Target, options: CapacityOptions): Promise<Capacity> {
  const { story, stories, from, atMost, within } = options
  const steps: CapacityStep[] = []
  const attempt = async (rate: number): Promise<CapacityStep> => {
    const step = await tryRate(target, rate, options)
    steps.push(step)
    options.onStep?.(step)
    return step
  }
  const isKept = ({ kept }: CapacityStep) => kept * 2 > blocks
  let [low, high, endedBecause]: [number, number | undefined, string | undefined] = [0, undefined, undefined]
  let rate = Math.min(from, atMost)
  while (endedBecause === undefined && (high === undefined || low === 0 || high / low > within)) {
    if (options.signal?.aborted === true) endedBecause = 'it was interrupted'
    else if (rate < 1) endedBecause = 'it does not even keep its promise at one iteration a second'
    else {
      const step = await attempt(rate)
      if (step.isGenerator) endedBecause = 'the generator could not do more: divide the load among several machines'
      else if (isKept(step)) low = rate
      else high = rate
      if (high === undefined && low >= atMost)
        endedBecause = `it keeps its promise at ${atMost}, and no more was asked for`
      rate = Math.round(high === undefined ? Math.min(atMost, low * 2) : low === 0 ? high / 4 : Math.sqrt(low * high))
      // Whole rates can be too close to each other to go on.
      if ((low > 0 && rate === low) || rate === high) break
    }
  }
  if (low > 0 && high !== undefined && options.signal?.aborted !== true) {
    const again = await attempt(low)
    if (!isKept(again) && !again.isGenerator) {
      // It was kept by luck: the next lower rate that was kept is the answer.
      high = low
      low = Math.max(0, ...steps.filter((one) => isKept(one) && one.rate < low).map((one) => one.rate))
    }
  }
  const promise = stories[story]?.promise ?? { p95: Number.POSITIVE_INFINITY, p99: Number.POSITIVE_INFINITY }
  return {
    story,
    promise,
    steps,
    kept: low,
    ...(high !== undefined && { broken: high }),
    ...(endedBecause !== undefined && { endedBecause }),
  }
}

async function tryRate(target: Target, rate: number, options: CapacityOptions): Promise<CapacityStep> {
  const { story, holdSeconds } = options
  // As many as can be on their way at once where each takes a second: whoever is slower drops some, and should.
  const vus = Math.min(1000, Math.max(10, Math.ceil(rate)))
  const scenario = (name: string, after: number, stages: ScenarioPlan['stages']): ScenarioPlan => ({
    name,
    story,
    stages,
    vus,
    after,
    grace: 2,
  })
  const block = holdSeconds / blocks
  const hold = [
    { rate, seconds: 0 },
    { rate, seconds: block },
  ]
  const scenarios = [
    scenario('warm-up', 0, [{ rate, seconds: warmUpSeconds }]),
    ...Array.from({ length: blocks }, (_, at) => scenario(`block-${at}`, warmUpSeconds + at * block, hold)),
  ]
  const result = await runLoad(target, { ...options, parts: [{ scenarios }] }, () => {})
  if (result.state === 'not-run')
    return { rate, achieved: 0, latency: {}, kept: 0, blocks, because: result.because, isGenerator: false }
  const measured = result.scenarios.filter((one) => one.scenario !== 'warm-up')
  const reasons = measured.map((one) => whyBroken(one, rate * block))
  const kept = reasons.filter((reason) => reason === undefined).length
  const because = reasons.find((reason) => reason !== undefined)
  const middle = measured.toSorted((a, b) => (a.latency['p95'] ?? 0) - (b.latency['p95'] ?? 0))[1]
  return {
    rate,
    achieved: measured.reduce((sum, { iterations, failures }) => sum + iterations - failures, 0) / holdSeconds,
    latency: middle?.latency ?? {},
    kept,
    blocks,
    ...(kept < blocks && because !== undefined && { because }),
    isGenerator: kept * 2 <= blocks && (result.generator.busiest ?? 0) > generatorAtMost,
  }
}

/** Why a block did not keep what was promised; nothing where it did. */
function whyBroken(result: ScenarioResult, expected: number): string | undefined {
  const { promises, iterations, failures, droppedIterations: dropped, heldBack, throttled, invariants } = result
  const broken = invariants.find((one) => one.broken > 0)
  if (broken !== undefined) return `${broken.name}: broken ${broken.broken} times`
  if (iterations === 0) return 'no iteration came to its end'
  if (heldBack + throttled > 0) return 'the target asked for patience'
  if (failures > lostAtMost * expected) return `${failures} of ${iterations} iterations failed`
  if (dropped > lostAtMost * expected) return `${dropped} iterations could not begin, for too many were on their way`
  const missed = promises.find(({ kept }) => !kept)
  return missed === undefined
    ? undefined
    : `${missed.metric} ${missed.actual.toFixed(missed.actual < 10 ? 1 : 0)} ms, and at most ${missed.bound} ms was promised`
}
