import type { Requirement } from './document.ts'
import { droppedByOauth21 } from './oauth21.ts'

/** Documents that bind only a server that claims them, by their ids: drafts, and profiles of what binds everybody. */
export const claims = ['oauth2.1'] as const

export type Claim = (typeof claims)[number]

/** What a document drops of those before it: it binds nobody who claims the document. */
const dropped: Readonly<Record<Claim, readonly Requirement[]>> = { 'oauth2.1': droppedByOauth21 }

/** The claim without which a requirement binds nobody; nothing where it binds every server. */
export const claimOf = ({ document }: Pick<Requirement, 'document'>): Claim | undefined =>
  claims.find((claim) => claim === document)

/** The claim that frees a server of a requirement; nothing where none does. */
export const freeingClaim = ({ id }: Pick<Requirement, 'id'>): Claim | undefined =>
  claims.find((claim) => dropped[claim].some((one) => one.id === id))

/** Whether a requirement binds a server that claims these. */
export function binds(requirement: Pick<Requirement, 'id' | 'document'>, claimed: ReadonlySet<string>): boolean {
  const [needed, freeing] = [claimOf(requirement), freeingClaim(requirement)]
  return (needed === undefined || claimed.has(needed)) && (freeing === undefined || !claimed.has(freeing))
}
