import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { brokenOf, metricOf, observedOf } from '../../core/load-metrics.ts'
import { generatedFiles } from '../../dashboards/generated.ts'
import { alerts, recordings } from '../../dashboards/rules.ts'
import { companionMetrics } from '../../harness/load/companion-metrics.ts'
import { listen } from '../../reference-server/listen.ts'
import { stories } from '../../scenarios/stories.ts'
import { committedDashboard } from './committed-dashboard.ts'
import { mistakesIn, seriesIn, withVariables } from './promql.ts'

const folder = fileURLToPath(new URL('../../dashboards/', import.meta.url))
const textOf = (path: string) => readFileSync(`${folder}${path}`, 'utf8')

const { rows, panels, queries, jobQuery } = committedDashboard()
const rules = [...recordings.groups, ...alerts.groups].flatMap((group) => [...group.rules])
const exprs = [
  ...queries.map(({ panel, expr }) => [`${panel.title}: ${expr}`, withVariables(expr, '1m')] as const),
  ...rules.map(({ expr }) => [expr, expr] as const),
]

/** The names of all series that a server of its own kind offers. */
async function seriesOfServer(): Promise<readonly string[]> {
  const { port, close } = await listen({ metrics: true })
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  await close()
  return seriesOf(text)
}

const seriesOf = (text: string): readonly string[] =>
  [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  )

/** The names that k6 writes: of the metrics that are its own, and of those that the scripts make. */
const seriesOfK6 = [
  'k6_http_reqs_total',
  'k6_http_req_duration_seconds',
  'k6_iterations_total',
  'k6_dropped_iterations_total',
  'k6_vus',
  'k6_vus_max',
  ...Object.entries(stories).flatMap(([story, { invariants }]) => [
    `k6_${metricOf(story, 'failed')}_total`,
    ...Object.keys(invariants).flatMap((name) =>
      [observedOf(story, name), brokenOf(story, name)].map((metric) => `k6_${metric}_total`),
    ),
  ]),
  ...[
    ...readFileSync(new URL('../../scenarios/lib/story.ts', import.meta.url), 'utf8').matchAll(
      /new Counter\('(\w+)'\)/g,
    ),
  ].map(([, name]) => `k6_${name}_total`),
]

describe('the committed files', () => {
  test.each([...generatedFiles()])('%s is what the code makes: `npm run dashboards` writes it', (path, text) => {
    expect(textOf(path)).toBe(text)
  })
})

describe('the dashboard', () => {
  test('is one, with a row each for latency, correctness and resources', () => {
    expect(rows).toEqual(['Latency', 'Correctness', 'Resources'])
  })

  test('has no panel without a title, a unit, a word on how to read it, and something to ask', () => {
    for (const { title, description, targets, fieldConfig } of panels) {
      expect(title).toMatch(/\w/)
      expect(description, title).toMatch(/\.$/)
      expect(fieldConfig.defaults.unit, title).toMatch(/\w/)
      expect(targets.length, title).toBeGreaterThan(0)
      expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length)
      for (const { legendFormat } of targets) expect(legendFormat, title).toMatch(/\w/)
    }
  })

  test('calls no two panels the same', () => {
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
  })

  test('fills its grid without a gap and without an overlap', () => {
    const taken = new Map<string, string>()
    for (const { title, gridPos } of panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.get(`${x} ${y}`), `${title} at ${x}, ${y}`).toBeUndefined()
          taken.set(`${x} ${y}`, title)
        }
      }
    }
    const lines = new Set([...taken.keys()].map((place) => place.split(' ')[1]))
    expect(taken.size).toBe(lines.size * 24)
  })

  test('shows the invariants of every story that k6 looks at', () => {
    const shown = queries.map(({ legend }) => legend)
    const wanted = Object.values(stories).flatMap(({ invariants }) =>
      Object.entries(invariants).flatMap(([name, one]) => ('by' in one ? [] : [name])),
    )
    expect(wanted.filter((name) => !shown.includes(name))).toEqual([])
  })

  test('asks whichever Prometheus its reader chose', () => {
    const sources = [...panels, ...panels.flatMap(({ targets }) => targets)].map(({ datasource }) => datasource.uid)
    expect([...new Set(sources)]).toEqual(['${datasource}'])
  })
})

describe('the queries', () => {
  test.each(exprs)('%s is PromQL', (_, expr) => {
    expect(mistakesIn(expr)).toEqual([])
  })

  test('name only series that the server, k6 or its companion has, or that a rule records', async () => {
    const recorded = recordings.groups.flatMap((group) => group.rules.map(({ record }) => record))
    // Prometheus makes this one of every scrape.
    const ofCompanion = seriesOf(await companionMetrics(1).text())
    const known = ['up', ...(await seriesOfServer()), ...ofCompanion, ...seriesOfK6, ...recorded]
    const isKnown = (series: string | RegExp) =>
      typeof series === 'string' ? known.includes(series) : known.some((name) => series.test(name))
    const asked = [...exprs.map(([, expr]) => expr), jobQuery].flatMap((expr) => [...seriesIn(expr)])
    expect(asked.length).toBeGreaterThan(exprs.length - 1)
    expect(asked.filter((series) => !isKnown(series)).map(String)).toEqual([])
  })

  test('leave no variable open', () => {
    expect(exprs.map(([, expr]) => expr).filter((expr) => expr.includes('$'))).toEqual([])
  })
})

describe('what the queries are judged by', () => {
  test('sees what is no PromQL', () => {
    expect(mistakesIn('sum(rate(a[1m])')).not.toEqual([])
    expect(mistakesIn('sum by scenario (a)')).not.toEqual([])
    expect(mistakesIn('rate(a[])')).not.toEqual([])
    expect(mistakesIn('sum by (b) (rate(a[1m])) or 0 * c')).toEqual([])
  })

  test('sees every series', () => {
    expect(seriesIn('sum(rate(a{b="c"}[1m])) / on (d) e:f > 1 and count({__name__=~"g.+"})')).toEqual([
      'a',
      'e:f',
      /^(?:g.+)$/,
    ])
  })
})
