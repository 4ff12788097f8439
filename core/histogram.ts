/**
 * How many values there were of which size. Each bucket is 1 % wide, so that a quantile is off by at most half of that,
 * and those of several processes can be added up, which their percentiles cannot. Runs in k6 too.
 */
export interface Histogram {
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
  /** Pairs of a bucket and how many values are in it, those that hold none left out, in the order of size. */
  readonly buckets: readonly (readonly [bucket: number, count: number])[]
}

const growth = Math.log(1.01)

/** Whatever is smaller counts as this: a nanosecond, where values are milliseconds. */
const smallest = 1e-6

export const noValues: Histogram = { count: 0, sum: 0, min: 0, max: 0, buckets: [] }

/** The bucket of a value: the next power of 1.01 that is not below it. */
export const bucketOf = (value: number): number => Math.ceil(Math.log(Math.max(value, smallest)) / growth)

const endOf = (bucket: number): number => Math.exp(bucket * growth)

/** What stands for all values of a bucket. */
export const middleOf = (bucket: number): number => Math.exp((bucket - 0.5) * growth)

export function histogramOf(values: readonly number[]): Histogram {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(bucketOf(value), (counts.get(bucketOf(value)) ?? 0) + 1)
  return values.length === 0
    ? noValues
    : {
        count: values.length,
        sum: values.reduce((sum, value) => sum + value, 0),
        min: values.reduce((least, value) => Math.min(least, value)),
        max: values.reduce((most, value) => Math.max(most, value)),
        buckets: sorted(counts),
      }
}

export function merged(histograms: readonly Histogram[]): Histogram {
  const filled = histograms.filter(({ count }) => count > 0)
  if (filled.length === 0) return noValues
  const counts = new Map<number, number>()
  for (const { buckets } of filled) {
    for (const [bucket, count] of buckets) counts.set(bucket, (counts.get(bucket) ?? 0) + count)
  }
  return {
    count: filled.reduce((all, { count }) => all + count, 0),
    sum: filled.reduce((all, { sum }) => all + sum, 0),
    min: Math.min(...filled.map(({ min }) => min)),
    max: Math.max(...filled.map(({ max }) => max)),
    buckets: sorted(counts),
  }
}

/** The value below which this share of all values lies, between 0 and 1; NaN where there are none. */
export function quantile({ count, min, max, buckets }: Histogram, share: number): number {
  let below = 0
  for (const [bucket, held] of buckets) {
    below += held
    if (below >= share * count) return Math.min(max, Math.max(min, middleOf(bucket)))
  }
  return count === 0 ? Number.NaN : max
}

const sorted = (counts: ReadonlyMap<number, number>) => [...counts].toSorted(([a], [b]) => a - b)

/**
 * Into which parts the values are divided by size, in percent, so that k6's summary tells their distribution: the rarer
 * they are, the smaller the parts. At the end of each k6 is asked how large the values are there.
 */
export const cells: readonly { readonly from: number; readonly to: number; readonly at: string }[] = [
  ...cellsBetween(0, 90, 0.5),
  ...cellsBetween(90, 99, 0.1),
  ...cellsBetween(99, 99.9, 0.01),
  ...cellsBetween(99.9, 100, 0.001),
]

function cellsBetween(start: number, end: number, step: number) {
  const many = Math.round((end - start) / step)
  const edge = (index: number) => Number((start + index * step).toFixed(6))
  return Array.from({ length: many }, (_, index) => ({
    from: edge(index),
    to: edge(index + 1),
    at: `p(${edge(index + 1)})`,
  }))
}

/**
 * The distribution that k6's figures of a trend tell, of the {@link cells}, `count`, `avg`, `min` and `max`. The values of
 * a cell are taken to lie evenly between its ends.
 */
export function histogramOfCells(figures: Readonly<Record<string, number>>): Histogram {
  const { count = 0, avg = 0, min = 0, max = 0 } = figures
  if (count === 0) return noValues
  const counts = new Map<number, number>()
  let [low, placed] = [min, 0]
  for (const { from, to, at } of cells) {
    const high = Math.max(low, figures[at] ?? avg)
    const last = bucketOf(high)
    for (let bucket = bucketOf(low); bucket <= last; bucket++) {
      const part = bucket === last ? 1 : (endOf(bucket) - low) / (high - low)
      const upTo = ranksUpTo(from + (to - from) * part, count)
      if (upTo > placed) counts.set(bucket, (counts.get(bucket) ?? 0) + upTo - placed)
      placed = upTo
    }
    low = high
  }
  return { count, sum: avg * count, min, max, buckets: sorted(counts) }
}

/** How many values are not above a percentage, as k6 counts: the least lies at 0 %, the largest at 100 %. */
const ranksUpTo = (percent: number, count: number): number => 1 + Math.floor((percent / 100) * (count - 1) + 1e-9)
