import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'
import { findProgram } from '../../harness/programs.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

interface Configuration {
  readonly global: Readonly<Record<string, string>>
  readonly rule_files: readonly string[]
  readonly scrape_configs: readonly Readonly<Record<string, unknown>>[]
}

const { services } = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8')) as {
  readonly services: Readonly<
    Record<
      'prometheus' | 'load',
      { readonly command: readonly string[]; readonly environment: Readonly<Record<string, string>> }
    >
  >
}

/** One series of an answer. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Prometheus {
  readonly url: string
  /** What tells k6 to write its figures there, as in docker-compose.yml, but every second. */
  readonly k6: Readonly<Record<string, string>>
  query(expr: string): Promise<readonly Sample[]>
  /** Asks once and again, until the answer satisfies. Throws after half a minute. */
  queryUntil(expr: string, satisfies: (samples: readonly Sample[]) => boolean): Promise<readonly Sample[]>
  close(): Promise<void>
}

/** Starts Prometheus as docker-compose.yml does, with the committed configuration, but every second and on a server of this machine. */
export async function startPrometheus(server: { readonly port: number }): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-prometheus-'))
  const configuration = join(folder, 'prometheus.yml')
  writeFileSync(configuration, stringify(configurationFor(server)))
  const port = await freePort()
  // Paths of the container are left out; what the server is told to offer is not.
  const offers = services.prometheus.command.filter((flag) => /^--(?:web\.enable|enable-feature)/.test(flag))
  const child = spawn(
    findProgram('prometheus'),
    [
      `--config.file=${configuration}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...offers,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said = (said + chunk).slice(-2000)))
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const url = `http://127.0.0.1:${port}`
  const close = async () => {
    child.kill('SIGTERM')
    await gone
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`prometheus ended: ${said}`)
      return (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true
    }, 'prometheus was not ready')
  } catch (error) {
    await close()
    throw error
  }
  const query = async (expr: string) => await ask(url, expr)
  return {
    url,
    k6: {
      ...services.load.environment,
      K6_PROMETHEUS_RW_SERVER_URL: `${url}/api/v1/write`,
      K6_PROMETHEUS_RW_PUSH_INTERVAL: '1s',
    },
    query,
    queryUntil: async (expr, satisfies) => {
      let samples: readonly Sample[] = []
      await until(
        async () => satisfies((samples = await query(expr))),
        () => `${expr} was last ${JSON.stringify(samples)}`,
      )
      return samples
    },
    close,
  }
}

function configurationFor(server: { readonly port: number }): Configuration {
  const folder = join(root, 'dashboards/prometheus')
  const committed = parse(readFileSync(join(folder, 'prometheus.yml'), 'utf8')) as Configuration
  return {
    ...committed,
    global: { ...committed.global, scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: committed.rule_files.map((file) => join(folder, file)),
    scrape_configs: committed.scrape_configs.map((config) => ({
      ...config,
      static_configs: [{ targets: [`127.0.0.1:${server.port}`] }],
    })),
  }
}

/** Prometheus cannot be told to take any port and say which. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function ask(url: string, expr: string): Promise<readonly Sample[]> {
  const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query: expr }) })
  const answer = (await response.json()) as
    | { readonly status: 'error'; readonly error: string }
    | {
        readonly status: 'success'
        readonly data: {
          readonly result: readonly {
            readonly metric: Readonly<Record<string, string>>
            readonly value?: readonly [number, string]
          }[]
        }
      }
  if (answer.status === 'error') throw new Error(`${expr}: ${answer.error}`)
  // A native histogram has no value of its own: nothing that a panel could draw.
  return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value?.[1] ?? Number.NaN) }))
}

async function until(isSo: () => Promise<boolean>, otherwise: string | (() => string)): Promise<void> {
  const deadline = performance.now() + 30_000
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(typeof otherwise === 'string' ? otherwise : otherwise())
    await sleep(200)
  }
}
