import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { commands } from '../../cli/commands.ts'
import { engineVersion } from '../../harness/load/engine.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const textOf = (file: string) => readFileSync(join(root, file), 'utf8')

interface Service {
  readonly image?: string
  readonly build?: string
  readonly command?: readonly string[]
  readonly ports?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly network_mode?: string
  readonly profiles?: readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
}

const compose = parse(textOf('docker-compose.yml')) as {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}
const services = Object.entries(compose.services)

/** The instructions of the Dockerfile, as pairs of keyword and rest. */
const instructions = textOf('Dockerfile')
  .split('\n')
  .flatMap((line) => {
    const found = /^([A-Z]+)\s+(.*)$/.exec(line)
    return found === null ? [] : [{ keyword: found[1], rest: found[2] ?? '' }]
  })
const restsOf = (keyword: string) => instructions.filter((one) => one.keyword === keyword).map(({ rest }) => rest)

describe('docker-compose.yml', () => {
  test('has the server, the metrics, the dashboards and, on demand, the load', () => {
    expect(services.map(([name]) => name)).toEqual(['reference-server', 'prometheus', 'grafana', 'load'])
    expect(services.flatMap(([name, { profiles }]) => (profiles === undefined ? [] : [[name, profiles]]))).toEqual([
      ['load', ['load']],
    ])
  })

  test.each(services)('%s names files that are there', (_, { build, volumes = [] }) => {
    for (const volume of volumes) {
      const source = volume.slice(0, volume.indexOf(':'))
      if (source.startsWith('.')) expect(existsSync(join(root, source)), source).toBe(true)
      else expect(Object.keys(compose.volumes)).toContain(source)
    }
    if (build !== undefined) expect(existsSync(join(root, build, 'Dockerfile'))).toBe(true)
  })

  test.each(services)('%s has an image of a fixed version', (_, { image }) => {
    expect(image).toMatch(/:v?\d+\.\d+\.\d+$/)
  })

  test('publishes ports on loopback only', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? [])
    expect(ports).toHaveLength(3)
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  })

  test('waits only for services that are there and tell their health', () => {
    for (const [, { depends_on: others = {}, network_mode: mode }] of services) {
      const named = [...Object.keys(others), ...(mode === undefined ? [] : [mode.replace(/^service:/, '')])]
      for (const name of named) expect(compose.services[name]?.healthcheck?.test[0]).toBe('CMD')
    }
  })

  test('presses the server that it starts, under the same issuer', () => {
    const target = parse(textOf('deploy/compose/target.yaml')) as { readonly issuer: string }
    expect(JSON.stringify(compose.services['reference-server'])).toContain(`"--issuer","${target.issuer}"`)
  })
})

describe('what the containers run', () => {
  const ours = services.filter(([, { image }]) => image === compose.services['reference-server']?.image)

  test.each(ours)('%s is a command of Assay, with options that it has', (_, { command: [name, ...words] = [] }) => {
    const command = commands.find((one) => one.name === name)
    const known = Object.values(command?.options ?? {}).map(({ flags }) => flags.split(' '))
    // A word is an option, or what the option before it takes, or an argument.
    const options = words.filter((word) => word.startsWith('--'))
    const taken = options.filter((word) => known.some(([flag, value]) => flag === word && value !== undefined))
    expect(options.filter((word) => !known.some(([flag]) => flag === word))).toEqual([])
    const argumentsLeft = words.length - options.length - taken.length
    expect(command).toBeDefined()
    expect(argumentsLeft).toBeLessThanOrEqual(command?.argument === undefined ? 0 : 1)
  })

  test('Prometheus scrapes the server where it listens', () => {
    const { command = [] } = compose.services['reference-server'] ?? {}
    const { scrape_configs: scrapes } = parse(textOf('dashboards/prometheus/prometheus.yml')) as {
      readonly scrape_configs: readonly {
        readonly static_configs: readonly { readonly targets: readonly string[] }[]
      }[]
    }
    const targets = scrapes.flatMap((scrape) => scrape.static_configs.flatMap((one) => one.targets))
    expect(targets).toEqual([`reference-server:${command[command.indexOf('--port') + 1]}`])
  })

  test('k6 hands its figures to the Prometheus that takes them, as the histograms that the dashboard asks for', () => {
    expect(compose.services['load']?.environment).toEqual({
      K6_PROMETHEUS_RW_SERVER_URL: 'http://prometheus:9090/api/v1/write',
      K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM: 'true',
    })
    const { command = [] } = compose.services['prometheus'] ?? {}
    expect(command).toContain('--web.enable-remote-write-receiver')
    expect(command).toContain('--enable-feature=native-histograms')
  })

  test('Grafana asks the Prometheus that is started with it', () => {
    const { datasources } = parse(textOf('dashboards/grafana/provisioning/datasources/prometheus.yml')) as {
      readonly datasources: readonly { readonly type: string; readonly url: string; readonly isDefault: boolean }[]
    }
    expect(datasources).toMatchObject([{ type: 'prometheus', url: 'http://prometheus:9090', isDefault: true }])
  })
})

describe('what the containers mount', () => {
  test('Prometheus finds its configuration and every file of rules that it names', () => {
    const { rule_files: rules = [] } = parse(textOf('dashboards/prometheus/prometheus.yml')) as {
      readonly rule_files?: readonly string[]
    }
    expect(rules.length).toBeGreaterThan(0)
    for (const file of rules)
      expect(existsSync(join(root, 'dashboards/prometheus', file.replace('/etc/prometheus/', ''))), file).toBe(true)
  })

  test.each(['datasources', 'dashboards'])('Grafana is provisioned with %s', (kind) => {
    const folder = join(root, 'dashboards/grafana/provisioning', kind)
    expect(readdirSync(folder).filter((name) => name.endsWith('.yml'))).not.toEqual([])
  })

  test('Grafana looks for the dashboards where they are mounted', () => {
    const folder = 'dashboards/grafana/provisioning/dashboards'
    for (const name of readdirSync(join(root, folder)))
      expect(textOf(`${folder}/${name}`)).toContain('/var/lib/grafana/dashboards')
    expect(readdirSync(join(root, 'dashboards/grafana')).filter((name) => name.endsWith('.json'))).not.toEqual([])
  })
})

describe('the Dockerfile', () => {
  test('starts from images of fixed versions, and from the k6 that is built elsewhere', () => {
    expect(restsOf('FROM')).toEqual([
      `grafana/k6:${engineVersion.slice(1)} AS k6`,
      expect.stringMatching(/^node:\d+-slim$/),
    ])
  })

  test('copies what is there, and nothing that the context leaves out', () => {
    const context = textOf('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1))
    const copied = restsOf('COPY')
      .filter((rest) => !rest.startsWith('--from'))
      .flatMap((rest) => rest.split(' ').slice(0, -1))
    expect(copied.toSorted()).toEqual(context.toSorted())
    for (const name of copied) expect(existsSync(join(root, name)), name).toBe(true)
  })

  test('does not run as root', () => {
    expect(restsOf('USER')).toEqual(['node'])
  })
})
