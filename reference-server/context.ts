import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Keyring, SigningKey } from './keys.ts'
import type { Occurrence } from './observe.ts'
import type { Enforce } from './rulebook.ts'
import type { Store } from './store.ts'

/** What every endpoint works with. */
export interface Context {
  readonly issuer: string
  readonly config: Config
  readonly enforce: Enforce
  readonly store: Store
  readonly clock: Clock
  readonly keys: Keyring
  /** Signs what SAML sends. It stays: its partners hold its certificate, and nothing tells them to look for another. */
  readonly samlKey: SigningKey
  /** Tells whoever watches the server; never throws. */
  readonly observe: (occurrence: Occurrence) => void
}

/** An endpoint: a request in, an answer out. Nothing else is thrown than what is a fault of the server's own. */
export type Endpoint = (request: Request, place: Place) => Promise<Response>

/** Where a request goes, as it was sent: a URL that nobody needs whole is not parsed. */
export interface Place {
  readonly pathname: string
  /** With its question mark; empty where there is no query. */
  readonly search: string
}
