import type { Requirement } from '../core/spec/document.ts'
import type { Config } from './config.ts'
import type { Swap } from './rulebook.ts'

/** The server with one lawful deviation: every unit must stay silent on it, but for what another document forbids. */
export interface Dialect {
  readonly id: string
  /** Which sentence of which document allows it. */
  readonly lawful: string
  /** What one document lets be and another one forbids: just this must be found on it, and nothing else. */
  readonly forbiddenBy?: readonly [Requirement, ...Requirement[]]
  readonly swap?: Swap
  readonly config?: Partial<Config>
}
