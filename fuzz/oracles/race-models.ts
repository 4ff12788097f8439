import type { SequentialSpec } from './linearizable.ts'

/**
 * What servers may do that take one request after the other. They may refuse whatever they like, being busy or seeing an
 * attack, so a refusal changes nothing here: who grants less than a model does only what the model may do as well.
 */

export type Reply = 'granted' | 'refused'

/** What is asked of something that is good once: a code, the `jti` of an assertion. */
interface Use {
  /** Whether all the rest of the request is as it should be. */
  readonly isRight: boolean
}

/** It is granted once, and only where the rest is right. */
export const singleUse: SequentialSpec<'fresh' | 'spent', Use, Reply> = {
  initial: 'fresh',
  step(state, { isRight }, reply) {
    const granted = isRight && state === 'fresh' ? (['spent'] as const) : []
    return reply === 'refused' ? [state] : reply === 'granted' ? granted : [state, ...granted]
  },
}

/** What is asked of a refresh token. */
export interface TokenUse {
  readonly verb: 'refresh' | 'revoke'
  readonly token: string
}

/** A refresh says which token is to be used from now on: another one, or that which was sent. */
export type TokenReply = 'refused' | 'revoked' | { readonly next: string }

/** Stands for a token whose answer never came. */
const lost = 'lost'

/** What may be after an answer, or after none, where a refresh that brings this token leads to that. */
function afterRefresh<State>(
  state: State,
  reply: TokenReply | undefined,
  refreshed: (next: string) => readonly State[],
): readonly State[] {
  if (reply === undefined) return [state, ...refreshed(lost)]
  return typeof reply === 'object' ? refreshed(reply.next) : [state]
}

/** The last token of a line, and that which it took the place of. */
interface Line {
  readonly previous?: string
  readonly current: string
}

/**
 * A line of refresh tokens has one end. The token that was replaced last may be taken again until the new one is seen,
 * for the same answer or for one in its place: a client that lost an answer has to ask anew.
 */
export const oneLine = (first: string): SequentialSpec<Line, Pick<TokenUse, 'token'>, TokenReply> => ({
  initial: { current: first },
  step: (line, { token }, reply) =>
    afterRefresh(line, reply, (next) => {
      if (token !== line.current && token !== line.previous) return []
      return [next === line.current ? line : { previous: token, current: next }]
    }),
})

/** The refresh tokens of a grant that may be good, and those of them that others were given for. */
interface Family {
  readonly good: readonly string[]
  readonly replaced: readonly string[]
}

/**
 * A revoked token is good no more. Its whole family goes with it, unless the token had been replaced: then it may have
 * been worth nothing already, and its revocation done nothing (RFC 7009 §2.2).
 */
export const revocableFamily = (first: string): SequentialSpec<Family, TokenUse, TokenReply> => ({
  initial: { good: [first], replaced: [] },
  step(family, { verb, token }, reply) {
    const { good, replaced } = family
    if (verb === 'refresh')
      return afterRefresh(family, reply, (next) => {
        if (!good.includes(token)) return []
        return [{ good: among(good, next), replaced: next === token ? replaced : among(replaced, token) }]
      })
    const revoked = { good: replaced.includes(token) ? good.filter((one) => one !== token) : [], replaced }
    return reply === 'revoked' ? [revoked] : reply === undefined ? [family, revoked] : [family]
  },
})

/** In one order, so that what is the same looks the same. */
const among = (tokens: readonly string[], token: string) => [...new Set([...tokens, token])].toSorted()
