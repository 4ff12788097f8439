import { cpus } from 'node:os'
import { binds, claimOf, freeingClaim } from '../../core/spec/claims.ts'
import { Redactor } from '../../core/redact.ts'
import type { Capability, Supply, Unit } from '../../core/unit.ts'
import type { Verdict } from '../../core/verdict.ts'
import { Broken } from '../breach.ts'
import type { Check } from '../check.ts'
import { HttpClient, NoAnswer } from '../client/http.ts'
import { HarnessError, Inapplicable, Untestable } from '../error.ts'
import type { Property } from '../property.ts'
import { whyApart, whyMissing } from '../target/capabilities.ts'
import type { Target } from '../target/target.ts'
import { targetClock, type TargetClock } from './clock.ts'
import { setUp, type Workplace } from './context.ts'
import type { Emit, Outcome } from './events.ts'
import { verdictOf } from './findings.ts'
import { type Pacer, pacer } from './pace.ts'
import { said } from './said.ts'
import { type TimeShares, timeShares } from './time-shares.ts'
import { type Effort, type KnownInput, newWork, tryInputs, type Work } from './try-inputs.ts'

export interface RunOptions extends Omit<Effort, 'known' | 'milliseconds' | 'wanted'> {
  /** Milliseconds that a check may take, and each input of a property. */
  readonly unitTimeoutMs?: number
  readonly concurrency?: number
  /** Milliseconds for all properties together: each gets its share, and begins no input after that. */
  readonly milliseconds?: number
  /** What a property is to try first. */
  readonly known?: (unit: Unit) => readonly KnownInput[]
  /** A property ends with the first input that breaks one of these, and makes none smaller. */
  readonly wanted?: (unit: Unit) => ReadonlySet<string>
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
  readonly shares: TimeShares
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
  const width = options.concurrency ?? Math.min(target.limits.concurrency, cpus().length * 4)
  const surroundings = {
    target,
    options,
    pace: pacer(target.limits.max_rps),
    clock: targetClock(target),
    shares: timeShares(
      ordered.filter((unit) => unit.kind === 'property' && whyInapplicable(unit, target) === undefined),
      { milliseconds: options.milliseconds, width },
    ),
  }
  const one = async (unit: Check | Property) => {
    if (options.signal?.aborted) return
    emit({ type: 'unit-started', unit })
    const started = performance.now()
    const judgement = await judge(unit, surroundings)
    if (judgement === undefined) return
    const outcome: Outcome = { unit: describe(unit), ...judgement, milliseconds: performance.now() - started }
    outcomes.set(unit.id, outcome)
    emit({ type: 'unit-finished', outcome, done: outcomes.size, units: units.length })
  }

  // Whoever moves the clock has the target alone.
  const alone = ordered.filter((unit) => unit.needs.includes('clock'))
  const together = ordered.filter((unit) => !unit.needs.includes('clock'))
  await sideBySide(together, width, one)
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

type Judgement = Pick<Outcome, 'verdict' | 'tried'>

/** What a unit comes to; nothing where the run was interrupted before it saw a breach. */
async function judge(unit: Check | Property, surroundings: Surroundings): Promise<Judgement | undefined> {
  const { target, options, pace, clock } = surroundings
  const because = whyInapplicable(unit, target)
  if (because !== undefined) return { verdict: { state: 'inapplicable', because } }
  const timeoutMs = options.unitTimeoutMs ?? defaultUnitTimeoutMs
  const limit = limitOf(timeoutMs, options.signal)
  const work = newWork()
  let workplace: Workplace | undefined
  let seen: Judgement | undefined
  try {
    workplace = setUp(unit, target, pace, clock, limit.signal)
    await Promise.race([perform(unit, workplace, surroundings, work, limit.renew), limit.over])
    limit.signal.throwIfAborted()
    return judgementOf(unit, workplace, work)
  } catch (error) {
    if (workplace !== undefined) {
      seen = judgementOf(unit, workplace, work)
      // A breach stands whatever else went wrong.
      if (seen.verdict.state === 'fail') return seen
    }
    if (options.signal?.aborted === true) return undefined
    const reason = limit.signal.aborted ? new Untestable(`it did not end within ${timeoutMs / 1000} s`) : error
    const verdict = verdictOfError(reason, workplace)
    return work.inputs > 0 ? { ...seen, verdict } : { verdict }
  } finally {
    limit.clear()
    if (workplace !== undefined) await cleanUp(workplace, unit, surroundings)
  }
}

const isSupply = (need: Capability | Supply): need is Supply => need === 'second client' || need === 'second user'

/** Why a unit has nothing to judge at this target. What somebody could supply is missed when it is asked for. */
function whyInapplicable(unit: Unit, target: Target): string | undefined {
  const { capabilities, claims } = target
  const apart = whyApart(unit.needs, target)
  if (apart !== undefined) return apart
  for (const need of unit.needs) if (!isSupply(need) && !capabilities.has(need)) return whyMissing(need)
  return unit.proves.some((requirement) => binds(requirement, claims)) ? undefined : whyUnbound(unit)
}

function whyUnbound({ proves: [requirement] }: Unit): string {
  const claim = claimOf(requirement)
  return claim === undefined
    ? `the target claims ${freeingClaim(requirement)}, which does not ask for it`
    : `the target does not claim ${claim}; hold it to that with --claims ${claim}`
}

async function perform(
  unit: Check | Property,
  workplace: Workplace,
  { options, shares }: Surroundings,
  work: Work,
  onInput: () => void,
): Promise<void> {
  if (unit.kind === 'check') return await unit.run(workplace.context)
  const { known, wanted, ...rest } = options
  const effort = {
    ...rest,
    onInput,
    known: known?.(unit) ?? [],
    milliseconds: shares.of(unit),
    ...(wanted !== undefined && { wanted: wanted(unit) }),
  }
  await tryInputs(unit, workplace, effort, work)
}

/** What a unit has found, and what it has tried. */
function judgementOf(unit: Check | Property, workplace: Workplace, work: Work): Judgement {
  const { redactor, answers, http, breaches } = workplace
  if (unit.kind === 'check')
    return { verdict: verdictOf(unit, [{ breaches, evidence: breaches.length > 0 ? http.exchanges : [] }], redactor) }
  const { inputs, kinds, finds } = work
  return {
    verdict: verdictOf(unit, finds, redactor),
    tried: { inputs, requests: answers.requests, answers: answers.kinds, kinds: Object.fromEntries(kinds) },
  }
}

/**
 * Stops a unit when its time is up, unless that is renewed, or the run is interrupted; `over` ends it even where it does not
 * listen.
 */
function limitOf(timeoutMs: number, interrupted?: AbortSignal) {
  // A signal made of both would live as long as the run, and with it all that listens to it.
  const stopped = new AbortController()
  const { signal } = stopped
  const interrupt = () => stopped.abort()
  interrupted?.addEventListener('abort', interrupt)
  if (interrupted?.aborted === true) interrupt()
  const timer = setTimeout(() => stopped.abort(), timeoutMs)
  const timers = [timer]
  const over = new Promise<never>((_, reject) => {
    const stop = () => timers.push(setTimeout(() => reject(new Untestable('it was stopped')), lastWordsMs))
    signal.addEventListener('abort', stop, { once: true })
  })
  const clear = () => {
    interrupted?.removeEventListener('abort', interrupt)
    for (const one of timers) clearTimeout(one)
  }
  return { signal, over, clear, renew: () => void timer.refresh() }
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
  // Reading what went over the wire is what makes its secrets known.
  void workplace?.http.exchanges
  const say = (text: string) => said(text, workplace?.redactor ?? new Redactor())
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  if (error instanceof Inapplicable) return { state: 'inapplicable', because: say(message) }
  if (error instanceof NoAnswer) return { state: 'untestable', because: say(`${message}; ${whereNoAnswer}`) }
  if (error instanceof Untestable || error instanceof Broken) return { state: 'untestable', because: say(message) }
  if (error instanceof HarnessError) return { state: 'untestable', because: say(`${message}; ${error.hint}`) }
  return { state: 'broken', error: { message: say(message), ...(stack !== undefined && { stack: say(stack) }) } }
}

const describe = ({ id, kind, title, proves, needs }: Unit): Unit => ({ id, kind, title, proves, needs })
