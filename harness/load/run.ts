import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { exceptionPattern, samplePattern } from '../../core/load-metrics.ts'
import type { LoadPlan, ScenarioPlan, Story } from '../../core/story.ts'
import { HarnessError } from '../error.ts'
import type { Emit } from '../runner/events.ts'
import type { ClientAccount, Target } from '../target/target.ts'
import { remoteWrite } from './remote-write.ts'
import type { LoadResult, ScenarioResult } from './result.ts'
import { sampleVerifier } from './samples.ts'

export interface LoadOptions {
  /** The k6 binary. */
  readonly engine: { readonly path: string; readonly version: string }
  /** The k6 script, as a path. */
  readonly script: string
  readonly stories: Readonly<Record<string, Story>>
  readonly scenarios: readonly ScenarioPlan[]
  readonly signal?: AbortSignal
}

/** k6 is given this much longer than its scenarios take before it is stopped, in milliseconds. */
const graceMs = 30_000

/** Runs the scenarios as one k6 process and tells what they measured. Secrets go to k6 by its environment, tokens come back by a pipe. */
export async function runLoad(target: Target, options: LoadOptions, emit: Emit): Promise<LoadResult> {
  const plan = planFor(target, options.scenarios)
  const verifier = sampleVerifier(target)
  const seconds = Math.max(...options.scenarios.map((scenario) => scenario.seconds))
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
  const summary = readSummary(output.stdout)
  if (summary === undefined)
    return {
      state: 'not-run',
      because: `k6 exited with ${output.code ?? 'no'} code and gave no figures: ${output.lastWords}`,
    }
  const samples = await verifier.judge()
  const result: LoadResult = {
    state: 'measured',
    engine: options.engine.version,
    seconds,
    scenarios: summary.scenarios.map((scenario) => resultOf(scenario, options.stories)),
    warnings: [
      ...(summary.exceptions > 0
        ? [`${summary.exceptions} iterations threw: ${output.exceptions[0] ?? 'no message'}`]
        : []),
      ...samples.problems,
      ...summary.scenarios
        .filter(({ iterations }) => iterations === 0)
        .map(({ story }) => `${story} completed no iteration`),
    ],
    samples: { verified: samples.verified, rejected: samples.problems.length },
  }
  emit({ type: 'load-finished', result })
  return result
}

function planFor(target: Target, scenarios: readonly ScenarioPlan[]): LoadPlan {
  const account = loadClient(target)
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
    client: {
      client_id: account.client_id,
      client_secret: account.client_secret?.reveal() ?? '',
      method: account.token_endpoint_auth_method === 'private_key_jwt' ? 'none' : account.token_endpoint_auth_method,
      redirect_uri: account.redirect_uris[0] ?? '',
    },
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

/** The client that makes the load: confidential, with a secret, for the most grants. */
function loadClient({ clients }: Target): ClientAccount {
  const withSecret = clients.filter(({ client_secret: secret }) => secret !== undefined)
  const [best] = withSecret.toSorted((a, b) => b.grant_types.length - a.grant_types.length)
  if (best !== undefined) return best
  throw new HarnessError('USAGE', 'the target file has no client that load can be made with', {
    hint: 'add a client with client_secret_basic or client_secret_post under clients',
  })
}

interface EngineOutput {
  readonly code: number | null
  readonly stdout: string
  readonly exceptions: readonly string[]
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
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        K6_AUTO_EXTENSION_RESOLUTION: 'false',
        ...figures.environment,
        ASSAY_PLAN: JSON.stringify(plan),
      },
    },
  )
  const started = performance.now()
  const exceptions: string[] = []
  let stdout = ''
  let lastWords = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
  forEachLine(child.stderr, (line) => {
    onLine(line)
    const exception = exceptionPattern.exec(line)?.[1]
    if (exception !== undefined && exceptions.length < 10) exceptions.push(exception)
    if (!samplePattern.test(line) && line.trim() !== '') lastWords = line.slice(0, 300)
  })
  const ticking = setInterval(() => onSecond(Math.round((performance.now() - started) / 1000)), 1000)
  const stop = () => child.kill('SIGINT')
  const overdue = setTimeout(() => child.kill('SIGKILL'), seconds * 1000 + graceMs)
  options.signal?.addEventListener('abort', stop, { once: true })
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    return { code, stdout, exceptions, lastWords }
  } finally {
    clearInterval(ticking)
    clearTimeout(overdue)
    options.signal?.removeEventListener('abort', stop)
  }
}

function forEachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void) {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
  stream.on('end', () => onLine(rest))
}

interface EngineScenario {
  readonly story: string
  readonly seconds: number
  readonly requests: number
  readonly iterations: number
  readonly completed: number
  readonly droppedIterations: number
  readonly latency: Readonly<Record<string, number>>
  readonly invariants: readonly { readonly name: string; readonly observed: number; readonly broken: number }[]
}

function readSummary(
  stdout: string,
): { readonly scenarios: readonly EngineScenario[]; readonly exceptions: number } | undefined {
  const line = stdout.split('\n').find((one) => one.startsWith('assay-summary '))
  return line === undefined
    ? undefined
    : (JSON.parse(line.slice('assay-summary '.length)) as { scenarios: EngineScenario[]; exceptions: number })
}

function resultOf(scenario: EngineScenario, stories: LoadOptions['stories']): ScenarioResult {
  const promise: Readonly<Record<string, number>> = stories[scenario.story]?.promise ?? {}
  const latency = Object.fromEntries(
    Object.entries(scenario.latency).map(([name, value]) => [quantileName(name), value]),
  )
  return {
    scenario: scenario.story,
    requests: scenario.requests,
    requestsPerSecond: scenario.requests / scenario.seconds,
    iterations: scenario.iterations,
    droppedIterations: scenario.droppedIterations,
    failures: scenario.iterations - scenario.completed,
    latency,
    promises: Object.entries(promise).map(([metric, bound]) => {
      const actual = latency[metric] ?? Number.NaN
      return { metric, bound, actual, kept: actual <= bound }
    }),
    invariants: scenario.invariants,
  }
}

/** k6 writes `p(95)` where reports write `p95`. */
const quantileName = (name: string) => name.replace(/^p\((.*)\)$/, 'p$1')

/** Where the scripts are: beside the compiled code as beside the source. */
export const scriptPath = (relative: string) => fileURLToPath(new URL(`../../scenarios/${relative}`, import.meta.url))
