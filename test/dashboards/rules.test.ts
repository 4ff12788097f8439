import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { alerts, recordings } from '../../dashboards/rules.ts'
import { findProgram } from '../../harness/programs.ts'
import { stories } from '../../scenarios/stories.ts'

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const tests = pathOf('alerts.promtool.yml')

const promtool = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(findProgram('promtool'), args, { encoding: 'utf8', timeout: 60_000 })
  return { status, said: stdout + stderr }
}

describe('promtool', () => {
  test('sees each alert fire and stay silent as it should', () => {
    const { status, said } = promtool('test', 'rules', tests)
    expect(said).toContain('SUCCESS')
    expect(status).toBe(0)
  })

  test.each(['alerts.yml', 'recordings.yml'])('finds nothing wrong with %s', (file) => {
    const { status, said } = promtool('check', 'rules', pathOf(`../../dashboards/prometheus/${file}`))
    expect(said).toContain('SUCCESS')
    expect(status).toBe(0)
  })

  test('finds nothing wrong with the configuration, the files that it names included', () => {
    const { status, said } = promtool('check', 'config', pathOf('../../dashboards/prometheus/prometheus.yml'))
    expect(said).toContain('2 rule files found')
    expect(status).toBe(0)
  })
})

describe('the alerts', () => {
  const { tests: cases } = parse(readFileSync(tests, 'utf8')) as {
    readonly tests: readonly {
      readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts?: readonly unknown[] }[]
    }[]
  }
  const names = new Set(alerts.groups.flatMap((group) => group.rules.map(({ alert }) => alert)))

  test.each([...names])('%s is seen to fire, and to stay silent', (name) => {
    const expected = cases
      .flatMap((one) => one.alert_rule_test)
      .filter(({ alertname }) => alertname === name)
      .map(({ exp_alerts: fired }) => fired?.length ?? 0)
    expect(Math.max(...expected)).toBeGreaterThan(0)
    expect(Math.min(...expected)).toBe(0)
  })

  test('miss the server under the name by which it is scraped', () => {
    const { scrape_configs: scrapes } = parse(
      readFileSync(pathOf('../../dashboards/prometheus/prometheus.yml'), 'utf8'),
    ) as { readonly scrape_configs: readonly { readonly job_name: string }[] }
    const down = alerts.groups.flatMap(({ rules }) => rules.filter(({ alert }) => alert === 'ServerDown'))
    expect(down.map(({ expr }) => /job="([^"]+)"/.exec(expr)?.[1])).toEqual(scrapes.map((one) => one.job_name))
  })

  test('hold every story to its promise, and watch over every invariant that k6 looks at', () => {
    const promises = alerts.groups.flatMap(({ rules }) => rules.filter(({ alert }) => alert === 'LatencyPromiseBroken'))
    expect(promises.map(({ labels }) => `${labels['story']} ${labels['quantile']}`)).toEqual(
      Object.keys(stories).flatMap((story) => [`${story} p95`, `${story} p99`]),
    )
    const watched = recordings.groups.flatMap(({ rules }) => rules.map(({ labels }) => labels?.['invariant']))
    const invariants = Object.values(stories).flatMap(({ invariants: held }) =>
      Object.entries(held).flatMap(([name, one]) => ('by' in one ? [] : [name])),
    )
    expect(watched.filter((name) => name !== undefined)).toEqual(invariants)
  })
})
