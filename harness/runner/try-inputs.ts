import { createHash } from 'node:crypto'
import fc from 'fast-check'
import type { Exchange } from '../../core/exchange.ts'
import type { Redactor } from '../../core/redact.ts'
import type { Unit } from '../../core/unit.ts'
import { type Breach, Broken } from '../breach.ts'
import { kindsIn } from '../input-kinds.ts'
import { Untestable } from '../error.ts'
import type { Property } from '../property.ts'
import type { Workplace } from './context.ts'
import { type Input, Inputs } from './inputs.ts'

/** An input that a property fails on, and how to generate it again. */
export interface Counterexample {
  readonly input: string
  /** That of the run, or of the corpus that it comes from. */
  readonly seed: number
  readonly path: string
}

/** What was seen to be wrong at one go. */
export interface Find {
  readonly breaches: readonly Breach[]
  readonly evidence: readonly Exchange[]
  readonly counterexample?: Counterexample
}

/** An input that showed a fault once, of this server or of another. */
export interface KnownInput {
  readonly seed: number
  readonly path: string
}

/** How much is tried, and how. */
export interface Effort {
  readonly seed: number
  /** So many inputs; the known ones are not counted. */
  readonly runs: number
  /** No input is begun after so many milliseconds. */
  readonly milliseconds?: number
  /** No input is begun after so many requests. */
  readonly requests?: number
  /** Every so manieth of the inputs, known or drawn, from this one on: what is left is for others. */
  readonly share?: { readonly index: number; readonly of: number }
  /** What is tried before anything is drawn. */
  readonly known?: readonly KnownInput[]
  /** Tries the one input that lies there, and nothing else. */
  readonly path?: string
  /** As that input was printed. Where something else lies there today, there is nothing to be told of it. */
  readonly printed?: string | undefined
  /** How often that input is tried. */
  readonly tries?: number
  /** Ends with the first input that breaks one of these requirements, and makes none smaller. */
  readonly wanted?: ReadonlySet<string>
  /** Is told of every input before it is tried. */
  readonly onInput?: () => void
}

/** What a property has done so far; it stands whatever ends the property. */
export interface Work {
  /** How many inputs were tried. */
  inputs: number
  /** How often each kind of input was, by its name. */
  readonly kinds: Map<string, number>
  readonly finds: Find[]
}

export const newWork = (): Work => ({ inputs: 0, kinds: new Map(), finds: [] })

/** So many smaller inputs are tried: a small counterexample soon is worth more than the smallest late. */
const triesToShrink = 200

/** Longer inputs are cut when they are printed, in characters. */
const longestInput = 2000

/**
 * Tries inputs, and makes each that is answered wrongly in a new way as small as it may be. What was found stands in `work`
 * as soon as it was; an obstacle that keeps the property from judging is thrown.
 */
export async function tryInputs(property: Property, workplace: Workplace, effort: Effort, work: Work): Promise<void> {
  const arranged = await property.arrange?.(workplace.context)
  // Read before it is dropped, so that what was arranged is known to be secret.
  workplace.http.startOver(workplace.http.exchanges)
  const arbitrary = property.inputs(workplace.context, arranged)
  const inputsOf = (seed: number) => new Inputs(arbitrary, seedOf(seed, property))
  const attempt = async ({ value }: Input) => {
    effort.onInput?.()
    work.inputs += 1
    for (const kind of kindsIn(value)) work.kinds.set(kind, (work.kinds.get(kind) ?? 0) + 1)
    return await breachesOf(value, property, workplace, arranged)
  }
  for (const { input, inputs, seed } of order(inputsOf, workplace, fitting(effort, property))) {
    const breaches = await attempt(input)
    if (!breaches.some((breach) => isNews(breach, work.finds))) continue
    await shrink({ input, inputs, seed, breaches }, attempt, workplace, effort, work.finds)
    // Whoever asked for one input has been answered.
    if (effort.path !== undefined || breaches.some(({ requirement }) => effort.wanted?.has(requirement.id))) return
  }
}

/** Each property has a seed of its own, so that running it alone gives the same inputs as running all. */
const seedOf = (seed: number, { id }: Unit) => createHash('sha256').update(`${seed} ${id}`).digest('hex')

interface Choice {
  readonly input: Input
  readonly inputs: Inputs
  readonly seed: number
}

/** One try says little where chance has a hand in the answer. */
const triesOfLuck = 10

/** What becomes of an effort at a property: dear inputs are fewer. */
const fitting = (effort: Effort, { price = 1, isLuck = false }: Property): Effort => ({
  ...effort,
  runs: Math.ceil(effort.runs / price),
  ...(isLuck && { tries: triesOfLuck }),
})

/** What is tried, one after the other, for as long as the effort allows. */
function* order(
  inputsOf: (seed: number) => Inputs,
  { answers, redactor }: Workplace,
  effort: Effort,
): Generator<Choice> {
  const { seed, runs, known = [], path } = effort
  const { milliseconds = Number.POSITIVE_INFINITY, requests = Number.POSITIVE_INFINITY } = effort
  const { index, of } = effort.share ?? { index: 0, of: 1 }
  const inputs = inputsOf(seed)
  if (path !== undefined) {
    const input = inputAt(inputs, path)
    if (input === undefined || !isPrintedAs(effort.printed, printed(input, redactor)))
      throw new Untestable('this version generates another input there; run the tests again')
    for (let left = effort.tries ?? 1; left > 0; left -= 1) yield { input, inputs, seed }
    return
  }
  const end = performance.now() + milliseconds
  const mayGoOn = () => performance.now() < end && answers.requests < requests
  for (const one of known.filter((_, at) => at % of === index)) {
    if (!mayGoOn()) return
    const others = inputsOf(one.seed)
    const input = inputAt(others, one.path)
    if (input !== undefined) yield { input, inputs: others, seed: one.seed }
  }
  for (let number = index; number < runs && mayGoOn(); number += of) yield { input: inputs.draw(number), inputs, seed }
}

/** The input that lies there; none where the generator has changed since and nothing lies there. */
function inputAt(inputs: Inputs, path: string): Input | undefined {
  try {
    return inputs.at(path)
  } catch {
    return undefined
  }
}

/** Judges one input: what it was answered wrongly, in the order of the oracle. */
async function breachesOf(
  input: unknown,
  { holds }: Property,
  { context, http, breaches }: Workplace,
  arranged: unknown,
): Promise<readonly Breach[]> {
  http.startOver()
  breaches.length = 0
  try {
    await holds(input, context, arranged)
  } catch (error) {
    if (!(error instanceof Broken) && breaches.length === 0) throw error
  }
  return [...breaches]
}

const isSame = (one: Breach, other: Breach) =>
  one.requirement.id === other.requirement.id && one.violation === other.violation

const isNews = (breach: Breach, finds: readonly Find[]) =>
  !finds.some(({ breaches }) => breaches.some((known) => isSame(known, breach)))

interface Failure extends Choice {
  readonly breaches: readonly Breach[]
}

/** Keeps the smallest input that still shows all that is new about one. */
async function shrink(
  failure: Failure,
  attempt: (input: Input) => Promise<readonly Breach[]>,
  workplace: Workplace,
  { wanted, path }: Effort,
  finds: Find[],
): Promise<void> {
  const news = failure.breaches.filter((breach) => isNews(breach, finds))
  const place = finds.push(findOf(failure, news, workplace)) - 1
  let left = wanted !== undefined || path !== undefined ? 0 : triesToShrink
  for (let smallest = failure.input; left > 0;) {
    let next: Input | undefined
    for (const smaller of failure.inputs.smaller(smallest, left)) {
      left -= 1
      // What keeps a smaller input from being judged takes nothing from what was found.
      const seen = await attempt(smaller).catch(() => [])
      const shown = news.flatMap((breach) => seen.find((one) => isSame(one, breach)) ?? [])
      if (shown.length < news.length) continue
      finds[place] = findOf({ ...failure, input: smaller }, shown, workplace)
      next = smaller
      break
    }
    if (next === undefined) return
    smallest = next
  }
}

/** What was found, in words without the secrets that the evidence is about: reading it is what makes them known. */
function findOf({ input, seed }: Choice, breaches: readonly Breach[], { http, redactor }: Workplace): Find {
  const evidence = http.exchanges
  return { breaches, evidence, counterexample: { input: printed(input, redactor), seed, path: input.path } }
}

/** A server that is started for a run has another port each time, and where something was redacted nobody can compare. */
const isPrintedAs = (before: string | undefined, now: string): boolean =>
  before === undefined || /\[[\w ]+ \d+\]/.test(before) || withoutPorts(before) === withoutPorts(now)

const withoutPorts = (text: string) => text.replace(/(127\.0\.0\.1|localhost|\[::1\]):\d+/g, '$1')

const printed = ({ made }: Input, redactor: Redactor) =>
  redactor.redact(fc.stringify(made.value).slice(0, longestInput))
