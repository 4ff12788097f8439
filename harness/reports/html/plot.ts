import type { ScenarioResult } from '../../load/result.ts'
import { latency, quantilesOf } from '../figures.ts'
import { cut, html, longestName, type Markup } from './markup.ts'

/** In the units of the drawing, which are pixels where there is room. */
const width = 360
const plot = { height: 200, left: 54, right: 12, top: 26, bottom: 28 }

/** Latency by quantile, on a logarithmic scale: the tail is what matters, and it is far away. */
export function distribution({ scenario, latency: measured }: ScenarioResult): Markup | undefined {
  const points = quantilesOf(measured).filter(([, value]) => value > 0)
  if (points.length < 2) return undefined
  const values = points.map(([, value]) => value)
  const low = Math.floor(Math.log10(Math.min(...values)))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))))
  const x = (at: number) => round(plot.left + 16 + (at * (width - plot.left - plot.right - 32)) / (points.length - 1))
  const y = (value: number) =>
    round(
      plot.height - plot.bottom - ((Math.log10(value) - low) / (high - low)) * (plot.height - plot.top - plot.bottom),
    )
  const decades = Array.from({ length: high - low + 1 }, (_, at) => 10 ** (low + at))
  const words = points.map(([name, value]) => `${name} ${latency(value)}`).join(', ')
  return html`<figure>
    <figcaption>Latency by quantile</figcaption>
    <svg
      viewBox="0 0 ${width} ${plot.height}"
      role="img"
      aria-label="Latency of ${cut(scenario, longestName)} by quantile: ${words}"
    >
      ${decades.map((value) => html`<line class="grid" x1="${plot.left}" x2="${width - plot.right}" y1="${y(value)}" y2="${y(value)}" /><text class="axis end" x="${plot.left - 8}" y="${y(value) + 4}">${latency(value)}</text>`)}
      <polyline class="curve" points="${points.map(([, value], at) => `${x(at)},${y(value)}`).join(' ')}" />
      ${points.map(([name, value], at) => html`<circle class="dot" cx="${x(at)}" cy="${y(value)}" r="3.5" /><text class="value" x="${x(at)}" y="${y(value) - 10}">${latency(value).replace(/ ms$/, '')}</text><text class="axis" x="${x(at)}" y="${plot.height - 8}">${name}</text>`)}
    </svg>
  </figure>`
}

const row = { height: 46, bar: 12, left: 2, right: 2 }

/** Each promise as a bar of what was measured and a mark at what was promised. */
export function promiseBars({ scenario, promises }: ScenarioResult): Markup | undefined {
  if (promises.length === 0) return undefined
  const longest =
    Math.max(...promises.flatMap(({ bound, actual }) => [bound, Number.isFinite(actual) ? actual : 0])) * 1.08
  const length = (value: number) =>
    round((Number.isFinite(value) ? value / longest : 0) * (width - row.left - row.right))
  const words = promises.map(
    ({ metric, bound, actual, kept }) =>
      `${cut(metric, 12)} of at most ${latency(bound)} ${kept ? 'kept' : 'broken'} with ${latency(actual)}`,
  )
  return html`<figure>
    <figcaption>Promises</figcaption>
    <svg
      viewBox="0 0 ${width} ${promises.length * row.height}"
      role="img"
      aria-label="Promises of ${cut(scenario, longestName)}: ${words.join('; ')}"
    >
      ${promises.map(({ metric, bound, actual, kept }, at) => {
        const top = at * row.height
        const mark = row.left + length(bound)
        return html`<text class="name" x="${row.left}" y="${top + 16}">${cut(metric, 12)} ${latency(actual)}</text
          ><text class="axis end" x="${width - row.right}" y="${top + 16}"
            >${kept ? 'kept' : 'broken'}: at most ${latency(bound)}</text
          >
          <rect
            class="track"
            x="${row.left}"
            y="${top + 24}"
            width="${width - row.left - row.right}"
            height="${row.bar}"
            rx="2"
          />
          <rect
            class="${kept ? 'kept' : 'missed'}"
            x="${row.left}"
            y="${top + 24}"
            width="${length(actual)}"
            height="${row.bar}"
            rx="2"
          />
          <line class="halo" x1="${mark}" x2="${mark}" y1="${top + 22}" y2="${top + 38}" /><line
            class="bound"
            x1="${mark}"
            x2="${mark}"
            y1="${top + 20}"
            y2="${top + 40}"
          />`
      })}
    </svg>
  </figure>`
}

/** A bar in parts, each as long as its count; its words stand beside it. */
export function stackedBar(parts: readonly (readonly [name: string, count: number])[]): Markup {
  const total = Math.max(
    1,
    parts.reduce((sum, [, count]) => sum + count, 0),
  )
  let from = 0
  const shares = parts.map(([name, count]) => {
    const share = round((count / total) * 100)
    const rect = html`<rect data-part="${name}" x="${round(from)}" y="0" width="${share}" height="8" />`
    from += share
    return rect
  })
  return html`<svg class="stack" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">${shares}</svg>`
}

const round = (value: number) => Math.round(value * 100) / 100
