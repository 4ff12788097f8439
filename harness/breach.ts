import type { Violation } from '../core/finding.ts'
import type { Requirement } from '../core/spec/document.ts'

/** One requirement that one message was seen to break. */
export interface Breach {
  readonly requirement: Requirement
  readonly violation: Violation
  readonly expected: string
  readonly actual: string
}

/** Thrown after a breach that leaves nothing more to judge; the breach itself is already noted. */
export class Broken extends Error {
  override readonly name = 'Broken'
}
