import type { Exchange } from './exchange.ts'

/**
 * What kind of violation a finding is. Part of its fingerprint, so the set is closed and says nothing of values:
 * the same bug seen with another code or another host is the same finding.
 */
export type Violation =
  | 'accepted' // took what it must refuse
  | 'refused' // refused what it must take
  | 'wrong-error' // refused, with another error than the one owed
  | 'wrong-status'
  | 'wrong-header'
  | 'missing-header'
  | 'wrong-value'
  | 'missing-value'
  | 'malformed' // not the syntax that is owed
  | 'leaked' // gave away what it must keep
  | 'redirected' // sent the browser where it must not go
  | 'crashed' // a 5xx, a hang, a reset

/** How much a finding matters, and why that is thought. What the target guards, nobody here knows. */
export interface Severity {
  readonly rank: 'high' | 'medium' | 'low'
  readonly because: string
}

/** A requirement that the target broke, seen by one unit. Checks, properties and invariants all yield these. */
export interface Finding {
  /** Stable over runs: requirement, unit and violation, never values or prose. */
  readonly fingerprint: string
  /** The id of the requirement that broke. */
  readonly requirement: string
  /** The id of the unit that noticed. */
  readonly unit: string
  readonly violation: Violation
  readonly severity: Severity
  readonly expected: string
  readonly actual: string
  /** Redacted exchanges, oldest first. */
  readonly evidence: readonly Exchange[]
  /** The smallest input that shows it, where a property found it, and how to generate it again. */
  readonly counterexample?: { readonly input: string; readonly seed: number; readonly path: string }
}
