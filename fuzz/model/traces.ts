import { search, type Trace } from './search.ts'
import type { Act } from './sequence.ts'
import type { PublicClients } from './step.ts'
import { steps } from './steps.ts'
import { nameOf } from './transition.ts'

/** The shortest way to one transition of the model, as acts. */
export interface TracedTransition {
  readonly to: string
  readonly acts: readonly Act[]
}

const found = new Map<string, Promise<readonly TracedTransition[]>>()

/** The shortest way to each transition that is kept from a better answer by one guard at most. */
export async function tracesOf(publicClients: PublicClients): Promise<readonly TracedTransition[]> {
  const key = [...publicClients].join(' ')
  const traces = found.get(key) ?? searched(publicClients)
  found.set(key, traces)
  return await traces
}

/** A family of tokens is over after five steps: a code that is redeemed, a token that is replaced, reused, and its heir. */
const bounds = { steps, grants: 1, tokensOfGrant: 2, depth: 5 }

async function searched(publicClients: PublicClients): Promise<readonly TracedTransition[]> {
  const { traces } = await search({ publicClients, without: new Set() }, bounds)
  return [...traces.values()].filter((trace) => (trace.at(-1)?.because.length ?? 0) <= 1).flatMap(tracedBy)
}

function tracedBy(trace: Trace): readonly TracedTransition[] {
  const last = trace.at(-1)
  if (last === undefined) return []
  const acts = trace.map(({ step, of }) => ({ do: step.name, ...of }))
  return [{ to: nameOf(last), acts }]
}

/** What a transition left shows where the tokens are used: the first access token, the last one, and the last refresh token. */
export const closing: readonly Act[] = [
  { do: 'use the access token', grant: 0, token: 0 },
  { do: 'use the access token', grant: 0, token: -1 },
  { do: 'refresh for all that was granted', grant: 0, token: -1 },
]
