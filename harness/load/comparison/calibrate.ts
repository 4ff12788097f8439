import type { Slowness } from '../distance.ts'
import { compare, type CompareOptions, type Side } from './compare.ts'
import { type Bar, judgePairs, type Pair, type Standing } from './judge.ts'
import { machineName } from './machine.ts'
import { diceOf, medianOf } from './statistics.ts'

/** What a comparison of a server with itself shows of the comparison, on one machine. */
export interface Calibration {
  readonly machine: string
  readonly story: string
  readonly rate: number
  readonly blockSeconds: number
  /** How many pairs a comparison has that is as sharp as this one says. */
  readonly pairs: number
  readonly margin: number
  readonly metrics: Readonly<Record<string, MetricCalibration>>
}

export interface MetricCalibration {
  /** How often a server was judged worse than itself, of 1. */
  readonly falseAlarms: number
  /** The smallest slowdown that is seen four times out of five, as a share: 0.2 is 20 %. Nothing where not even 300 % are. */
  readonly smallest?: number
}

/** A delay that was put before the answers of one side, as a share of what they take, and what was made of it. */
export interface Injection {
  readonly delay: number
  /** What that came to at the median. */
  readonly milliseconds: number
  readonly standings: readonly Standing[]
}

export interface CalibrateOptions extends CompareOptions {
  /** Shares of their latency by which the answers of the second side come later. */
  readonly delays: readonly number[]
  /** How often each of them is tried, and no delay as well. */
  readonly repeat: number
  readonly onInjection?: (injection: Injection) => void
}

/** So many comparisons are played with the pairs that were measured. */
const experiments = 200

const powerWanted = 0.8

/** What is tried as the smallest slowdown, as shares. */
const slowdowns = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3]

/** Drawing less often is coarse enough for an answer of four out of five. */
const resamples = 1000

/** Compares a server with itself, and then with itself behind a delay, to know what a verdict here is worth. */
export async function calibrate(
  side: Side,
  options: CalibrateOptions,
): Promise<{
  readonly calibration: Calibration
  readonly injections: readonly Injection[]
  readonly pairs: readonly Pair[]
}> {
  // Both sides take the same way: what it costs is none of the difference.
  const behind = (slowness: Slowness): Side => ({ ...side, distance: slowness })
  const twice = options.pairsAtMost * 2
  const took: number[] = []
  const noted = behind({ slowdown: 0, onAnswer: (milliseconds) => took.push(milliseconds) })
  const { pairs } = await compare(noted, noted, { ...options, pairsAtOnce: twice, pairsAtMost: twice })
  const calibration = calibrationOf(pairs, options)
  // An answer takes longer than is seen on the way, by what the way itself costs and whoever asks.
  const median = medianOf(pairs.flatMap(({ values }) => values['p50'] ?? []))
  const whole = median / medianOf(took)
  const injections: Injection[] = []
  const order = Array.from({ length: options.repeat }, () => [0, ...options.delays]).flat()
  for (const [at, delay] of order.entries()) {
    if (options.signal?.aborted === true) break
    // A share of each answer's own time, so that it stays that share while the machine is slower or faster.
    const sides = [behind({ slowdown: 0 }), behind({ slowdown: delay * whole })] as const
    const { standings } = await compare(...sides, { ...options, seed: options.seed + 1 + at })
    const latest = standings.find(({ metric }) => metric === 'p50')?.medians[0] ?? median
    const injection = { delay, milliseconds: delay * latest, standings }
    injections.push(injection)
    options.onInjection?.(injection)
  }
  return { calibration, injections, pairs }
}

/** What pairs of a server with itself say of comparisons with so many pairs. */
export function calibrationOf(
  pairs: readonly Pair[],
  {
    story,
    rate,
    blockSeconds,
    pairsAtMost,
    bar,
    seed,
  }: Pick<CalibrateOptions, 'story' | 'rate' | 'blockSeconds' | 'pairsAtMost' | 'bar' | 'seed'>,
): Calibration {
  const valid = pairs.filter(({ invalid }) => invalid === undefined)
  const metrics = [...new Set(valid.flatMap(({ values }) => Object.keys(values)))]
  const settings = { bar: { ...bar, resamples }, pairs: pairsAtMost, seed }
  return {
    machine: machineName(),
    story,
    rate,
    blockSeconds,
    pairs: pairsAtMost,
    margin: bar.margin,
    metrics: Object.fromEntries(
      metrics.map((metric) => {
        const smallest = slowdowns.find((share) => shareRegressed(valid, metric, 1 + share, settings) >= powerWanted)
        const falseAlarms = shareRegressed(valid, metric, 1, settings)
        return [metric, { falseAlarms, ...(smallest !== undefined && { smallest }) }]
      }),
    ),
  }
}

interface Settings {
  readonly bar: Bar
  readonly pairs: number
  readonly seed: number
}

/**
 * In how many of many comparisons a metric has regressed, if the second side took so many times as long. Each has some of
 * the pairs, drawn with replacement, and chance says which block was the first: both are of the same server.
 */
function shareRegressed(pairs: readonly Pair[], metric: string, factor: number, settings: Settings): number {
  const dice = diceOf(settings.seed)
  const both = pairs.flatMap(({ values }) => (values[metric] === undefined ? [] : [values[metric]]))
  if (both.length === 0) return 0
  const draw = (): Pair => {
    const [a, b] = both[dice.roll(both.length)] ?? [0, 0]
    return { values: { [metric]: dice.roll(2) === 0 ? [a, b * factor] : [b, a * factor] } }
  }
  let regressed = 0
  for (let at = 0; at < experiments; at++) {
    const drawn = Array.from({ length: settings.pairs }, draw)
    const [standing] = judgePairs(drawn, settings.bar, settings.seed + at)
    if (standing?.verdict === 'regressed') regressed += 1
  }
  return regressed / experiments
}

/** No metric that cries wolf more often than this, or that is blind to the margin, is judged. */
const falseAlarmsAtMost = 0.01

/** Why a metric is not to be judged here; nothing where it may be, or nobody knows. */
export function whyUnjudged({ metrics, margin }: Calibration, metric: string): string | undefined {
  const known = metrics[metric]
  if (known === undefined) return undefined
  if (known.falseAlarms > falseAlarmsAtMost)
    return `here it calls a server worse than itself ${percent(known.falseAlarms)} of the time`
  if (known.smallest === undefined) return 'here it does not even see a slowdown of 300 %'
  // To be seen beyond the margin a slowdown has to be larger than that.
  return known.smallest > 3 * margin ? `here it sees no slowdown below ${percent(known.smallest)}` : undefined
}

const percent = (share: number) => `${Number((share * 100).toFixed(1))} %`
