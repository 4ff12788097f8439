import { createHash } from 'node:crypto'
import { cpus } from 'node:os'
import type { Exchange } from '../../core/exchange.ts'
import type { Finding } from '../../core/finding.ts'
import { binds, claimOf, freeingClaim } from '../../core/spec/claims.ts'
import { Redactor } from '../../core/redact.ts'
import type { Unit } from '../../core/unit.ts'
import { isNonEmpty, type Verdict } from '../../core/verdict.ts'
import { type Breach, Broken } from '../breach.ts'
import type { Check } from '../check.ts'
import { HttpClient, NoAnswer } from '../client/http.ts'
import { HarnessError, Inapplicable, Untestable } from '../error.ts'
import type { Property } from '../property.ts'
import { whyMissing } from '../target/capabilities.ts'
import type { Target } from '../target/target.ts'
import { targetClock, type TargetClock } from './clock.ts'
import { setUp, type Workplace } from './context.ts'
import type { Emit, Outcome } from './events.ts'
import { type Pacer, pacer } from './pace.ts'
import { type Counterexample, tryInputs } from './try-inputs.ts'

export interface RunOptions {
  readonly seed: number
  /** How many inputs each property tries. */
  readonly runs: number
  /** Milliseconds that one unit may take. */
  readonly unitTimeoutMs?: number
  readonly concurrency?: number
  /** Continues a property at one counterexample: the path that a finding names. */
  readonly path?: string
  /** Takes the first input that a property fails on, and looks for no smaller one. */
  readonly unshrunk?: boolean
  readonly signal?: AbortSignal
}

/** One minute: a check makes some ten requests. */
const defaultUnitTimeoutMs = 60_000

/** A unit that is stopped may say within this time what it has found, in milliseconds. */
const lastWordsMs = 1000

/** What all units of a run share. */
interface Surroundings {
  readonly target: Target
  readonly options: RunOptions
  readonly pace: Pacer
  readonly clock: TargetClock
}

/** Runs checks and properties side by side and tells what became of each; results come in the order of the units. */
export async function run(
  units: readonly (Check | Property)[],
  target: Target,
  options: RunOptions,
  emit: Emit,
): Promise<readonly Outcome[]> {
  const ordered = units.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const outcomes = new Map<string, Outcome>()
  const surroundings = { target, options, pace: pacer(target.limits.max_rps), clock: targetClock(target) }
  const one = async (unit: Check | Property) => {
    if (options.signal?.aborted) return
    emit({ type: 'unit-started', unit })
    const started = performance.now()
    const judgement = await judge(unit, surroundings)
    if (judgement === undefined) return
    const { verdict, cases } = judgement
    const outcome: Outcome = {
      unit: describe(unit),
      verdict,
      milliseconds: performance.now() - started,
      ...(cases !== undefined && { cases }),
    }
    outcomes.set(unit.id, outcome)
    emit({ type: 'unit-finished', outcome, done: outcomes.size, units: units.length })
  }

  // Whoever moves the clock has the target alone.
  const alone = ordered.filter((unit) => unit.needs.includes('clock'))
  const together = ordered.filter((unit) => !unit.needs.includes('clock'))
  await sideBySide(together, options.concurrency ?? Math.min(target.limits.concurrency, cpus().length * 4), one)
  await sideBySide(alone, 1, one)
  return ordered.flatMap((unit) => outcomes.get(unit.id) ?? [])
}

async function sideBySide<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>) {
  const queue = items.values()
  const worker = async () => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: Math.max(1, width) }, worker))
}

interface Judgement {
  readonly verdict: Verdict
  readonly cases?: number
}

/** What a unit comes to; nothing where the run was interrupted before it saw a breach. */
async function judge(unit: Check | Property, surroundings: Surroundings): Promise<Judgement | undefined> {
  const { target, options, pace, clock } = surroundings
  const missing = unit.needs.find(
    (need) => need !== 'second client' && need !== 'second user' && !target.capabilities.has(need),
  )
  if (missing !== undefined && missing !== 'second client' && missing !== 'second user') {
    return { verdict: { state: 'inapplicable', because: whyMissing(missing) } }
  }
  if (!unit.proves.some((requirement) => binds(requirement, target.claims)))
    return { verdict: { state: 'inapplicable', because: whyUnbound(unit) } }
  const timeoutMs = options.unitTimeoutMs ?? defaultUnitTimeoutMs
  const limit = limitOf(timeoutMs, options.signal)
  let workplace: Workplace | undefined
  let performed: Performance = {}
  try {
    workplace = setUp(unit, target, pace, clock, limit.signal)
    performed = await Promise.race([perform(unit, workplace, options), limit.over])
    limit.signal.throwIfAborted()
    return judgementOf(unit, workplace, performed)
  } catch (error) {
    // A breach stands whatever else went wrong.
    if (workplace !== undefined && workplace.breaches.length > 0) return judgementOf(unit, workplace, performed)
    if (options.signal?.aborted === true) return undefined
    const reason = limit.signal.aborted ? new Untestable(`it did not end within ${timeoutMs / 1000} s`) : error
    return { verdict: verdictOfError(reason, workplace) }
  } finally {
    limit.clear()
    if (workplace !== undefined) await cleanUp(workplace, unit, surroundings)
  }
}

function whyUnbound({ proves: [requirement] }: Unit): string {
  const claim = claimOf(requirement)
  return claim === undefined
    ? `the target claims ${freeingClaim(requirement)}, which does not ask for it`
    : `the target does not claim ${claim}; hold it to that with --claims ${claim}`
}

interface Performance {
  readonly found?: Counterexample | undefined
  readonly cases?: number
}

async function perform(unit: Check | Property, workplace: Workplace, options: RunOptions): Promise<Performance> {
  if (unit.kind === 'property') return await tryInputs(unit, workplace, options)
  await unit.run(workplace.context)
  return {}
}

/** Stops a unit when its time is up or the run is interrupted; `over` ends it even where it does not listen. */
function limitOf(timeoutMs: number, interrupted = new AbortController().signal) {
  const overdue = new AbortController()
  const signal = AbortSignal.any([overdue.signal, interrupted])
  const timers = [setTimeout(() => overdue.abort(), timeoutMs)]
  const over = new Promise<never>((_, reject) => {
    const stop = () => timers.push(setTimeout(() => reject(new Untestable('it was stopped')), lastWordsMs))
    signal.addEventListener('abort', stop, { once: true })
  })
  const clear = () => {
    for (const timer of timers) clearTimeout(timer)
  }
  return { signal, over, clear }
}

async function cleanUp(workplace: Workplace, unit: Unit, { target, clock }: Surroundings) {
  // The unit's own client sends nothing more where the unit was stopped.
  const http = new HttpClient({ timeoutMs: target.limits.timeout_ms, redactor: new Redactor() })
  if (unit.needs.includes('clock')) await clock.reset(http).catch(() => undefined)
  await workplace.close().catch(() => undefined)
}

/** What to do where the target does not answer. */
export const whereNoAnswer = 'see whether the target runs, or give it longer with timeout_ms under limits'

/** Without a breach, the reason decides whose fault it is. */
function verdictOfError(error: unknown, workplace: Workplace | undefined): Verdict {
  const say = workplace === undefined ? (text: string) => text : testimonyOf(workplace).say
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  if (error instanceof Inapplicable) return { state: 'inapplicable', because: say(message) }
  if (error instanceof NoAnswer) return { state: 'untestable', because: say(`${message}; ${whereNoAnswer}`) }
  if (error instanceof Untestable || error instanceof Broken) return { state: 'untestable', because: say(message) }
  if (error instanceof HarnessError) return { state: 'untestable', because: say(`${message}; ${error.hint}`) }
  return { state: 'broken', error: { message: say(message), ...(stack !== undefined && { stack: say(stack) }) } }
}

function judgementOf(unit: Unit, workplace: Workplace, { found, cases }: Performance): Judgement {
  return { verdict: verdictOf(unit, workplace, found), ...(cases !== undefined && { cases }) }
}

function verdictOf(unit: Unit, workplace: Workplace, found: Counterexample | undefined): Verdict {
  if (workplace.breaches.length === 0) return { state: 'pass' }
  const testimony = testimonyOf(workplace)
  const findings = workplace.breaches.map((breach) => findingOf(unit, breach, testimony, found))
  const distinct = [...new Map(findings.map((finding) => [finding.fingerprint, finding])).values()]
  return isNonEmpty(distinct) ? { state: 'fail', findings: distinct } : { state: 'pass' }
}

interface Testimony {
  readonly evidence: readonly Exchange[]
  /** What is said in our words, without the secrets that the evidence is about. */
  readonly say: (text: string) => string
}

/** Reading the evidence is what makes its secrets known. */
const testimonyOf = ({ http, redactor }: Workplace): Testimony => ({
  evidence: http.exchanges,
  say: (text) => redactor.redact(text),
})

const findingOf = (
  unit: Unit,
  { requirement, violation, expected, actual }: Breach,
  { evidence, say }: Testimony,
  found: Counterexample | undefined,
): Finding => ({
  fingerprint: fingerprintOf(requirement.id, unit.id, violation),
  requirement: requirement.id,
  unit: unit.id,
  violation,
  expected: say(expected),
  actual: say(actual),
  evidence,
  ...(found !== undefined && { counterexample: { ...found, input: say(found.input) } }),
})

/** Twelve hexadecimal digits of what makes a finding the same finding. */
export const fingerprintOf = (requirement: string, unit: string, violation: string) =>
  createHash('sha256').update([requirement, unit, violation].join('\n')).digest('hex').slice(0, 12)

const describe = ({ id, kind, title, proves, needs }: Unit): Unit => ({ id, kind, title, proves, needs })
