import { fileURLToPath } from 'node:url'
import { Redactor } from '../../core/redact.ts'
import { type EngineSummary, type LoadPlan, type ScenarioPlan, secondsOf, type Story } from '../../core/story.ts'
import type { Environment } from '../programs.ts'
import type { Emit } from '../runner/events.ts'
import type { Target } from '../target/target.ts'
import { arrivals, type Assembly, assemblyOf } from './assembly.ts'
import { bundle } from './bundle.ts'
import { type Companion, startCompanion } from './companion.ts'
import type { Remoteness } from './distance.ts'
import { type EngineOutput, runEngine } from './engine-process.ts'
import { assertTellable, planFor } from './plan.ts'
import { filledPools } from './pools.ts'
import { memoryFor } from './process-watch.ts'
import type { GeneratorCost, LoadResult } from './result.ts'
import { identityOf } from './runners.ts'
import { measuredBy, warningsOfUnseen } from './scenario-result.ts'
import { mergeSummaries, summaryIn } from './summary.ts'
import { type Judged, type Testimony, testimony } from './testimony.ts'
import { type Way, wayTo } from './way.ts'

export interface LoadOptions {
  /** The k6 binary. */
  readonly engine: { readonly path: string; readonly version: string }
  /** The k6 script, as a path. */
  readonly script: string
  readonly stories: Readonly<Record<string, Story>>
  /** What one process does, or all of a region; several regions begin together. */
  readonly parts: readonly LoadPart[]
  /** How unevenly people and clients come, as the exponent of Zipf's law; evenly unless said. */
  readonly skew?: number
  readonly signal?: AbortSignal
  /** k6 is given this much longer than its scenarios take, or than it is told to stop, before it is killed, in milliseconds. */
  readonly graceMs?: number
  /** How long k6 may take until its virtual users are made, in milliseconds; as many of them need unless said. */
  readonly startMs?: number
  /** What k6 is told by its environment besides. */
  readonly environment?: Environment
  /** So that several runs begin together. */
  readonly assembly?: Assembly
  /** Is told what each process has used of processors in the course of the run. */
  readonly onCourses?: (courses: readonly EngineOutput['course'][]) => void
}

/** What one region does, or all there is. */
export interface LoadPart {
  readonly region?: string
  readonly scenarios: readonly ScenarioPlan[]
  /** How many processes share it; one unless said. */
  readonly processes?: number
  /** How far it is from the target; where it is nothing is put between. */
  readonly distance?: Remoteness
}

const defaultGraceMs = 30_000

/**
 * Runs the scenarios as processes of k6 and tells what they measured. Secrets go to k6 by its environment, tokens come
 * back by a connection on loopback.
 */
export async function runLoad(target: Target, options: LoadOptions, emit: Emit): Promise<LoadResult> {
  if (options.signal?.aborted) return { state: 'not-run', because: 'it was interrupted' }
  const heard = testimony(target)
  const { stories } = options
  const scenarios = options.parts.flatMap((part) => part.scenarios)
  assertTellable(
    target,
    scenarios.flatMap(({ story }) => stories[story] ?? []),
  )
  const pools = await filledPools(target, { scenarios, stories })
  const assembly = options.assembly ?? assemblyOf(options.parts.reduce((sum, { processes = 1 }) => sum + processes, 0))
  const arrive = arrivals(assembly)
  const companion = await startCompanion({
    hear: heard.hear,
    assemble: async (who) => await arrive(identityOf(who)),
    make: (path, count) => pools.get(path)?.take(count),
  })
  const ways: Way[] = []
  try {
    for (const part of options.parts) ways.push(await wayTo(target, part.distance))
    const result = await runParts(target, options, { emit, heard, companion, assembly, ways })
    if (result.state === 'measured') emit({ type: 'load-finished', result })
    return result
  } finally {
    await Promise.all([companion, ...ways].map(async (one) => await one.close()))
  }
}

interface Stage {
  readonly emit: Emit
  readonly heard: Testimony
  readonly companion: Companion
  readonly assembly: Assembly
  /** One for each part. */
  readonly ways: readonly Way[]
}

/** One process, and for whom it stands. */
interface Process {
  readonly plan: LoadPlan
  readonly region: string | undefined
  readonly segment?: { readonly own: string; readonly all: string }
}

async function runParts(target: Target, options: LoadOptions, stage: Stage): Promise<LoadResult> {
  const { emit, heard, assembly } = stage
  const processes = processesFor(target, options, stage)
  const redactor = redactorFor(target)
  const seconds = Math.max(0, ...options.parts.flatMap(({ scenarios }) => scenarios.map(secondsOf)))
  const ticking = setInterval(() => {
    const now = Date.now()
    const elapsed = Math.max(0, Math.round((now - (assembly.begins ?? now)) / 1000))
    const latest = heard.timeline.latest(assembly.begins ?? now, now)
    const scenarios = [...new Set(options.parts.flatMap((part) => part.scenarios.map(({ name }) => name)))]
    emit({ type: 'load-progress', scenarios, elapsed, of: seconds, ...(latest !== undefined && { latest }) })
  }, 1000)
  const { outputs, failed } = await runEngines(processes, options, assembly, seconds).finally(() =>
    clearInterval(ticking),
  )
  options.onCourses?.(outputs.map(({ course }) => course))
  if (failed !== undefined) return { state: 'not-run', because: whyNoFigures(failed, redactor) }
  const told = outputs.flatMap(({ summary }) => summaryIn(summary) ?? [])
  const judged = await heard.judge()
  const whole = mergeSummaries(told)
  const generator = costOf(outputs)
  return measuredBy(
    {
      engine: options.engine.version,
      whole,
      regions: regionsOf(processes, told),
      judged,
      timeline: heard.timeline.moments(assembly.begins ?? Date.now()),
      generator,
      warnings: warningsOf(whole, outputs, judged, generator, redactor),
    },
    options.stories,
  )
}

/** Runs all of them to their end, and says which was the first that gave no figures: it may be why others gave none. */
async function runEngines(
  processes: readonly Process[],
  { engine, script: path, graceMs = defaultGraceMs, startMs, environment, signal }: LoadOptions,
  assembly: Assembly,
  seconds: number,
): Promise<{ readonly outputs: readonly EngineOutput[]; readonly failed?: EngineOutput }> {
  const script = await bundle(path)
  const abandonment = new AbortController()
  const signals = [abandonment.signal, ...(signal === undefined ? [] : [signal])]
  const silent: EngineOutput[] = []
  const run = async ({ plan, segment }: Process): Promise<EngineOutput> => {
    const output = await runEngine({
      path: engine.path,
      script,
      plan,
      ...(segment !== undefined && { segment }),
      seconds,
      graceMs,
      ...(startMs !== undefined && { startMs }),
      ...(environment !== undefined && { environment }),
      memory: memoryOf(plan),
      begins: () => assembly.begins,
      signal: AbortSignal.any(signals),
    })
    if (summaryIn(output.summary) === undefined) silent.push(output)
    // The others would wait for it in vain.
    if (assembly.begins === undefined) abandonment.abort()
    return output
  }
  const outputs = await Promise.all(processes.map(run))
  const [failed] = silent
  return { outputs, ...(failed !== undefined && { failed }) }
}

/** Each process of each part. Those of one part divide its iterations; those of several regions the people. */
function processesFor(target: Target, { parts, skew }: LoadOptions, { companion, ways }: Stage): readonly Process[] {
  return parts.flatMap(({ region, scenarios, processes = 1, distance }, index) => {
    const share = { index, of: parts.length, ...(region !== undefined && { region }) }
    const plan = planFor(target, {
      scenarios,
      share,
      companion: companion.url,
      ...(distance !== undefined && { hosts: ways[index]?.hosts ?? {} }),
      ...(skew !== undefined && { skew }),
    })
    return segmentsOf(processes).map((segment) => ({ plan, region, ...(segment !== undefined && { segment }) }))
  })
}

/** The parts of so many processes, as k6 writes them; nothing where there is one, which does all. */
export function segmentsOf(processes: number): readonly ({ readonly own: string; readonly all: string } | undefined)[] {
  if (processes <= 1) return [undefined]
  const edges = Array.from({ length: processes + 1 }, (_, at) =>
    at === 0 ? '0' : at === processes ? '1' : `${at}/${processes}`,
  )
  return Array.from({ length: processes }, (_, at) => ({ own: `${edges[at]}:${edges[at + 1]}`, all: edges.join(',') }))
}

function regionsOf(processes: readonly Process[], summaries: readonly EngineSummary[]) {
  const names = [...new Set(processes.flatMap(({ region }) => region ?? []))]
  return names.map((name) => ({
    region: name,
    summary: mergeSummaries(summaries.filter((_, at) => processes[at]?.region === name)),
  }))
}

/** How much a process with this plan may hold, in MiB. */
export const memoryOf = ({ scenarios }: Pick<LoadPlan, 'scenarios'>): number =>
  memoryFor(
    scenarios.reduce((sum, { vus }) => sum + vus, 0),
    // A sign-in takes some ten requests.
    scenarios.reduce(
      (sum, { stages }) => sum + 10 * stages.reduce((all, { rate, seconds }) => all + rate * seconds, 0),
      0,
    ),
  )

/** What k6 says may quote what it sent and got. */
function redactorFor(target: Target): Redactor {
  const redactor = new Redactor()
  for (const { client_secret: secret } of target.clients) if (secret) redactor.learn('client_secret', secret.reveal())
  for (const { password } of target.users) redactor.learn('password', password.reveal())
  const { initial_access_token: token } = target.registration ?? {}
  if (token !== undefined) redactor.learn('initial_access_token', token.reveal())
  return redactor
}

function whyNoFigures({ code, failure, lastWords }: EngineOutput, redactor: Redactor): string {
  const how = failure ?? `k6 ${code === null ? 'was killed' : `exited with code ${code}`} and gave no figures`
  return lastWords === '' ? how : `${how}: ${quoted(lastWords, redactor)}`
}

const quoted = (words: string, redactor: Redactor): string => redactor.quote(words).slice(0, 300)

/** Where it uses more of all processors than this, the figures tell of the generator. */
const busyAbove = 0.8

function costOf(outputs: readonly EngineOutput[]): GeneratorCost {
  const seconds = outputs.flatMap(({ processorSeconds }) => processorSeconds ?? [])
  return {
    processes: outputs.length,
    ...(seconds.length > 0 && {
      processorSeconds: seconds.reduce((sum, one) => sum + one, 0),
      busiest: outputs.reduce((sum, { busiest = 0 }) => sum + busiest, 0),
    }),
  }
}

function warningsOf(
  summary: EngineSummary,
  outputs: readonly EngineOutput[],
  judged: Judged,
  { busiest = 0 }: GeneratorCost,
  redactor: Redactor,
): readonly string[] {
  const thrown = outputs.flatMap((output) => output.exceptions)
  const unwritten = outputs.reduce((sum, output) => sum + output.undelivered, 0)
  return [
    ...(summary.exceptions > 0
      ? [`${summary.exceptions} iterations threw: ${quoted(thrown[0] ?? 'no message', redactor)}`]
      : []),
    ...(unwritten > 0 ? [`figures did not arrive at K6_PROMETHEUS_RW_SERVER_URL, ${unwritten} times`] : []),
    ...warningsOfUnseen(summary, judged),
    ...(busiest > busyAbove
      ? [`k6 used ${Math.round(busiest * 100)} % of all processors: the figures tell of it as much as of the target`]
      : []),
  ]
}

/** Where the scripts are: beside the compiled code as beside the source. */
export const scriptPath = (relative: string) => fileURLToPath(new URL(`../../scenarios/${relative}`, import.meta.url))
