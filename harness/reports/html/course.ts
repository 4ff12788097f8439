import type { Moment } from '../../load/result.ts'
import { counted, duration, latency, rate } from '../figures.ts'
import { html, type Markup } from './markup.ts'

/** In the units of the drawing, which are pixels where there is room. */
const width = 720
const plot = { left: 54, right: 54, top: 12, bottom: 28 }

/** Where a value lies along an axis, from one edge of the drawing to the other. */
interface Axis {
  readonly ticks: readonly number[]
  place(value: number): number
}

/** In steps of ten: the tail is what matters, and it is far away. */
function logarithmic(values: readonly number[], from: number, to: number): Axis {
  const positive = values.filter((value) => value > 0)
  const low = Math.floor(Math.log10(Math.min(...positive)))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...positive))))
  return {
    ticks: Array.from({ length: high - low + 1 }, (_, at) => 10 ** (low + at)),
    place: (value) => round(from + ((Math.log10(value) - low) / (high - low)) * (to - from)),
  }
}

/** From zero to a round number. */
function linear(most: number, from: number, to: number): Axis {
  const step = roundStep(most / 4)
  const top = Math.max(step, Math.ceil(most / step) * step)
  return {
    ticks: Array.from({ length: Math.round(top / step) + 1 }, (_, at) => at * step),
    place: (value) => round(from + (value / top) * (to - from)),
  }
}

/** From zero to the very end, which need not be a round number. */
function upTo(end: number, from: number, to: number): Axis {
  const step = roundStep(end / 6)
  return {
    ticks: Array.from({ length: Math.floor(end / step) + 1 }, (_, at) => at * step),
    place: (value) => round(from + (value / end) * (to - from)),
  }
}

/** The next one, two or five of a power of ten that is not smaller. */
function roundStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)))
  return ([1, 2, 5, 10].find((times) => times * power >= value) ?? 10) * power
}

/** How the load went: iterations a second below, the latency of its requests above. */
export function courseOf(moments: readonly Moment[]): Markup | undefined {
  const measured = moments.filter((moment) => moment.latency['p50'] !== undefined)
  if (measured.length < 2) return undefined
  const [height, split] = [300, 200]
  const end = Math.max(...moments.map(({ at }) => at))
  const x = upTo(end, plot.left, width - plot.right)
  const y = logarithmic(
    measured.flatMap(({ latency: { p50 = 0, p99 = 0 } }) => [p50, p99]),
    split - 12,
    plot.top,
  )
  const rates = linear(Math.max(...moments.map((moment) => moment.rate)), height - plot.bottom, split + 4)
  const line = (name: 'p50' | 'p95' | 'p99') =>
    measured.map(({ at, latency: { [name]: value = 0 } }) => `${x.place(at)},${y.place(value)}`).join(' ')
  const area = moments.map((moment) => `${x.place(moment.at)},${rates.place(moment.rate)}`).join(' ')
  const failed = moments.reduce((sum, { failures }) => sum + failures, 0)
  return html`<figure class="course">
    <figcaption>How it went: latency above (p50 solid, p95 dashed, p99 dotted), iterations a second below</figcaption>
    <svg
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-label="Course of the load over ${duration(end * 1000)}: ${wordsOf(measured)}, ${counted(failed, 'iteration')} failed"
    >
      ${y.ticks.map((value) => html`<line class="grid" x1="${plot.left}" x2="${width - plot.right}" y1="${y.place(value)}" y2="${y.place(value)}" /><text class="axis end" x="${plot.left - 8}" y="${y.place(value) + 4}">${latency(value)}</text>`)}
      ${(['p50', 'p95', 'p99'] as const).map((name) => html`<polyline class="curve" data-quantile="${name}" points="${line(name)}" />`)}
      ${rates.ticks.filter((_, at, all) => at === 0 || at === all.length - 1).map((value) => html`<line class="grid" x1="${plot.left}" x2="${width - plot.right}" y1="${rates.place(value)}" y2="${rates.place(value)}" /><text class="axis end" x="${plot.left - 8}" y="${rates.place(value) + 4}">${rate(value)}/s</text>`)}
      <polygon
        class="area"
        points="${x.place(moments[0]?.at ?? 0)},${rates.place(0)} ${area} ${x.place(end)},${rates.place(0)}"
      />
      ${x.ticks.map((value) => html`<text class="axis" x="${x.place(value)}" y="${height - 8}">${value === 0 ? '0' : duration(value * 1000)}</text>`)}
    </svg>
  </figure>`
}

const wordsOf = (measured: readonly Moment[]) => {
  const of = (name: string) => measured.map((moment) => moment.latency[name] ?? 0)
  const span = (name: string) => `${name} from ${latency(Math.min(...of(name)))} to ${latency(Math.max(...of(name)))}`
  return ['p50', 'p95', 'p99'].map(span).join(', ')
}

/** What latency belonged to which rate: where the dots rise, the server has its limit. */
export function rateAgainstLatency(moments: readonly Moment[]): Markup | undefined {
  const measured = moments.filter((moment) => moment.rate > 0 && (moment.latency['p95'] ?? 0) > 0)
  const rates = measured.map((moment) => moment.rate)
  // At one rate all the time there is nothing to see.
  if (measured.length < 5 || Math.max(...rates) < 1.5 * Math.min(...rates)) return undefined
  const height = 240
  const x = linear(Math.max(...rates), plot.left, width - plot.right)
  const y = logarithmic(
    measured.map((moment) => moment.latency['p95'] ?? 0),
    height - plot.bottom,
    plot.top,
  )
  return html`<figure class="course">
    <figcaption>Latency (p95) against iterations a second</figcaption>
    <svg
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-label="p95 against the rate: ${measured.length} moments between ${rate(Math.min(...rates))} and ${rate(Math.max(...rates))} iterations a second"
    >
      ${y.ticks.map((value) => html`<line class="grid" x1="${plot.left}" x2="${width - plot.right}" y1="${y.place(value)}" y2="${y.place(value)}" /><text class="axis end" x="${plot.left - 8}" y="${y.place(value) + 4}">${latency(value)}</text>`)}
      ${measured.map((moment) => html`<circle class="dot" cx="${x.place(moment.rate)}" cy="${y.place(moment.latency['p95'] ?? 1)}" r="3" />`)}
      ${x.ticks.map((value) => html`<text class="axis" x="${x.place(value)}" y="${height - 8}">${rate(value)}/s</text>`)}
    </svg>
  </figure>`
}

const round = (value: number) => Math.round(value * 100) / 100
