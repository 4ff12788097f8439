import type { AccessToken, Grant, RefreshToken, Scope, State, Which } from './state.ts'

/** What a server answers, as far as the model tells answers apart. */
export type Answer =
  | { readonly is: 'code' }
  | { readonly is: 'tokens'; readonly scope: Scope; readonly renewed: boolean }
  | { readonly is: 'refused' }
  /** A revocation was confirmed. */
  | { readonly is: 'done' }
  /** A token opens something, about this person. */
  | { readonly is: 'live'; readonly person: Which }
  | { readonly is: 'dead' }
  /** Nobody asked anything. */
  | { readonly is: 'silence' }

/** What may come of an act: the answer, and the state that the server is in afterwards. */
export interface Outcome {
  readonly answer: Answer
  readonly next: State
  /** The refresh token that was issued. */
  readonly issued?: RefreshToken
  /** Whether the old refresh token is of no more use. */
  readonly replaces?: boolean
  /** Whether a token may have been revoked. */
  readonly revokes?: boolean
}

/** How a request differs from the right one. */
export interface Request {
  readonly by?: 'another client'
  readonly prompt?: 'none'
  readonly decision?: 'deny'
  readonly challenge?: 'none'
  readonly verifier?: 'none' | 'of another'
  readonly redirectUri?: 'none' | 'another'
  readonly scope?: Scope
}

interface AnySituation {
  readonly state: State
  readonly request: Request
}

/** A person at the authorization endpoint, sent there by a client. */
export interface AtAuthorization extends AnySituation {
  readonly client: Which
  readonly person: Which
  readonly isPublic: boolean
}

interface OfGrant extends AnySituation {
  readonly grant: Grant
  /** The client that asks. */
  readonly client: Which
  /** The state with this in the grant's place. */
  readonly become: (grant: Grant) => State
}

export type WithCode = OfGrant
export interface WithToken<Token> extends OfGrant {
  readonly token: Token
  readonly become: (grant: Grant, token?: Token) => State
}
export type WithRefreshToken = WithToken<RefreshToken>
export type WithAccessToken = WithToken<AccessToken>
export interface InBrowser extends AnySituation {
  readonly person: Which
}
export type AtAnyTime = AnySituation

export const isOwn = ({ grant, client }: OfGrant): boolean => grant.client === client

/** Whether all of a token request is right, but perhaps for the code. */
export const isRightBesideCode = (situation: WithCode): boolean => {
  const { verifier, redirectUri } = situation.request
  const provesItself = situation.grant.hasChallenge ? verifier === undefined : verifier !== 'of another'
  return isOwn(situation) && provesItself && redirectUri === undefined
}

/** Whether all of a token request is right, but perhaps for the refresh token. */
export const isRightBesideToken = (situation: WithRefreshToken): boolean => {
  const { request, token } = situation
  return isOwn(situation) && request.scope !== 'more' && (request.scope !== 'granted' || token.scope === 'granted')
}
