import type { Bounds } from './search.ts'
import { steps } from './steps.ts'

/** An instance of the model that is small enough to be searched, and what is in it. */
export interface Instance extends Bounds {
  readonly name: string
}

const ofPeople = steps.filter(({ about }) => about === 'a person' || about === 'a browser')
const ofOneSession = steps.filter(
  ({ does, request }) => does !== 'leave' && request.prompt === undefined && request.decision === undefined,
)

/** The steps of people touch no tokens, and those of tokens no sessions: they are searched apart. */
export const instances: readonly Instance[] = [
  { name: 'sessions and consents', steps: ofPeople, grants: 2, tokensOfGrant: 0, depth: Infinity },
  { name: 'one family of tokens', steps: ofOneSession, grants: 1, tokensOfGrant: 2, depth: Infinity },
  { name: 'two families of tokens', steps: ofOneSession, grants: 2, tokensOfGrant: 2, depth: 4 },
]
