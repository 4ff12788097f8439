import type { Claim } from '../core/spec/claims.ts'
import type { Requirement } from '../core/spec/document.ts'
import type { Config } from './config.ts'
import type { Swap } from './rulebook.ts'
import type { Store } from './store.ts'
import type { Transport } from './transport.ts'

/** The server with one lawful deviation: every unit must stay silent on it, but for what another document forbids. */
export interface Dialect {
  readonly id: string
  /** Which sentence of which document allows it. */
  readonly lawful: string
  /** What one document lets be and another one forbids: just this must be found on it, and nothing else. */
  readonly forbiddenBy?: readonly [Requirement, ...Requirement[]]
  /** What it claims to follow; everything that can be claimed unless said. */
  readonly claims?: readonly Claim[]
  readonly swap?: Swap
  readonly config?: Partial<Config>
  readonly transport?: Transport
  /** What it remembers things with, made of the store that it would else have. */
  readonly store?: (store: Store) => Store
}
