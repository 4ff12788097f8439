/** Which of two clients, or of two people. Each person has a browser of their own. */
export type Which = 0 | 1

/** A scope beside the one that the person granted. */
export type Scope = 'less' | 'granted' | 'more'

/**
 * What a server may have dropped, and need not have, is in doubt: either answer is lawful, and nothing is owed. The model
 * forgets here what the specification leaves open, so that it follows every lawful server.
 */
export interface RefreshToken {
  readonly is: 'current' | 'replaced' | 'given back' | 'in doubt'
  readonly scope: Scope
  /** Who was sent it. */
  readonly client: Which
}

export interface AccessToken {
  readonly is: 'live' | 'given back' | 'in doubt'
  readonly client: Which
  /** In whose session it was bought: not the person who granted it where the code was slipped to another. */
  readonly person: Which
}

/** What a person granted a client: a code, and the family of tokens that comes of it. */
export interface Grant {
  readonly client: Which
  readonly person: Which
  /** Whether the client cannot authenticate. */
  readonly isPublic: boolean
  readonly hasChallenge: boolean
  readonly code: 'fresh' | 'in doubt'
  readonly redemptions: number
  /** Eleven minutes have gone by: no code is as old, and a server may have forgotten what is over. */
  readonly isLate: boolean
  /** The spent code came back, in a request that is right in all the rest. */
  readonly isReplayed: boolean
  /** A refresh token came back that another one had replaced. */
  readonly isReused: boolean
  /** Its client gave back the refresh token. */
  readonly isGivenBack: boolean
  readonly refreshTokens: readonly RefreshToken[]
  readonly accessTokens: readonly AccessToken[]
}

type Pair<Value> = readonly [Value, Value]

export interface State {
  /** Whether somebody may be signed in, by whose browser it is. */
  readonly sessions: Pair<boolean>
  /** Whether a person may have agreed to a client, by person and client. */
  readonly consents: Pair<Pair<boolean>>
  readonly grants: readonly Grant[]
}

const pairOf = <Value>(value: Value): Pair<Value> => [value, value]

/** Where a server begins that nobody has used; of another one it is not known who signed in, and agreed to what. */
export const beginning = (isUnused: boolean): State => ({
  sessions: pairOf(!isUnused),
  consents: pairOf(pairOf(!isUnused)),
  grants: [],
})

/** The pair with one of its members in the place of another. */
export const replaced = <Value>([first, second]: Pair<Value>, which: Which, value: Value): Pair<Value> =>
  which === 0 ? [value, second] : [first, value]

/** A grant that the server may hold for stolen, or for superseded: it may drop any of it, and need not. */
export const doubted = (grant: Grant): Grant => ({
  ...grant,
  code: 'in doubt',
  refreshTokens: grant.refreshTokens.map((token) => (token.is === 'current' ? { ...token, is: 'in doubt' } : token)),
  accessTokens: grant.accessTokens.map((token) => (token.is === 'live' ? { ...token, is: 'in doubt' } : token)),
})
