import { setImmediate } from 'node:timers/promises'
import type { SafetyProperty } from './safety.ts'
import { safetyProperties } from './safety.ts'
import { beginning, type Grant, type State, type Which } from './state.ts'
import { otherThan, type Step } from './step.ts'
import { type Model, nameOf, type Transition, transitionsOf } from './transition.ts'

/** A small instance of the model, and how far a search goes in it. */
export interface Bounds {
  /** What is done there. */
  readonly steps: readonly Step[]
  readonly grants: number
  readonly tokensOfGrant: number
  /** So many things are done one after the other. */
  readonly depth: number
}

/** The way to a transition from the beginning, itself at its end. */
export type Trace = readonly Transition[]

export interface Searched {
  readonly states: number
  readonly transitions: number
  /** Whether the bounds on the number of steps cut nothing off. */
  readonly isComplete: boolean
  /** The shortest way to each transition, by its name. */
  readonly traces: ReadonlyMap<string, Trace>
  readonly violation: { readonly property: SafetyProperty; readonly trace: Trace } | undefined
}

interface Reached {
  readonly state: State
  readonly by?: { readonly transition: Transition; readonly from: Reached }
}

/** Looks at every state within the bounds, nearest first, until a property does not hold. */
export async function search(
  model: Model,
  bounds: Bounds,
  look: (transition: Transition) => void = () => {},
): Promise<Searched> {
  const start: Reached = { state: beginning(true) }
  const seen = new Set([signatureOf(start.state)])
  const traces = new Map<string, Trace>()
  let [transitions, isComplete] = [0, true]
  let front = [start]
  for (let depth = 0; front.length > 0; depth++) {
    const next: Reached[] = []
    for (const reached of front) {
      // Others have their turn: a server may live in the same process.
      await setImmediate()
      for (const transition of transitionsFrom(model, reached.state, bounds.steps)) {
        transitions += 1
        look(transition)
        const trace = () => [...wayTo(reached), transition]
        const property = safetyProperties.find((one) => !one.holds(transition))
        if (property !== undefined)
          return { states: seen.size, transitions, isComplete, traces, violation: { property, trace: trace() } }
        const name = nameOf(transition)
        if (!traces.has(name)) traces.set(name, trace())
        if (!isWithin(transition.after, bounds)) continue
        const signature = signatureOf(transition.after)
        if (seen.has(signature)) continue
        if (depth + 1 >= bounds.depth) {
          isComplete = false
          continue
        }
        seen.add(signature)
        next.push({ state: transition.after, by: { transition, from: reached } })
      }
    }
    front = next
  }
  return { states: seen.size, transitions, isComplete, traces, violation: undefined }
}

const transitionsFrom = (model: Model, before: State, steps: readonly Step[]): readonly Transition[] =>
  steps.flatMap((step) => step.of(before).flatMap((of) => transitionsOf(model, before, step, of)))

function wayTo({ by }: Reached): Trace {
  return by === undefined ? [] : [...wayTo(by.from), by.transition]
}

const isWithin = ({ grants }: State, bounds: Bounds): boolean =>
  grants.length <= bounds.grants && grants.every(({ accessTokens: { length } }) => length <= bounds.tokensOfGrant)

/** The same for states that differ by who of the people is called the first, and by which grant came first. */
function signatureOf(state: State): string {
  const [one, other] = [textOf(state, false), textOf(state, true)]
  return one < other ? one : other
}

function textOf({ sessions, consents, grants }: State, isSwapped: boolean): string {
  const people: readonly Which[] = isSwapped ? [1, 0] : [0, 1]
  const standing = people.map((person) => `${sessions[person]} ${consents[person].join(' ')}`)
  return [...standing, ...grants.map((grant) => textOfGrant(grant, isSwapped)).toSorted()].join('\n')
}

function textOfGrant({ accessTokens, refreshTokens, person: own, ...rest }: Grant, isSwapped: boolean): string {
  const called = (person: Which) => (isSwapped ? otherThan(person) : person)
  const access = accessTokens.map(({ is, client, person }) => `${is} ${client} ${called(person)}`)
  const refresh = refreshTokens.map(({ is, scope, client }) => `${is} ${scope} ${client}`)
  return [called(own), Object.values(rest).join(' '), access.join(','), refresh.join(',')].join(' / ')
}
