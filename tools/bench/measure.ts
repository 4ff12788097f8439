/** A ratio of two costs: the median of its pairs, and the quartiles around it. */
export interface Ratio {
  readonly median: number
  readonly spread: readonly [lower: number, upper: number]
}

/** The ratio of what stands at the same place in two rows of blocks, `of` being what 1 means. */
export function ratioOf(costs: readonly number[], of: readonly number[]): Ratio {
  const ratios = of.flatMap((cost, at) => (costs[at] === undefined ? [] : [cost / costs[at]])).toSorted((a, b) => a - b)
  return { median: quantile(ratios, 0.5), spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)] }
}

/** Between the two nearest of sorted values, in proportion. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  if (below === undefined || above === undefined) throw new RangeError('there is nothing to take a quantile of')
  return below + (above - below) * (place - Math.floor(place))
}

/** Each of the names once in every round, none always first: what drifts with time falls on all alike. */
export const orderOf = <T>(names: readonly T[], round: number): readonly T[] => {
  const turned = names.map((_, at) => names[(at + round) % names.length]).filter((name) => name !== undefined)
  return round % 2 === 0 ? turned : turned.toReversed()
}
