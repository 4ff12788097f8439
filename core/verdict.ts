import type { Finding } from './finding.ts'

export type NonEmpty<T> = readonly [T, ...T[]]

export type Verdict =
  | { readonly state: 'pass' }
  | { readonly state: 'fail'; readonly findings: NonEmpty<Finding> }
  /** It needs a capability that the target does not claim. */
  | { readonly state: 'inapplicable'; readonly because: string }
  /** It could not get far enough to judge: never a pass. */
  | { readonly state: 'untestable'; readonly because: string }
  /** Our own fault: never blamed on the target. */
  | { readonly state: 'broken'; readonly error: { readonly message: string; readonly stack?: string } }

export type State = Verdict['state']

export const isNonEmpty = <T>(items: readonly T[]): items is NonEmpty<T> => items.length > 0
