import { createHash } from 'node:crypto'
import { cpus } from 'node:os'
import type { Finding } from '../../core/finding.ts'
import type { Unit } from '../../core/unit.ts'
import { isNonEmpty, type Verdict } from '../../core/verdict.ts'
import type { Check } from '../check.ts'
import { NoAnswer } from '../client/http.ts'
import { Untestable } from '../error.ts'
import { type Breach, Broken } from '../expect.ts'
import type { Property } from '../property.ts'
import { whyMissing } from '../target/capabilities.ts'
import type { Target } from '../target/target.ts'
import { targetClock, type TargetClock } from './clock.ts'
import { setUp, type Workplace } from './context.ts'
import type { Emit, Outcome } from './events.ts'
import { pacer } from './pace.ts'
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
  readonly signal?: AbortSignal
}

/** One minute: a check makes some ten requests. */
const defaultUnitTimeoutMs = 60_000

/** Runs checks and properties side by side and tells what became of each; results come in the order of the units. */
export async function run(
  units: readonly (Check | Property)[],
  target: Target,
  options: RunOptions,
  emit: Emit,
): Promise<readonly Outcome[]> {
  const ordered = units.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const outcomes = new Map<string, Outcome>()
  const pace = pacer(target.limits.max_rps)
  const clock = targetClock(target)
  const one = async (unit: Check | Property) => {
    if (options.signal?.aborted) return
    emit({ type: 'unit-started', unit })
    const started = performance.now()
    const { verdict, cases } = await judge(unit, target, options, pace, clock)
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

async function judge(
  unit: Check | Property,
  target: Target,
  options: RunOptions,
  pace: ReturnType<typeof pacer>,
  clock: TargetClock,
): Promise<Judgement> {
  const missing = unit.needs.find(
    (need) => need !== 'second client' && need !== 'second user' && !target.capabilities.has(need),
  )
  if (missing !== undefined && missing !== 'second client' && missing !== 'second user') {
    return { verdict: { state: 'inapplicable', because: whyMissing(missing) } }
  }
  const timeoutMs = options.unitTimeoutMs ?? defaultUnitTimeoutMs
  const deadline = AbortSignal.timeout(timeoutMs)
  const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal])
  let workplace: Workplace | undefined
  let found: Counterexample | undefined
  let cases: number | undefined
  try {
    workplace = setUp(unit, target, pace, clock, signal)
    if (unit.kind === 'check') await unit.run(workplace.context)
    else ({ found, cases } = await tryInputs(unit, workplace, { ...options, seed: unitSeed(options.seed, unit) }))
    return { verdict: verdictOf(unit, workplace, found), ...(cases !== undefined && { cases }) }
  } catch (error) {
    return {
      verdict: verdictOfError(
        error,
        unit,
        workplace,
        signal.aborted ? `it did not end within ${timeoutMs / 1000} s` : undefined,
      ),
    }
  } finally {
    if (workplace !== undefined) await cleanUp(workplace, unit, clock)
  }
}

async function cleanUp(workplace: Workplace, unit: Unit, clock: TargetClock) {
  if (unit.needs.includes('clock')) await clock.reset(workplace.http).catch(() => undefined)
  await workplace.close().catch(() => undefined)
}

/** A breach stands whatever else went wrong; otherwise the reason decides whose fault it is. */
function verdictOfError(
  error: unknown,
  unit: Unit,
  workplace: Workplace | undefined,
  timeout: string | undefined,
): Verdict {
  if (workplace !== undefined && workplace.breaches.length > 0) return verdictOf(unit, workplace, undefined)
  if (timeout !== undefined) return { state: 'untestable', because: timeout }
  if (error instanceof Untestable || error instanceof NoAnswer || error instanceof Broken)
    return { state: 'untestable', because: error.message }
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  return { state: 'broken', error: { message, ...(stack !== undefined && { stack }) } }
}

function verdictOf(unit: Unit, { breaches, http }: Workplace, found: Counterexample | undefined): Verdict {
  const findings = breaches.map((breach) => findingOf(unit, breach, http, found))
  const distinct = [...new Map(findings.map((finding) => [finding.fingerprint, finding])).values()]
  return isNonEmpty(distinct) ? { state: 'fail', findings: distinct } : { state: 'pass' }
}

const findingOf = (
  unit: Unit,
  { requirement, violation, expected, actual }: Breach,
  http: Workplace['http'],
  found: Counterexample | undefined,
): Finding => ({
  fingerprint: fingerprintOf(requirement.id, unit.id, violation),
  requirement: requirement.id,
  unit: unit.id,
  violation,
  expected,
  actual,
  evidence: http.exchanges,
  ...(found !== undefined && { counterexample: found }),
})

/** Twelve hexadecimal digits of what makes a finding the same finding. */
export const fingerprintOf = (requirement: string, unit: string, violation: string) =>
  createHash('sha256').update([requirement, unit, violation].join('\n')).digest('hex').slice(0, 12)

/** Each property has a seed of its own, so that running it alone gives the same inputs as running all. */
export const unitSeed = (seed: number, unit: Unit) =>
  createHash('sha256').update(`${seed} ${unit.id}`).digest().readInt32BE(0)

const describe = ({ id, kind, title, proves, needs }: Unit): Unit => ({ id, kind, title, proves, needs })
