import { bootstrapMeans, diceOf, fallen, medianOf, quantileOfSorted, shareAtMost, trimmedMean } from './statistics.ts'

/** One block of each side, measured one shortly after the other: what disturbs the machine for longer disturbs both. */
export interface Pair {
  /** By metric: the value of the first side and of the second, larger is worse. */
  readonly values: Readonly<Record<string, readonly [a: number, b: number]>>
  /** Why it says nothing: something that the generator or the machine did, never the target. */
  readonly invalid?: string
}

export interface Bar {
  /** By how much the second side may be worse, as a share of the first: 0.1 is 10 %. */
  readonly margin: number
  /** A difference of less than this matters to nobody, in the unit of the metric. */
  readonly floor: number
  /** How often, at most, any metric may be judged wrongly. */
  readonly alpha: number
  /** How often the bootstrap draws; 10,000 times unless said. */
  readonly resamples?: number
}

export const usualBar: Bar = { margin: 0.1, floor: 0.02, alpha: 0.01 }

/** How the second side stands beside the first, by one metric. */
export interface Standing {
  readonly metric: string
  readonly verdict: 'regressed' | 'not worse' | 'inconclusive'
  /** The middle ratio of second to first, and the interval in which it is, of 1: 1.2 is 20 % worse. */
  readonly ratio: number
  readonly low: number
  readonly high: number
  /** The medians of the blocks of each side. */
  readonly medians: readonly [a: number, b: number]
  readonly pairs: number
}

/** Fewer pairs say nothing at all. */
const pairsAtLeast = 10

/**
 * Judges each metric by the pairs that are valid. It has regressed where the ratio is worse than the margin beyond doubt, it
 * is not worse where it is better than the margin beyond doubt; whatever is between is neither. Doubt is what a bootstrap
 * over the pairs leaves, corrected for the number of metrics.
 */
export function judgePairs(pairs: readonly Pair[], bar: Bar, seed: number): readonly Standing[] {
  const valid = pairs.filter(({ invalid }) => invalid === undefined)
  const metrics = [...new Set(valid.flatMap(({ values }) => Object.keys(values)))]
  const evidence = metrics.map((metric, at) => evidenceOf(metric, valid, bar, seed + at))
  const worse = fallen(
    evidence.map(({ isBetter }) => isBetter),
    bar.alpha,
  )
  const better = fallen(
    evidence.map(({ isWorse }) => isWorse),
    bar.alpha,
  )
  return evidence.map(({ standing, isLarge }, at) => ({
    ...standing,
    verdict:
      standing.pairs < pairsAtLeast
        ? 'inconclusive'
        : worse[at] === true && isLarge
          ? 'regressed'
          : better[at] === true || (worse[at] === true && !isLarge)
            ? 'not worse'
            : 'inconclusive',
  }))
}

function evidenceOf(metric: string, pairs: readonly Pair[], { margin, floor, alpha, resamples }: Bar, seed: number) {
  const both = pairs.flatMap(({ values }) => (values[metric] === undefined ? [] : [values[metric]]))
  const usable = both.filter(([a, b]) => a > 0 && b > 0)
  const logs = usable.map(([a, b]) => Math.log(b / a))
  const means = bootstrapMeans(logs, diceOf(seed), resamples)
  const [a, b] = [medianOf(usable.map(([first]) => first)), medianOf(usable.map(([, second]) => second))]
  const bound = Math.log(1 + margin)
  return {
    standing: {
      metric,
      ratio: Math.exp(trimmedMean(logs)),
      low: Math.exp(quantileOfSorted(means, alpha)),
      high: Math.exp(quantileOfSorted(means, 1 - alpha)),
      medians: [a, b] as const,
      pairs: usable.length,
    },
    /** How likely it is that it is no worse than the margin allows, and that it is. */
    isBetter: usable.length === 0 ? 1 : shareAtMost(means, bound),
    isWorse: usable.length === 0 ? 1 : 1 - shareAtMost(means, bound) + 1 / means.length,
    isLarge: b - a > floor,
  }
}
