import type { Config } from './config.ts'
import type { Swap } from './rulebook.ts'

/** The server with one lawful deviation: every unit must stay silent on it. */
export interface Dialect {
  readonly id: string
  /** Which sentence of which document allows it. */
  readonly lawful: string
  readonly swap?: Swap
  readonly config?: Partial<Config>
}
