import type { IncomingMessage, ServerResponse } from 'node:http'

/** What an answer belongs to: a server that hurts at one place is a decent one at all others. */
export const places = {
  discovery: /^\/\.well-known\//,
  keys: /^\/jwks$/,
  'sign-in': /^\/(?:authorize|login|consent)$/,
  tokens: /^\/token$/,
  registration: /^\/register(?:\/|$)/,
  resources: /^\/(?:userinfo|introspect|revoke)$/,
  'saml metadata': /^\/saml\/metadata$/,
  'saml sign-on': /^\/saml\/sso$/,
} as const

export type Place = keyof typeof places

export const allPlaces = Object.keys(places) as readonly Place[]

/** What the decent server would have answered. */
export interface Honest {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** One request that is to be answered in a way that hurts. */
export interface Turn {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The server's own, without a path. */
  readonly origin: string
  /** Another server's: whatever comes there should not have been sent. */
  readonly elsewhere: string
  /** Asks the decent server; whoever does not, leaves it untouched. */
  honest(): Promise<Honest>
}

export type Serve = (turn: Turn) => void | Promise<void>

/** A way to hurt whoever asks. */
export interface HostileCase {
  readonly name: string
  /** In one sentence, what is wrong with the answers. */
  readonly hurts: string
  /** Where it makes sense. */
  readonly at: readonly Place[]
  readonly serve: Serve
  /** Whether whoever asks waits until he gives up. */
  readonly isEndless?: boolean
}
