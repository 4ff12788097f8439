import { Counter } from 'k6/metrics'
import type { RefinedResponse } from 'k6/http'
import { brokenOf, metricOf, observedOf } from '../../core/load-metrics.ts'
import { responseHead, tokenHead, type TokenTold } from '../../core/told.ts'
import { stories, type StoryName } from '../stories.ts'
import { type Ledger, ledgerOf, type OnLooks } from './companion.ts'
import { plan } from './plan.ts'

export type Answer = RefinedResponse<'text'>

/** The text of an answer. k6 has none where the status says that there is none. */
export const bodyOf = ({ body }: { readonly body: string | null }): string => body ?? ''

type InvariantsOf<Name extends StoryName> = (typeof stories)[Name]['invariants']

/** Those that the script itself looks at. */
type InvariantOf<Name extends StoryName> = {
  [Invariant in keyof InvariantsOf<Name>]: InvariantsOf<Name>[Invariant] extends { readonly by: unknown }
    ? never
    : Extract<Invariant, string>
}[keyof InvariantsOf<Name>]

/** What a scenario's iteration says while it goes on. */
export interface Narrator<Name extends StoryName> {
  /** Looks at an invariant: one that does not hold is counted, and shown to whoever reads the run. */
  holds(invariant: InvariantOf<Name>, held: boolean): void
  /** Hands one token in so many over to be verified in full, with the client that it is for. */
  sample(kind: TokenTold['kind'], token: string, client: string): void
  /** Tells of a token whose claims somebody else is to read: for which client it is, who signed in, and with what nonce. */
  read(kind: TokenTold['kind'], token: string, client: string, person: string, nonce: string): void
  /** Tells of a form that brings a SAML response, which somebody else is to read, and one in so many to verify in full. */
  readResponse(form: string, asked: string, person: string, url: string): void
  /** Tells of a value that nobody else may ever be given; `owner` is what it came with, where it may come again with that. */
  readonly unique: Ledger['unique']
}

/** Thrown to leave an iteration that cannot go on; what was wrong is already counted. */
export class Abandoned extends Error {}

/** Thrown where the target asks for patience. */
class Throttled extends Abandoned {}

/** The ledger of the iteration at hand. A virtual user is in one at a time. */
let ledger: Ledger | undefined

/** Until when this virtual user leaves the target alone, in milliseconds since the epoch. */
let heldUntil = 0

const isHeld = () => heldUntil > 0 && Date.now() < heldUntil

/** How long it does where the target does not say, and at most, in seconds. */
const patience = { unless: 1, atMost: 60 }

/**
 * The answer that came. No invariant is about one that did not: the iteration ends, and counts as failed. Nor about one
 * that asks for patience, which it is given.
 */
export function answered(answer: Answer): Answer {
  const { status } = answer
  ledger?.latency(answer.timings.duration)
  if (status === 0) throw new Abandoned()
  if (status === 429 || (status === 503 && answer.headers['Retry-After'] !== undefined)) {
    const asked = Number(answer.headers['Retry-After'] ?? Number.NaN)
    const seconds = Number.isFinite(asked) && asked >= 0 ? Math.min(asked, patience.atMost) : patience.unless
    heldUntil = Date.now() + seconds * 1000
    throw new Throttled()
  }
  return answer
}

/** Of one iteration. */
const samplesAtMost = 2

/** A response takes as long to verify as some ten tokens: one is verified where ten of them would be. */
const responseEvery = 10 * plan.sampleEvery

const exceptions = new Counter('assay_exceptions')
const throttled = new Counter('assay_throttled')
const heldBack = new Counter('assay_held_back')
const told = [...new Set(plan.scenarios.map(({ story }) => story))]
const failed = Object.fromEntries(told.map((story) => [story, new Counter(metricOf(story, 'failed'))]))
const counters = Object.fromEntries(told.map((story) => [story, countersOf(story as StoryName)]))

interface InvariantCounters {
  readonly observed: Counter
  readonly broken: Counter
}

/** Of each invariant that the script itself looks at. */
function countersOf(story: StoryName): Readonly<Record<string, InvariantCounters>> {
  const looked = Object.entries(stories[story].invariants).filter(([, invariant]) => !('by' in invariant))
  return Object.fromEntries(
    looked.map(([name]) => [
      name,
      { observed: new Counter(observedOf(story, name)), broken: new Counter(brokenOf(story, name)) },
    ]),
  )
}

/**
 * Makes a k6 scenario of an iteration. k6 exits with 0 when iterations throw, so what is thrown is counted, and so is what
 * did not come to its end: a run without data must not look like a good one. What has to be waited for is made `before`.
 */
export function tell<Name extends StoryName>(
  name: Name,
  iteration: (narrator: Narrator<Name>) => void,
  before?: () => Promise<void> | undefined,
) {
  const own = counters[name]
  let samples = 0
  const narrator: Narrator<Name> = {
    holds: (invariant, held) => {
      ledger?.look(invariant)
      // At once: nobody may miss it.
      if (!held) own?.[invariant]?.broken.add(1)
    },
    sample: (kind, token, client) => {
      if (__ITER % plan.sampleEvery === 0 && samples++ < samplesAtMost)
        ledger?.sample({ kind, token, client, at: Date.now() })
    },
    read: (kind, token, client, person, nonce) => ledger?.read(tokenHead(kind, token, client, person, nonce), token),
    readResponse: (form, asked, person, url) =>
      ledger?.read(responseHead(form, asked, person, url, __ITER % responseEvery === 0 ? Date.now() : ''), form),
    unique: (kind, value, owner) => ledger?.unique(kind, value, owner),
  }
  /** To count in k6 costs as much as to look: it is told now and then how often somebody did. */
  const onLooks: OnLooks = (invariant, times) => {
    own?.[invariant]?.observed.add(times)
    own?.[invariant]?.broken.add(0)
  }
  const perform = () => {
    const current = ledgerOf(name, onLooks)
    ledger = current
    samples = 0
    const isWell = attempt(name, iteration, narrator)
    current.close(isWell, !isHeld())
  }
  return () => {
    if (isHeld()) return heldBack.add(1)
    // Whatever throws, and wherever: an iteration of which nobody says so has come to its end.
    try {
      const making = before?.()
      return making === undefined ? perform() : making.then(perform).catch((error: unknown) => threw(name, error))
    } catch (error) {
      threw(name, error)
    }
  }
}

/** Whether the iteration came to its end, or the target put it off: else it has failed. */
function attempt<Name extends StoryName>(
  name: Name,
  iteration: (narrator: Narrator<Name>) => void,
  narrator: Narrator<Name>,
): boolean {
  try {
    iteration(narrator)
    return true
  } catch (error) {
    if (error instanceof Throttled) {
      throttled.add(1)
      return true
    }
    if (error instanceof Abandoned) failed[name]?.add(1)
    else threw(name, error)
    return false
  }
}

function threw(name: StoryName, error: unknown): void {
  exceptions.add(1)
  failed[name]?.add(1)
  console.error(`assay-exception ${name}: ${String(error)}`)
}
