import type {
  AtAnyTime,
  AtAuthorization,
  InBrowser,
  Outcome,
  WithAccessToken,
  WithCode,
  WithRefreshToken,
} from './situation.ts'
import { isOwn, isRightBesideCode, isRightBesideToken } from './situation.ts'
import { type AccessToken, doubted, type Grant, type RefreshToken, replaced, type Scope, type State } from './state.ts'

// All that one can think of a server doing, right or wrong: guards say which of it is lawful.

const scopes: readonly Scope[] = ['less', 'granted', 'more']

/** The person signs in and agrees, and the client gets a code, or does not. */
export function asked(situation: AtAuthorization): readonly Outcome[] {
  const { state, person, client } = situation
  const sessions = replaced(state.sessions, person, true)
  const consents = replaced(state.consents, person, replaced(state.consents[person], client, true))
  const agreed = { ...situation, state: { ...state, sessions, consents } }
  return [issued(agreed), { answer: { is: 'refused' }, next: { ...state, sessions } }]
}

/** The person signs in, and refuses where they are asked. */
export function declined(situation: AtAuthorization): readonly Outcome[] {
  const { state, person } = situation
  const signedIn = { ...state, sessions: replaced(state.sessions, person, true) }
  return [issued({ ...situation, state: signedIn }), { answer: { is: 'refused' }, next: signedIn }]
}

/** Nobody sees a page. */
export const unasked = (situation: AtAuthorization): readonly Outcome[] => [
  issued(situation),
  { answer: { is: 'refused' }, next: situation.state },
]

function issued({ state, client, person, isPublic, request }: AtAuthorization): Outcome {
  const grant: Grant = {
    client,
    person,
    isPublic,
    hasChallenge: request.challenge !== 'none',
    code: 'fresh',
    redemptions: 0,
    isLate: false,
    isReplayed: false,
    isReused: false,
    isGivenBack: false,
    refreshTokens: [],
    accessTokens: [],
  }
  // A server may keep one grant for each client of a person.
  const others = state.grants.map((one) => (one.client === client && one.person === person ? doubted(one) : one))
  return { answer: { is: 'code' }, next: { ...state, grants: [...others, grant] } }
}

export const closed = ({ state, person }: InBrowser): readonly Outcome[] => [
  { answer: { is: 'silence' }, next: { ...state, sessions: replaced(state.sessions, person, false) } },
]

/** Tokens with a refresh token or without, or none: a replay tells of a thief, and any wrong request may. */
export function redeemed(situation: WithCode): readonly Outcome[] {
  const { grant, client, become, request } = situation
  const person = request.verifier === 'of another' ? (grant.person === 0 ? 1 : 0) : grant.person
  const access: AccessToken = { is: 'live', client, person }
  const refresh: RefreshToken = { is: 'current', scope: 'granted', client }
  const bought = (renewed: boolean): Outcome => ({
    answer: { is: 'tokens', scope: 'granted', renewed },
    next: become({
      ...grant,
      redemptions: grant.redemptions + 1,
      accessTokens: [...grant.accessTokens, access],
      refreshTokens: renewed ? [...grant.refreshTokens, refresh] : grant.refreshTokens,
    }),
    ...(renewed && { issued: refresh }),
  })
  const isReplay = grant.redemptions > 0 && isRightBesideCode(situation) && !grant.isLate
  const refused = isReplay ? { ...grant, isReplayed: true } : doubted(grant)
  return [bought(true), bought(false), { answer: { is: 'refused' }, next: become(refused) }]
}

/** Tokens of any scope, with a new refresh token or without, in place of the old one or beside it; or none. */
export function refreshed(situation: WithRefreshToken): readonly Outcome[] {
  const { grant, token, client, become } = situation
  const bought = (scope: Scope, issued?: RefreshToken, replaces = false): Outcome => {
    const access: AccessToken = { is: 'live', client, person: grant.person }
    // The tokens that it had before may go.
    const accessTokens = [...doubted(grant).accessTokens, access]
    // A confidential client's may be replaced without anybody being told; one that is not stays as it is.
    const kept = grant.isPublic ? token.is : 'in doubt'
    const old: RefreshToken = { ...token, is: replaces ? 'replaced' : kept }
    const next =
      issued === undefined
        ? become({ ...grant, accessTokens })
        : become({ ...grant, accessTokens, refreshTokens: [...grant.refreshTokens, issued] }, old)
    const answer = { is: 'tokens', scope, renewed: issued !== undefined } as const
    return { answer, next, replaces, ...(issued !== undefined && { issued }) }
  }
  const isReuse = token.is === 'replaced' && isRightBesideToken(situation) && !grant.isLate
  const refused = isReuse ? { ...doubted(grant), isReused: true } : doubted(grant)
  const newTokens = (['less', 'granted'] as const).map((scope): RefreshToken => ({ is: 'current', scope, client }))
  return [
    ...scopes.flatMap((scope) => [
      bought(scope),
      ...newTokens.map((issued) => bought(scope, issued)),
      ...newTokens.filter(() => grant.isPublic).map((issued) => bought(scope, issued, true)),
    ]),
    { answer: { is: 'refused' }, next: become(refused) },
  ]
}

/** The token is gone, and the server may take the rest of its grant along; that of another client should be as it was. */
export function refreshTokenRevoked(situation: WithRefreshToken): readonly Outcome[] {
  const { grant, token, become } = situation
  if (!isOwn(situation)) return foreignTokenRevoked(situation)
  const ended = { ...doubted(grant), isGivenBack: grant.isGivenBack || token.is === 'current' }
  return ownTokenRevoked(situation, become(ended, token.is === 'replaced' ? undefined : { ...token, is: 'given back' }))
}

export const accessTokenRevoked = (situation: WithAccessToken): readonly Outcome[] =>
  isOwn(situation)
    ? ownTokenRevoked(situation, situation.become(doubted(situation.grant), { ...situation.token, is: 'given back' }))
    : foreignTokenRevoked(situation)

const ownTokenRevoked = ({ state }: { readonly state: State }, revoked: State): readonly Outcome[] => [
  { answer: { is: 'done' }, next: revoked, revokes: true },
  { answer: { is: 'refused' }, next: state },
]

const foreignTokenRevoked = ({ state, grant, become }: WithCode): readonly Outcome[] =>
  (['refused', 'done'] as const).flatMap((is): readonly Outcome[] => [
    { answer: { is }, next: state },
    { answer: { is }, next: become(doubted(grant)), revokes: true },
  ])

export const looked = ({ state: next }: WithAccessToken): readonly Outcome[] => [
  { answer: { is: 'live', person: 0 }, next },
  { answer: { is: 'live', person: 1 }, next },
  { answer: { is: 'dead' }, next },
]

/** Codes are too old, and what else is may be. */
export const waited = ({ state }: AtAnyTime): readonly Outcome[] => [
  {
    answer: { is: 'silence' },
    next: { ...state, grants: state.grants.map((grant) => ({ ...doubted(grant), isLate: true })) },
  },
]
