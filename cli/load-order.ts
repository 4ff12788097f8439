import type { ScenarioPlan } from '../core/story.ts'
import { HarnessError } from '../harness/error.ts'
import { provideEngine } from '../harness/load/engine.ts'
import type { LoadResult } from '../harness/load/result.ts'
import { runLoad, scriptPath } from '../harness/load/run.ts'
import { printable } from '../harness/printable.ts'
import type { Emit } from '../harness/runner/events.ts'
import { nearest } from '../harness/target/nearest.ts'
import type { Target } from '../harness/target/target.ts'
import type { TargetSettings } from '../harness/target/settings.ts'
import type { Story } from '../core/story.ts'
import { stories } from '../scenarios/stories.ts'
import type { Io } from './command.ts'
import { invariantOutcomes, whyNot } from './invariants.ts'

/** A load test as it was ordered; what it leaves open follows from the target. */
export interface LoadOrder {
  /** Names of stories; all that the target supports where there are none. */
  readonly scenarios: readonly string[]
  /** Iterations begun per second, of each scenario. */
  readonly rate: number
  readonly seconds: number
  /** Virtual users of each scenario: no more iterations than these are on their way at once. */
  readonly vus: number
}

/** The part of an order that was said. */
export type LoadWish = { readonly [Name in keyof LoadOrder]?: LoadOrder[Name] | undefined }

/** A look at the server under pressure that it should not feel: enough to see an invariant break. */
export const shortLoad: LoadOrder = { scenarios: [], rate: 20, seconds: 5, vus: 20 }

export const storyNames = Object.keys(stories)

const catalogue: Readonly<Record<string, Story>> = stories

/**
 * What was said on the command line, else in the target file, else nothing in particular. Throws `USAGE` where a scenario
 * is none.
 */
export function loadOrder(said: LoadWish, { load = {} }: Pick<TargetSettings, 'load'>): LoadOrder {
  const rate = said.rate ?? load.rate ?? 20
  const scenarios = said.scenarios !== undefined && said.scenarios.length > 0 ? said.scenarios : (load.scenarios ?? [])
  for (const name of scenarios) if (catalogue[name] === undefined) throw unknownScenario(name)
  return {
    scenarios,
    rate,
    seconds: said.seconds ?? load.seconds ?? 15,
    // One second for each iteration: whoever is slower than that should be seen to drop some.
    vus: said.vus ?? Math.min(1000, Math.max(10, Math.ceil(rate))),
  }
}

/** What a part of a run works with. */
export interface Stage {
  readonly emit: Emit
  readonly signal: AbortSignal
  readonly io: Io
}

/** Runs the load, and tells of its invariants as of any other unit. */
export async function performLoad(target: Target, order: LoadOrder, { emit, signal, io }: Stage): Promise<LoadResult> {
  const scenarios = plansFor(target, order)
  const result = await measured(target, scenarios, { emit, signal, io })
  const ordered = new Set(scenarios.map(({ story }) => story))
  const outcomes = invariantOutcomes(result, target)
    .filter(({ unit }) => order.scenarios.length === 0 || ordered.has(unit.id.split('/')[1] ?? ''))
    // What an interruption left no time for is not the target's fault.
    .filter(({ verdict }) => !signal.aborted || verdict.state !== 'untestable')
  outcomes.forEach((outcome, at) => emit({ type: 'unit-finished', outcome, done: at + 1, units: outcomes.length }))
  return result
}

async function measured(
  target: Target,
  scenarios: readonly ScenarioPlan[],
  { emit, signal, io }: Stage,
): Promise<LoadResult> {
  const notRun = (because: string): LoadResult => {
    const result: LoadResult = { state: 'not-run', because }
    emit({ type: 'load-finished', result })
    return result
  }
  if (scenarios.length === 0)
    return notRun('nothing of what the scenarios need is there: grants, clients with a secret, people who sign in')
  const { environment } = io
  const engine = await provideEngine((line) => io.error.write(`${line}\n`), { environment, signal })
  if (signal.aborted) return notRun(interrupted)
  if (engine.state === 'missing') return notRun(engine.because)
  const options = { engine, script: scriptPath('main.ts'), stories: catalogue, scenarios, signal }
  const result = await runLoad(target, options, emit).catch((error: unknown): LoadResult => {
    if (error instanceof HarnessError) return { state: 'not-run', because: `${error.message}; ${error.hint}` }
    throw error
  })
  return result.state === 'not-run' ? notRun(signal.aborted ? interrupted : result.because) : result
}

const interrupted = 'it was interrupted'

/** One plan for each scenario; those that the target lacks something for are left out, but not where they were named. */
function plansFor(target: Target, { scenarios, rate, seconds, vus }: LoadOrder): readonly ScenarioPlan[] {
  const wanted = scenarios.length > 0 ? scenarios : storyNames
  return wanted
    .filter((name) => catalogue[name] !== undefined && whyNot(catalogue[name], target) === undefined)
    .map((story) => ({ story, rate, seconds, vus }))
}

function unknownScenario(name: string): HarnessError {
  const meant = nearest(name, storyNames)
  return new HarnessError('USAGE', `there is no scenario ${printable(name)}`, {
    hint: meant === undefined ? `there are ${storyNames.join(', ')}` : `did you mean ${meant}?`,
  })
}
