import { createHash } from 'node:crypto'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Numbers that chance would draw, and that the same seed draws again. */
export interface Dice {
  /** A whole number from 0 to below `sides`. */
  roll(sides: number): number
}

export function diceOf(seed: number): Dice {
  // Seeds that are close to each other would begin alike.
  const generator = xoroshiro128plus(createHash('sha256').update(`${seed}`).digest().readInt32BE(0))
  return { roll: (sides) => uniformInt(generator, 0, sides - 1) }
}

/** The middle one, or the mean of the two in the middle; NaN where there are none. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = (sorted.length - 1) / 2
  return ((sorted[Math.floor(half)] ?? Number.NaN) + (sorted[Math.ceil(half)] ?? Number.NaN)) / 2
}

/** The share of values that is left out at either end: single blocks go wrong by a factor of ten. */
const trimmed = 0.2

/** The mean of what lies in the middle; NaN where there is nothing. It is nearly as sharp as a mean, and as calm as a median. */
export function trimmedMean(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const cut = Math.floor(sorted.length * trimmed)
  const kept = sorted.slice(cut, sorted.length - cut)
  return kept.reduce((sum, value) => sum + value, 0) / kept.length
}

const usualResamples = 10_000

/** Where a bootstrap of few values would be surest of itself: beyond it lies one of a hundred. */
const quantileOfNormal = 2.326

/**
 * How much wider than drawn from so many values the truth is spread: they are but a sample, as with Student's t, of which
 * this is the usual approximation. The trimmed ones do not count (Yuen 1974).
 */
export function widening(many: number): number {
  const freedom = many - 2 * Math.floor(many * trimmed) - 1
  return freedom < 1 ? Number.POSITIVE_INFINITY : 1 + (quantileOfNormal ** 2 + 1) / (4 * freedom)
}

/**
 * What the trimmed mean of these values might as well have been: those of samples of as many that are drawn from them with
 * replacement, widened for how few there are, in order of size. The values are of pairs of blocks, which do not depend on
 * each other as requests do.
 */
export function bootstrapMeans(values: readonly number[], dice: Dice, resamples = usualResamples): Float64Array {
  const sorted = Float64Array.from(values).toSorted()
  const many = sorted.length
  const cut = Math.floor(many * trimmed)
  const means = new Float64Array(many === 0 ? 0 : resamples)
  const [centre, width] = [trimmedMean(values), widening(many)]
  const drawn = new Int32Array(many)
  for (let at = 0; at < means.length; at++) {
    for (let one = 0; one < many; one++) drawn[one] = dice.roll(many)
    // The values are in order already, so their places are sorted instead of them.
    drawn.sort()
    let sum = 0
    for (let one = cut; one < many - cut; one++) sum += sorted[drawn[one] ?? 0] ?? 0
    means[at] = centre + width * (sum / (many - 2 * cut) - centre)
  }
  return means.toSorted()
}

/** The value below which this share of what is sorted lies. */
export const quantileOfSorted = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.floor(share * sorted.length)))] ?? Number.NaN

/** How likely it is that the true one is at most this, as far as the samples tell; never quite impossible. */
export function shareAtMost(sorted: Float64Array, bound: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) <= bound) low = middle + 1
    else high = middle
  }
  return (low + 1) / (sorted.length + 1)
}

/**
 * Which of several hypotheses fall where all of them together may fall wrongly with this probability only (Holm 1979):
 * the least likely one is held against a share of it, the next against a larger one, until one stands.
 */
export function fallen(probabilities: readonly number[], alpha: number): readonly boolean[] {
  const order = probabilities.map((_, at) => at).toSorted((a, b) => (probabilities[a] ?? 1) - (probabilities[b] ?? 1))
  const standing = order.findIndex((at, rank) => (probabilities[at] ?? 1) > alpha / (probabilities.length - rank))
  const felled = new Set(standing < 0 ? order : order.slice(0, standing))
  return probabilities.map((_, at) => felled.has(at))
}
