import type { Session, SsoRequest, User } from '../model.ts'

/** What an assertion and the response around it are made of. Times are milliseconds since the epoch. */
export interface AssertionFacts {
  readonly entityId: string
  readonly request: SsoRequest
  readonly session: Session
  readonly user: User
  /** The ID of the assertion. */
  readonly id: string
  readonly now: number
  /** Seconds. */
  readonly lifetime: number
  /** A time as SAML writes it. */
  readonly time: (milliseconds: number) => string
}

/** As much of a request as a response needs to find its way. */
export type Answerable = Pick<SsoRequest, 'id' | 'consumer' | 'relayState' | 'binding'>

/** The status codes as they stand in a response, the one on top first. */
export type StatusCodes = readonly [string, ...string[]]
