import type { Grant, State } from './state.ts'
import type { Transition } from './transition.ts'

/** What is never to happen, however long a server runs. */
export interface SafetyProperty {
  readonly name: string
  holds(transition: Transition): boolean
}

const grantOf = ({ before, of }: Transition): Grant | undefined =>
  of.grant === undefined ? undefined : before.grants[of.grant]

const refreshTokenOf = (transition: Transition) =>
  transition.step.about === 'a refresh token' ? grantOf(transition)?.refreshTokens[transition.of.token ?? 0] : undefined

const accessTokenOf = (transition: Transition) =>
  transition.step.about === 'an access token' ? grantOf(transition)?.accessTokens[transition.of.token ?? 0] : undefined

const brings = ({ answer }: Transition, is: 'tokens' | 'live' | 'code' | 'done') => answer.is === is

const everyGrant = ({ after }: Transition, holds: (grant: Grant) => boolean) => after.grants.every(holds)

const isSame = (one: State, other: State) => JSON.stringify(one) === JSON.stringify(other)

export const safetyProperties: readonly SafetyProperty[] = [
  { name: 'a code yields one grant at most', holds: (one) => everyGrant(one, ({ redemptions }) => redemptions <= 1) },
  {
    name: 'no token outlives its family, a replay of its code, or its own revocation',
    holds: (one) => {
      const grant = grantOf(one)
      const [refresh, access] = [refreshTokenOf(one), accessTokenOf(one)]
      const isOver = grant?.isReplayed === true || (refresh ?? access)?.is === 'given back'
      if (brings(one, 'tokens') && refresh !== undefined) return !isOver && grant?.isReused !== true
      return !brings(one, 'live') || (!isOver && grant?.isGivenBack !== true)
    },
  },
  {
    name: 'PKCE cannot be downgraded',
    holds: (one) => {
      if (one.step.about !== 'a code' || !brings(one, 'tokens')) return true
      const { verifier } = one.step.request
      return grantOf(one)?.hasChallenge === true ? verifier === undefined : verifier !== 'of another'
    },
  },
  {
    name: 'no token reaches another client or another person',
    holds: (one) =>
      everyGrant(
        one,
        ({ client, person, accessTokens, refreshTokens }) =>
          [...accessTokens, ...refreshTokens].every((token) => token.client === client) &&
          accessTokens.every((token) => token.person === person),
      ) &&
      (one.answer.is !== 'live' || one.answer.person === grantOf(one)?.person),
  },
  {
    name: 'nobody gets a code from a person who is not there, or has not agreed',
    holds: (one) => {
      if (!brings(one, 'code')) return true
      const { client = 0, person = 0 } = one.of
      return one.after.sessions[person] && one.after.consents[person][client]
    },
  },
  {
    name: 'a code buys nothing at another place or after ten minutes',
    holds: (one) =>
      one.step.about !== 'a code' ||
      !brings(one, 'tokens') ||
      (one.step.request.redirectUri === undefined && grantOf(one)?.isLate === false),
  },
  {
    name: 'a refresh never widens the scope',
    holds: ({ answer }) => answer.is !== 'tokens' || answer.scope !== 'more',
  },
  {
    name: 'a refresh never narrows the scope for good, or unasked',
    holds: (one) =>
      everyGrant(one, ({ refreshTokens }) => refreshTokens.every(({ scope }) => scope === 'granted')) &&
      (one.answer.is !== 'tokens' || one.answer.scope !== 'less' || one.step.request.scope !== undefined),
  },
  {
    name: "a public client's refresh token buys once",
    holds: (one) => {
      if (!brings(one, 'tokens') || grantOf(one)?.isPublic !== true || refreshTokenOf(one) === undefined) return true
      const { grant = 0, token = 0 } = one.of
      return refreshTokenOf(one)?.is !== 'replaced' && one.after.grants[grant]?.refreshTokens[token]?.is === 'replaced'
    },
  },
  {
    name: 'what another client revokes lives on',
    holds: (one) => !isRevocation(one) || one.step.request.by === undefined || isSame(one.before, one.after),
  },
  {
    name: 'who revokes is told what became of it',
    holds: (one) => {
      const { is } = refreshTokenOf(one) ?? accessTokenOf(one) ?? {}
      if (!isRevocation(one) || is === 'in doubt' || is === 'replaced') return true
      if (one.step.request.by === undefined) return brings(one, 'done')
      return !brings(one, 'done') || is === 'given back' || isOver(grantOf(one))
    },
  },
  {
    name: 'nobody is refused what is theirs',
    holds: (one) => {
      const { step, answer } = one
      const grant = grantOf(one)
      if (Object.keys(step.request).length > 0 || grant === undefined || isOver(grant)) return true
      if (step.about === 'a code') return answer.is === 'tokens' || grant.code !== 'fresh' || grant.redemptions > 0
      if (isRevocation(one)) return true
      if (step.about === 'a refresh token') return answer.is === 'tokens' || refreshTokenOf(one)?.is !== 'current'
      return answer.is === 'live' || accessTokenOf(one)?.is !== 'live'
    },
  },
]

const isRevocation = ({ answer, step }: Transition) => answer.is === 'done' || step.does === 'revoke'

const isOver = (grant: Grant | undefined) =>
  grant !== undefined && (grant.isReplayed || grant.isReused || grant.isGivenBack || grant.isLate)
