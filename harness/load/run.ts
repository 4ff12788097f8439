import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { Redactor } from '../../core/redact.ts'
import { exceptionPattern, samplePattern } from '../../core/load-metrics.ts'
import type { LoadClient, LoadPlan, ScenarioPlan, Story } from '../../core/story.ts'
import { HarnessError } from '../error.ts'
import type { Emit } from '../runner/events.ts'
import type { ClientAccount, Target } from '../target/target.ts'
import { memoryFor, watchMemory } from './memory.ts'
import { remoteWrite, undeliveredPattern } from './remote-write.ts'
import type { LoadResult, ScenarioResult } from './result.ts'
import { sampleVerifier, type SampleVerdict } from './samples.ts'

export interface LoadOptions {
  /** The k6 binary. */
  readonly engine: { readonly path: string; readonly version: string }
  /** The k6 script, as a path. */
  readonly script: string
  readonly stories: Readonly<Record<string, Story>>
  readonly scenarios: readonly ScenarioPlan[]
  readonly signal?: AbortSignal
  /** k6 is given this much longer than its scenarios take, or than it is told to stop, before it is killed, in milliseconds. */
  readonly graceMs?: number
}

const defaultGraceMs = 30_000

/** No line that the scripts print is longer, in characters; of a longer one the rest is not read. */
const longestLine = 1_000_000

/** Runs the scenarios as one k6 process and tells what they measured. Secrets go to k6 by its environment, tokens come back by a pipe. */
export async function runLoad(target: Target, options: LoadOptions, emit: Emit): Promise<LoadResult> {
  const plan = planFor(target, options.scenarios)
  if (options.signal?.aborted) return { state: 'not-run', because: 'it was interrupted' }
  const verifier = sampleVerifier(target)
  const seconds = Math.max(0, ...options.scenarios.map((scenario) => scenario.seconds))
  const output = await runEngine(
    options,
    plan,
    seconds,
    (line) => {
      const sample = samplePattern.exec(line)
      if (sample?.[1] !== undefined && sample[2] !== undefined)
        verifier.take(sample[1] === 'id_token' ? 'id_token' : 'access_token', sample[2])
    },
    (elapsed) =>
      emit({
        type: 'load-progress',
        scenarios: options.scenarios.map(({ story }) => story),
        elapsed,
        of: seconds,
      }),
  )
  const summary = summaryIn(output.summary)
  if (summary === undefined) return { state: 'not-run', because: whyNoFigures(output, redactorFor(plan)) }
  const samples = await verifier.judge()
  const result: LoadResult = {
    state: 'measured',
    engine: options.engine.version,
    seconds: Math.max(...summary.scenarios.map((scenario) => scenario.seconds)),
    scenarios: summary.scenarios.map((scenario) => resultOf(scenario, options.stories, samples)),
    warnings: [
      ...(summary.exceptions > 0
        ? [`${summary.exceptions} iterations threw: ${redactorFor(plan).quote(output.exceptions[0] ?? 'no message')}`]
        : []),
      ...(output.undelivered > 0
        ? [`figures did not arrive at K6_PROMETHEUS_RW_SERVER_URL, ${output.undelivered} times`]
        : []),
      ...samples.problems,
      ...summary.scenarios
        .filter(({ iterations, completed }) => iterations === 0 || completed < iterations)
        .map(
          ({ story, iterations, completed }) =>
            `${story} completed ${completed === 0 ? 'no iteration' : `${completed} of ${iterations} iterations`}; see whether the target answers in time`,
        ),
    ],
    samples: { verified: samples.verified, rejected: samples.rejected },
  }
  emit({ type: 'load-finished', result })
  return result
}

function planFor(target: Target, scenarios: readonly ScenarioPlan[]): LoadPlan {
  const { service, app } = loadClients(target)
  if (service === undefined) {
    throw new HarnessError('USAGE', 'the target file has no client that load can be made with', {
      hint: 'add a client with client_secret_basic or client_secret_post under clients',
    })
  }
  const endpoint = (name: string) => {
    const url = target.metadata[name]
    return typeof url === 'string' ? url : ''
  }
  return {
    issuer: target.issuer,
    endpoints: {
      authorization: endpoint('authorization_endpoint'),
      token: endpoint('token_endpoint'),
      introspection: endpoint('introspection_endpoint'),
      revocation: endpoint('revocation_endpoint'),
      userinfo: endpoint('userinfo_endpoint'),
    },
    client: loadClient(service),
    ...(app !== undefined && { publicClient: loadClient(app) }),
    users: target.users.map(({ username, password, sub }) => ({
      username,
      password: password.reveal(),
      ...(sub !== undefined && { sub }),
    })),
    openid: target.capabilities.has('openid'),
    scenarios,
    sampleEvery: 50,
  }
}

/** The clients that make the load: a service that has a secret, for the most grants, and an app that has none. */
export function loadClients({ clients }: Pick<Target, 'clients'>) {
  const [service] = clients
    .filter(({ token_endpoint_auth_method: method }) => method.startsWith('client_secret'))
    .toSorted((a, b) => b.grant_types.length - a.grant_types.length)
  const app = clients.find(
    ({ token_endpoint_auth_method: method, grant_types: grants }) =>
      method === 'none' && grants.includes('authorization_code') && grants.includes('refresh_token'),
  )
  return { service, app }
}

const loadClient = (account: ClientAccount): LoadClient => ({
  client_id: account.client_id,
  client_secret: account.client_secret?.reveal() ?? '',
  method: account.token_endpoint_auth_method === 'private_key_jwt' ? 'none' : account.token_endpoint_auth_method,
  redirect_uri: account.redirect_uris[0] ?? '',
})

/** What k6 says may quote what it sent and got. */
function redactorFor({ client, users }: LoadPlan): Redactor {
  const redactor = new Redactor()
  redactor.learn('client_secret', client.client_secret)
  for (const { password } of users) redactor.learn('password', password)
  return redactor
}

function whyNoFigures({ code, failure, lastWords }: EngineOutput, redactor: Redactor): string {
  const how = failure ?? `k6 ${code === null ? 'was killed' : `exited with code ${code}`} and gave no figures`
  return lastWords === '' ? how : `${how}: ${redactor.quote(lastWords)}`
}

interface EngineOutput {
  readonly code: number | null
  /** The line that holds the figures, where there is one. */
  readonly summary: string | undefined
  /** Why k6 did not run to its end. */
  readonly failure?: string
  readonly exceptions: readonly string[]
  /** How often Prometheus did not take the figures. */
  readonly undelivered: number
  readonly lastWords: string
}

async function runEngine(
  options: LoadOptions,
  plan: LoadPlan,
  seconds: number,
  onLine: (line: string) => void,
  onSecond: (elapsed: number) => void,
): Promise<EngineOutput> {
  const figures = remoteWrite(process.env)
  const child = spawn(
    options.engine.path,
    ['run', '--quiet', '--no-usage-report', '--log-format=raw', ...figures.args, options.script],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      // In a group of its own: a terminal would interrupt it too, and at the second interruption k6 gives no figures.
      detached: process.platform !== 'win32',
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        K6_AUTO_EXTENSION_RESOLUTION: 'false',
        ...figures.environment,
        ASSAY_PLAN: JSON.stringify(plan),
      },
    },
  )
  const { graceMs = defaultGraceMs, signal } = options
  const started = performance.now()
  const output: Writable<EngineOutput> = {
    code: null,
    summary: undefined,
    exceptions: [],
    undelivered: 0,
    lastWords: '',
  }
  forEachLine(child.stdout, (line) => {
    if (line.startsWith(summaryMark)) output.summary ??= line.slice(summaryMark.length)
  })
  forEachLine(child.stderr, (line) => {
    onLine(line)
    const exception = exceptionPattern.exec(line)?.[1]
    if (exception !== undefined && output.exceptions.length < 10)
      output.exceptions = [...output.exceptions, exception.slice(0, 300)]
    if (undeliveredPattern.test(line)) output.undelivered += 1
    if (!samplePattern.test(line) && line.trim() !== '') output.lastWords = line.slice(0, 300)
  })
  const ticking = setInterval(() => onSecond(Math.round((performance.now() - started) / 1000)), 1000)
  const kill = () => child.kill('SIGKILL')
  const giveUp = (failure: string) => {
    output.failure = `${failure} and was killed`
    kill()
  }
  const overdue = [setTimeout(() => giveUp('k6 did not end in time'), seconds * 1000 + graceMs)]
  const memory = memoryFor(options.scenarios)
  const unwatch = watchMemory(child.pid, memory, () => giveUp(`k6 held more than ${memory} MiB`))
  const stop = () => {
    child.kill('SIGINT')
    overdue.push(setTimeout(kill, graceMs))
  }
  signal?.addEventListener('abort', stop, { once: true })
  process.once('exit', kill)
  try {
    output.code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
  } catch (error) {
    output.failure = `k6 could not be started: ${error instanceof Error ? error.message : String(error)}`
  } finally {
    clearInterval(ticking)
    unwatch()
    for (const timer of overdue) clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
    process.removeListener('exit', kill)
  }
  return output
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] }

function forEachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void) {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = (lines.pop() ?? '').slice(0, longestLine)
    for (const line of lines) onLine(line)
  })
  stream.on('end', () => onLine(rest))
}

const summaryMark = 'assay-summary '

const count = z.int().nonnegative()

/** What the script's last line holds. */
const summaryShape = z.object({
  scenarios: z.array(
    z.object({
      story: z.string(),
      seconds: z.number().nonnegative(),
      requests: count,
      iterations: count,
      completed: count,
      droppedIterations: count,
      latency: z.record(z.string(), z.number()),
      invariants: z.array(z.object({ name: z.string(), observed: count, broken: count })),
    }),
  ),
  exceptions: count,
})

type EngineScenario = z.infer<typeof summaryShape>['scenarios'][number]

function summaryIn(line: string | undefined): z.infer<typeof summaryShape> | undefined {
  if (line === undefined) return undefined
  try {
    return summaryShape.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

function resultOf(
  scenario: EngineScenario,
  stories: LoadOptions['stories'],
  { signatures }: Pick<SampleVerdict, 'signatures'>,
): ScenarioResult {
  const story = stories[scenario.story]
  const promise: Readonly<Record<string, number>> = story?.promise ?? {}
  const latency = Object.fromEntries(
    Object.entries(scenario.latency)
      .filter(([name]) => name !== 'count' && scenario.requests > 0)
      .map(([name, value]) => [quantileName(name), value]),
  )
  return {
    scenario: scenario.story,
    requests: scenario.requests,
    requestsPerSecond: scenario.seconds > 0 ? scenario.requests / scenario.seconds : 0,
    iterations: scenario.iterations,
    droppedIterations: scenario.droppedIterations,
    failures: scenario.iterations - scenario.completed,
    latency,
    // What was not measured is neither kept nor broken.
    promises: Object.entries(promise).flatMap(([metric, bound]) => {
      const actual = latency[metric]
      return actual === undefined ? [] : [{ metric, bound, actual, kept: actual <= bound }]
    }),
    invariants: scenario.invariants.map((counted) =>
      story?.invariants[counted.name]?.bySample === undefined ? counted : { name: counted.name, ...signatures },
    ),
  }
}

/** k6 writes `p(95)` where reports write `p95`. */
const quantileName = (name: string) => name.replace(/^p\((.*)\)$/, 'p$1')

/** Where the scripts are: beside the compiled code as beside the source. */
export const scriptPath = (relative: string) => fileURLToPath(new URL(`../../scenarios/${relative}`, import.meta.url))
