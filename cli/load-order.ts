import { Redactor } from '../core/redact.ts'
import type { ScenarioPlan, Story } from '../core/story.ts'
import { HttpClient } from '../harness/client/http.ts'
import { HarnessError } from '../harness/error.ts'
import { provideEngine } from '../harness/load/engine.ts'
import { dayOf, type Region, usualRegions } from '../harness/load/regions.ts'
import type { LoadResult } from '../harness/load/result.ts'
import { type LoadOptions, type LoadPart, runLoad, scriptPath } from '../harness/load/run.ts'
import { type WorkloadName, workloads } from '../harness/load/workloads.ts'
import { printable } from '../harness/printable.ts'
import type { Emit } from '../harness/runner/events.ts'
import { nearest } from '../harness/target/nearest.ts'
import { whyNotForAWhile } from '../harness/target/registration.ts'
import type { LoadSettings, TargetSettings } from '../harness/target/settings.ts'
import type { Target } from '../harness/target/target.ts'
import { stories } from '../scenarios/stories.ts'
import type { Io } from './command.ts'
import { invariantOutcomes, whyNot } from './invariants.ts'

/** A load test as it was ordered; what it leaves open follows from the target. */
export interface LoadOrder {
  /** Names of stories, or the mix; all stories that the target supports where there are none. */
  readonly scenarios: readonly string[]
  readonly workload: WorkloadName
  /** Iterations begun per second, of each scenario, or of the mix. */
  readonly rate: number
  readonly seconds: number
  /** Virtual users of each scenario, as many as its rate needs unless said: no more iterations are on their way at once. */
  readonly vus?: number
  /** How many processes share the load, of each region where there are several. */
  readonly processes: number
  readonly mix: Readonly<Record<string, number>>
  readonly skew: number
  readonly regions: readonly Region[]
}

/** The part of an order that was said. */
export type LoadWish = {
  readonly [Name in 'scenarios' | 'workload' | 'rate' | 'seconds' | 'vus' | 'processes']?: LoadOrder[Name] | undefined
} & {
  /** Whether it may press harder and longer than anybody would by mistake. */
  readonly beyondCaps?: boolean
}

/** A look at the server under pressure that it should not feel: enough to see an invariant break. */
export const shortLoad = {
  scenarios: [],
  workload: 'steady',
  rate: 8,
  seconds: 5,
  vus: 8,
  processes: 1,
} as const satisfies LoadWish

/** The one scenario that is no story of its own, but some of each. */
const mix = 'mix'

export const storyNames = Object.keys(stories)

/** What a run of load can be asked for. */
export const scenarioNames = [...storyNames, mix]

const catalogue: Readonly<Record<string, Story>> = stories

/** How often each story comes in the mix where the target file does not say: as at a service whose sessions live for long. */
const usualMix: Readonly<Record<string, number>> = {
  'client-credentials': 25,
  refresh: 25,
  introspection: 20,
  userinfo: 10,
  'authorization-code': 10,
  discovery: 5,
  'saml-sso': 5,
}

/** What nobody presses for by mistake: iterations of a scenario a second, and seconds. */
const caps = { rate: 2000, seconds: 600 }

/**
 * What was said on the command line, else in the target file, else nothing in particular. Throws `USAGE` where a scenario
 * is none, or where it is more than anybody would ask for by mistake.
 */
export function loadOrder(said: LoadWish, { load = {} }: Pick<TargetSettings, 'load'>): LoadOrder {
  const workload = said.workload ?? load.workload ?? 'steady'
  const { usual } = workloads[workload]
  const rate = said.rate ?? load.rate ?? usual.rate
  const scenarios = said.scenarios !== undefined && said.scenarios.length > 0 ? said.scenarios : (load.scenarios ?? [])
  const weights = load.mix ?? usualMix
  for (const name of scenarios) if (!scenarioNames.includes(name)) throw unknownScenario(name, scenarioNames)
  for (const name of Object.keys(weights)) if (catalogue[name] === undefined) throw unknownScenario(name, storyNames)
  const order: LoadOrder = {
    scenarios,
    workload,
    rate,
    seconds: said.seconds ?? load.seconds ?? usual.seconds,
    ...(said.vus !== undefined && { vus: said.vus }),
    processes: said.processes ?? 1,
    mix: weights,
    skew: load.skew ?? (workload === 'global' ? 1 : 0),
    regions: load.regions?.map(regionOf) ?? usualRegions,
  }
  if (said.beyondCaps !== true) assertBearable(order)
  return order
}

const regionOf = ({ name, share, distance_ms, peak_hour }: NonNullable<LoadSettings['regions']>[number]): Region => ({
  name,
  share,
  distanceMs: distance_ms,
  peakHour: peak_hour,
})

function assertBearable({ rate, seconds, workload }: LoadOrder): void {
  const highest = Math.max(...workloads[workload].stages(rate, seconds).map((stage) => stage.rate))
  const most = workload === 'soak' ? workloads.soak.usual.seconds : caps.seconds
  const excess = [
    ...(highest > caps.rate ? [`${Math.round(highest)} iterations a second, and ${caps.rate} are the most`] : []),
    ...(seconds > most ? [`${seconds} seconds, and ${most} are the most`] : []),
  ]
  if (excess.length === 0) return
  throw new HarnessError('USAGE', `the load would come to ${excess.join('; and take ')}`, {
    hint: 'ask for less, or say --beyond-caps if that is what you want',
  })
}

/** What a part of a run works with. */
export interface Stage {
  readonly emit: Emit
  readonly signal: AbortSignal
  readonly io: Io
}

/** Runs the load, and tells of its invariants as of any other unit. */
export async function performLoad(target: Target, order: LoadOrder, { emit, signal, io }: Stage): Promise<LoadResult> {
  const parts = await leavingNothingBehind(partsFor(target, order), target, io)
  const result = await measured(target, order, parts, { emit, signal, io })
  const ordered = new Set(parts.flatMap(({ scenarios }) => scenarios.map(({ story }) => story)))
  const outcomes = invariantOutcomes(result, target)
    .filter(({ unit }) => order.scenarios.length === 0 || ordered.has(unit.id.split('/')[1] ?? ''))
    // What an interruption left no time for is not the target's fault.
    .filter(({ verdict }) => !signal.aborted || verdict.state !== 'untestable')
  outcomes.forEach((outcome, at) => emit({ type: 'unit-finished', outcome, done: at + 1, units: outcomes.length }))
  return result
}

/** Nobody is registered for load where nobody can be removed again: thousands of clients would stay at the target. */
async function leavingNothingBehind(
  parts: readonly LoadPart[],
  target: Target,
  { error }: Pick<Io, 'error'>,
): Promise<readonly LoadPart[]> {
  const registers = ({ story }: ScenarioPlan) => catalogue[story]?.needs.includes('registration') ?? false
  if (!parts.some(({ scenarios }) => scenarios.some(registers))) return parts
  const http = new HttpClient({ timeoutMs: target.limits.timeout_ms, redactor: new Redactor() })
  const why = await whyNotForAWhile(target.metadata, target.registration ?? {}, http)
  if (why === undefined) return parts
  error.write(`no clients are registered for load: ${why}\n`)
  return parts.map((part) => ({ ...part, scenarios: part.scenarios.filter((one) => !registers(one)) }))
}

async function measured(
  target: Target,
  { skew }: LoadOrder,
  parts: readonly LoadPart[],
  { emit, signal, io }: Stage,
): Promise<LoadResult> {
  const notRun = (because: string): LoadResult => {
    const result: LoadResult = { state: 'not-run', because }
    emit({ type: 'load-finished', result })
    return result
  }
  if (parts.every(({ scenarios }) => scenarios.length === 0))
    return notRun(
      'nothing of what the scenarios need is there: grants, clients with a secret, service providers, people who sign in',
    )
  const { environment } = io
  const engine = await provideEngine((line) => io.error.write(`${line}\n`), { environment, signal })
  if (signal.aborted) return notRun(interrupted)
  if (engine.state === 'missing') return notRun(engine.because)
  const options: LoadOptions = { engine, script: scriptPath('main.ts'), stories: catalogue, parts, skew, signal }
  const result = await runLoad(target, options, emit).catch((error: unknown): LoadResult => {
    if (error instanceof HarnessError) return { state: 'not-run', because: `${error.message}; ${error.hint}` }
    throw error
  })
  return result.state === 'not-run' ? notRun(signal.aborted ? interrupted : result.because) : result
}

const interrupted = 'it was interrupted'

/** What each region does, or all there is; scenarios that the target lacks something for are left out. */
export function partsFor(target: Target, order: LoadOrder): readonly LoadPart[] {
  const { workload, rate, seconds, vus, processes, regions } = order
  const weights = weightsFor(target, order)
  const scenariosOf = (stages: ScenarioPlan['stages']): readonly ScenarioPlan[] =>
    [...weights].map(([story, weight]) => ({
      name: story,
      story,
      stages: stages.map((stage) => ({ ...stage, rate: stage.rate * weight })),
      vus: vus ?? usersFor(weight * Math.max(...stages.map((stage) => stage.rate))),
    }))
  if (workload !== 'global') return [{ scenarios: scenariosOf(workloads[workload].stages(rate, seconds)), processes }]
  return dayOf(regions, rate, seconds).map(({ region, stages }) => ({
    region: region.name,
    ...(region.distanceMs > 0 && { distance: { roundTripMs: region.distanceMs } }),
    scenarios: scenariosOf(stages),
    processes,
  }))
}

/** One second for each iteration: whoever is slower than that should be seen to drop some. */
const usersFor = (rate: number): number => Math.min(1000, Math.max(10, Math.ceil(rate)))

/** Each story that is to be told, and its part of the rate: all of it, but in the mix. */
function weightsFor(target: Target, { scenarios, mix: weights }: LoadOrder): ReadonlyMap<string, number> {
  const can = (name: string) => catalogue[name] !== undefined && whyNot(catalogue[name], target) === undefined
  const named = scenarios.length > 0 ? scenarios.filter((name) => name !== mix) : storyNames
  const told = new Map(named.filter(can).map((name) => [name, 1]))
  if (!scenarios.includes(mix)) return told
  const mixed = Object.entries(weights).filter(([name]) => can(name))
  const all = mixed.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [name, weight] of mixed) told.set(name, (told.get(name) ?? 0) + weight / all)
  return told
}

function unknownScenario(name: string, names: readonly string[]): HarnessError {
  const meant = nearest(name, names)
  return new HarnessError('USAGE', `there is no scenario ${printable(name)}`, {
    hint: meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`,
  })
}
