import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { findEngine } from '../../harness/load/engine.ts'
import { readReport } from '../../harness/reports/json.ts'
import type { Report } from '../../harness/reports/report.ts'
import {
  type Cluster,
  environmentOf,
  readCluster,
  runnerCommands,
  type TestRun,
} from '../fixtures/kubernetes/operator.ts'
import { targetByReference } from '../fixtures/kubernetes/target-file.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { assay, type Running, startAssay } from './assay.ts'
import { type RightServer, startRight } from './right-server.ts'

const secrets = {
  ALICE_PASSWORD: 'a password "of" alice $$ ${X}',
  APP_SECRET: 'the secret of the app',
  ASSAY_COMPANION_SECRET: 'nobody-guesses-this-one',
}

let server: RightServer

beforeAll(async () => {
  server = await startRight({ password: secrets.ALICE_PASSWORD })
})

afterAll(async () => await server.close())

interface Emitted {
  readonly folder: string
  readonly cluster: Cluster
  readonly texts: readonly string[]
}

/** Writes what a cluster runs, as a person would, and reads it as the cluster would. */
async function emitted(args: readonly string[], ...more: readonly string[]): Promise<Emitted> {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'target.yaml'), targetByReference(server.issuer, ...more))
  const command = ['load', 'target.yaml', '--emit', 'kubernetes', '--out', 'cluster', ...args]
  const { exit, stderr } = await assay(command, { folder, environment: secrets })
  expect({ exit, stderr }).toEqual({
    exit: 0,
    stderr: 'warning: the issuer is on loopback, where a pod finds itself\n',
  })
  const cluster = readCluster(join(folder, 'cluster'))
  return {
    folder,
    cluster,
    texts: [JSON.stringify(cluster), readFileSync(join(folder, 'cluster', 'secrets.env'), 'utf8')],
  }
}

/** The job of the companion, on a port of loopback. */
async function startCompanion({ folder, cluster }: Emitted): Promise<Running & { readonly at: string }> {
  const [container] = cluster.companion.spec.template.spec.containers
  writeFileSync(join(folder, 'mounted.yaml'), cluster.files.data['target.yaml'] ?? '')
  const args = container.args.map((word) =>
    word === '/etc/assay/target.yaml' ? 'mounted.yaml' : word.replace(/^0\.0\.0\.0:\d+$/, '127.0.0.1:0'),
  )
  const running = startAssay(args, { folder, environment: environmentOf(container.env, cluster, secrets) })
  for (;;) {
    const at = / on (127\.0\.0\.1:\d+)\n/.exec(running.stderr())?.[1]
    if (at !== undefined) return { ...running, at }
    await sleep(50)
  }
}

/** A runner of k6 in the making; its log is what a pod's would be. */
interface Runner {
  readonly name: string
  readonly address: string
  readonly log: Promise<string>
}

/** Every runner of a cluster, each as a process, and all of them paused, as the operator starts them. */
async function startRunners({ folder, cluster }: Emitted, companion: string): Promise<readonly Runner[]> {
  const engine = await findEngine()
  if (engine.state === 'missing') throw new Error(engine.because)
  const script = join(folder, 'main.js')
  writeFileSync(script, cluster.files.data['main.js'] ?? '')
  return (
    await Promise.all(
      cluster.testRuns.map(async (run) => await runnersOf(run, { cluster, companion, script, k6: engine.path })),
    )
  ).flat()
}

async function runnersOf(
  run: TestRun,
  { cluster, companion, script, k6 }: { cluster: Cluster; companion: string; script: string; k6: string },
): Promise<readonly Runner[]> {
  const addresses = await Promise.all(Array.from({ length: run.spec.parallelism }, async () => await freeAddress()))
  const environment = environmentOf(run.spec.runner.env, cluster, secrets)
  // There is no cluster that would know the companion's name.
  const plan = (environment['ASSAY_PLAN'] ?? '').replace(/(?<=http:\/\/)assay-\w+-companion:\d+/, companion)
  return runnerCommands(run, script, addresses).map((args, at) => {
    const child = spawn(k6, args, { env: { ...environment, ASSAY_PLAN: plan } })
    onTestFinished(() => void child.kill('SIGKILL'))
    let log = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => (log += chunk))
    return {
      name: `${run.metadata.name}-${at + 1}`,
      address: addresses[at] ?? '',
      log: new Promise((resolve) => child.once('close', () => resolve(log))),
    }
  })
}

async function freeAddress(): Promise<string> {
  const listening = createServer()
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  const { port } = listening.address() as AddressInfo
  await new Promise((resolve) => listening.close(resolve))
  return `127.0.0.1:${port}`
}

/** Does what the starter of the operator does, once the runner listens. */
async function unpause({ address }: Runner): Promise<void> {
  const body = JSON.stringify({ data: { type: 'status', id: 'default', attributes: { paused: false } } })
  for (let tries = 0; tries < 200; tries++) {
    const answer = await fetch(`http://${address}/v1/status`, { method: 'PATCH', body }).catch(() => undefined)
    if (answer?.ok === true) return
    await sleep(100)
  }
  throw new Error(`the runner at ${address} cannot be started`)
}

/** What all of them said, a file each, the companion's last. */
async function runCluster(made: Emitted): Promise<readonly string[]> {
  const companion = await startCompanion(made)
  const runners = await startRunners(made, companion.at)
  await Promise.all(runners.map(unpause))
  const logs = await Promise.all(runners.map(async ({ log }) => await log))
  const { exit, stdout } = await companion.ended
  expect(exit).toBe(0)
  return [...logs, stdout].map((text, at) => {
    const name = at < runners.length ? `runner-${at + 1}.log` : 'companion.log'
    writeFileSync(join(made.folder, name), text)
    return name
  })
}

async function merged(
  files: readonly string[],
  folder: string,
): Promise<{ readonly exit: number; readonly report: Report }> {
  const { exit, stdout } = await assay(['load', 'merge', ...files, '--json'], { folder })
  return { exit, report: readReport(stdout) }
}

function measuredIn({ load }: Report) {
  if (load?.state !== 'measured') throw new Error(load?.because ?? 'there was no load')
  return load
}

const order = ['--scenario', 'client-credentials,authorization-code', '--rate', '10', '--seconds', '4']

describe('a load that a cluster shares', () => {
  test('comes to what it comes to undivided, with every invariant held', async () => {
    const made = await emitted([...order, '--processes', '3'])
    const files = await runCluster(made)
    const { exit, report } = await merged(files, made.folder)
    const undivided = await assay(['load', 'target.yaml', ...order, '--json'], {
      folder: made.folder,
      environment: secrets,
    })
    const alone = measuredIn(readReport(undivided.stdout))

    const load = measuredIn(report)
    expect(load.warnings).toEqual([])
    for (const { scenario, iterations, failures, invariants } of load.scenarios) {
      const single = alone.scenarios.find((one) => one.scenario === scenario)
      expect(Math.abs(iterations - (single?.iterations ?? 0)), scenario).toBeLessThanOrEqual(1)
      expect(failures).toBe(0)
      expect(invariants.filter(({ observed }) => observed === 0)).toEqual([])
      expect(invariants.filter(({ broken }) => broken > 0)).toEqual([])
    }
    expect(load.generator).toEqual({ processes: 3 })
    expect(load.samples.verified).toBeGreaterThan(0)
    expect(report.summary).toMatchObject({ fail: 0, untestable: 0, findings: 0 })
    // A promise may break on a busy machine.
    expect([0, 1]).toContain(exit)
    expect(
      [...made.texts, ...files.map((name) => readFileSync(join(made.folder, name), 'utf8'))].join('\n'),
    ).not.toMatch(/of alice|of the app|nobody-guesses/)

    const [lost, ...rest] = files
    const without = await merged(rest, made.folder)
    expect(lost).toBe('runner-1.log')
    expect(without.exit).not.toBe(0)
    expect(measuredIn(without.report).warnings).toContain(
      'the runner of 0:1/3 gave no figures: what the others measured is not the whole',
    )
    expect(without.report.summary).toMatchObject({ pass: 0, untestable: report.summary.pass })
  })

  test('begins everywhere at once, and is told region by region', async () => {
    const regions = [
      'load:',
      '  regions:',
      '    - { name: Europe, share: 3 }',
      '    - { name: "South America", share: 1 }',
    ]
    const args = ['--scenario', 'client-credentials', '--workload', 'global', '--rate', '20', '--seconds', '6']
    const made = await emitted(args, ...regions)
    const files = await runCluster(made)
    const { report } = await merged(files, made.folder)
    const load = measuredIn(report)
    expect(load.regions.map(({ region }) => region)).toEqual(['Europe', 'South America'])
    const iterations = load.regions.map(({ scenarios }) => scenarios[0]?.iterations ?? 0)
    expect(iterations.every((count) => count > 0)).toBe(true)
    expect(iterations.reduce((sum, count) => sum + count, 0)).toBe(load.scenarios[0]?.iterations)
    expect(load.scenarios[0]?.invariants.filter(({ broken, observed }) => broken > 0 || observed === 0)).toEqual([])
    expect(load.timeline.length).toBeGreaterThan(3)
  })
})

describe('a companion that is started by hand', () => {
  const start = (folder: string, args: readonly string[], environment: Readonly<Record<string, string>> = secrets) => {
    writeFileSync(join(folder, 'target.yaml'), targetByReference(server.issuer))
    return startAssay(['load', 'companion', 'target.yaml', ...args], { folder, environment })
  }

  test.each([
    [
      'no secret',
      '',
      'error: ASSAY_COMPANION_SECRET is not set or empty\n  export one that nobody can guess: `openssl rand -hex 18` makes it\n',
    ],
    [
      'a secret that is soon guessed',
      'abc',
      'error: ASSAY_COMPANION_SECRET has less than 16 characters, or others than letters, digits and ._~-\n  export one that nobody can guess: `openssl rand -hex 18` makes it\n',
    ],
  ])('does not start with %s', async (_, secret, message) => {
    const { ended } = start(temporaryFolder(), [], { ...secrets, ASSAY_COMPANION_SECRET: secret })
    expect(await ended).toEqual({ exit: 3, stdout: '', stderr: message })
  })

  test('says that it is not on loopback, and ends when its time is over with what it knows', async () => {
    const { ended } = start(temporaryFolder(), ['--listen', '0.0.0.0:0', '--processes', '2', '--seconds', '1'])
    const { exit, stdout, stderr } = await ended
    expect(stderr).toMatch(
      /^waiting for 2 runners on 0\.0\.0\.0:(\d+)\nit is not on loopback: tokens come to port \1 in the clear\n$/,
    )
    expect(stdout).toMatch(/^assay-companion \{"issuer":.*"expected":2,"arrived":\[\],.*\}\n$/)
    expect(exit).toBe(2)
  })

  test('ends when it is told to, and the run is then none', async () => {
    const folder = temporaryFolder()
    const companion = start(folder, ['--listen', '127.0.0.1:0'])
    await expect
      .poll(() => companion.stderr(), { timeout: 30_000 })
      .toMatch(/^waiting for a runner on 127\.0\.0\.1:\d+\n$/)
    companion.interrupt('SIGTERM')
    const { exit, stdout } = await companion.ended
    expect(exit).toBe(2)
    writeFileSync(join(folder, 'companion.log'), stdout)
    const { exit: merging, report } = await merged(['companion.log'], folder)
    expect(merging).toBe(2)
    expect(report.load).toEqual({
      state: 'not-run',
      because: '1 of 1 runners never came, so that none of them began',
    })
  })

  test('names a port that is taken', async () => {
    const { ended } = start(temporaryFolder(), ['--listen', `127.0.0.1:${server.port}`])
    expect((await ended).stderr).toBe(
      `error: it cannot listen on 127.0.0.1:${server.port} (EADDRINUSE)\n  name another address with --listen\n`,
    )
  })
})
