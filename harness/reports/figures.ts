const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** `3 findings`, `1 finding`, `1,200 findings`. */
export const counted = (count: number, noun: string, plural = `${noun}s`) =>
  `${wholeNumber(count)} ${count === 1 ? noun : plural}`

/** `1,200`, or a dash where nothing was measured. */
export const wholeNumber = (value: number) => (Number.isFinite(value) ? whole.format(value) : '–')

/** A rate with as many digits as say something: `1,200`, `12.3`. */
export const rate = (value: number) =>
  Number.isFinite(value) && Math.abs(value) < 100 ? String(Math.round(value * 10) / 10) : wholeNumber(value)

/** A latency in milliseconds with about three digits: `0.82 ms`, `12.3 ms`, `1.25 s`. */
export function latency(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return '–'
  if (milliseconds >= 1000) return `${Number((milliseconds / 1000).toFixed(2))} s`
  return `${Number(milliseconds.toFixed(milliseconds >= 100 ? 0 : milliseconds >= 10 ? 1 : 2))} ms`
}

/** How long something took, from milliseconds: `0.4 s`, `12 s`, `3 min 20 s`. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (!Number.isFinite(seconds)) return '–'
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const rounded = Math.round(seconds)
  if (rounded < 60) return `${rounded} s`
  return `${Math.floor(rounded / 60)} min${rounded % 60 === 0 ? '' : ` ${rounded % 60} s`}`
}

/** The measured quantiles, from the lowest to the greatest: `p50`, `p95`, `p99.9`, and `max` last. */
export const quantilesOf = (
  measured: Readonly<Record<string, number>>,
): readonly (readonly [name: string, milliseconds: number])[] =>
  Object.entries(measured)
    .filter(([name, value]) => Number.isFinite(value) && Number.isFinite(rankOf(name)))
    .toSorted(([a], [b]) => rankOf(a) - rankOf(b))

function rankOf(name: string): number {
  if (name === 'max') return 100
  return name === 'med' ? 50 : Number(/^p(\d+(?:\.\d+)?)$/.exec(name)?.[1] ?? Number.NaN)
}
