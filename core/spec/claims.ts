import type { Requirement } from './document.ts'

/** Documents that bind only a server that claims them, by their ids: drafts, and profiles of what binds everybody. */
export const claims = ['oauth2.1'] as const

export type Claim = (typeof claims)[number]

/** The claim without which a requirement binds nobody; nothing where it binds every server. */
export const claimOf = ({ document }: Pick<Requirement, 'document'>): Claim | undefined =>
  claims.find((claim) => claim === document)

/** Whether a requirement binds a server that claims these. */
export function binds(requirement: Pick<Requirement, 'document'>, claimed: ReadonlySet<Claim>): boolean {
  const claim = claimOf(requirement)
  return claim === undefined || claimed.has(claim)
}
