import { describe, expect, test } from 'vitest'
import { type SequentialSpec, witnessOrder } from '../../../fuzz/oracles/linearizable.ts'
import { oneLine, revocableFamily, type Reply, singleUse, type TokenReply } from '../../../fuzz/oracles/race-models.ts'

/** What was asked and what came back; at once, or one after the other. */
type Told<Asked, Answer> = readonly [asked: Asked, answer: Answer | undefined]

function isLawful<State, Asked, Answer>(
  spec: SequentialSpec<State, Asked, Answer>,
  atOnce: readonly Told<Asked, Answer>[],
  later: readonly Told<Asked, Answer>[] = [],
): boolean {
  const calls = [...atOnce, ...later].map(([asked, answer], index) => {
    const began = index < atOnce.length ? 0 : index
    return { asked, began, ended: began + 0.5, ...(answer !== undefined && { answer }) }
  })
  return witnessOrder(calls, spec) !== undefined
}

describe('what is good once', () => {
  const right = { isRight: true }
  const wrong = { isRight: false }

  test.each<[string, boolean, readonly Told<typeof right, Reply>[]]>([
    [
      'is granted to one',
      true,
      [
        [right, 'refused'],
        [right, 'granted'],
        [right, 'refused'],
      ],
    ],
    [
      'may be refused to all',
      true,
      [
        [right, 'refused'],
        [right, 'refused'],
      ],
    ],
    [
      'is granted to no two',
      false,
      [
        [right, 'granted'],
        [right, 'refused'],
        [right, 'granted'],
      ],
    ],
    [
      'is granted to one beside one that got no answer',
      true,
      [
        [right, 'granted'],
        [right, undefined],
      ],
    ],
    [
      'is not granted to who is wrong',
      false,
      [
        [right, 'refused'],
        [wrong, 'granted'],
      ],
    ],
    [
      'is granted beside one who is wrong',
      true,
      [
        [wrong, 'refused'],
        [right, 'granted'],
        [wrong, 'refused'],
      ],
    ],
  ])('%s', (_, lawful, atOnce) => {
    expect(isLawful(singleUse, atOnce)).toBe(lawful)
  })
})

const to = (next: string): TokenReply => ({ next })

describe('a line of refresh tokens', () => {
  const refresh = (token: string, answer: TokenReply | undefined) => [{ token }, answer] as const

  test.each([
    ['goes on with one heir', true, [refresh('a', to('b')), refresh('a', 'refused')], [refresh('b', to('c'))]],
    ['may end with a replay', true, [refresh('a', to('b')), refresh('a', 'refused')], [refresh('b', 'refused')]],
    ['need not rotate', true, [refresh('a', to('a')), refresh('a', to('a'))], [refresh('a', to('a'))]],
    ['may give the same answer again', true, [refresh('a', to('b')), refresh('a', to('b'))], [refresh('b', to('c'))]],
    [
      'may have two heirs, where the later one takes the place of the other',
      true,
      [refresh('a', to('b')), refresh('a', to('c'))],
      [refresh('b', 'refused'), refresh('c', to('d'))],
    ],
    [
      'has no two heirs that both live',
      false,
      [refresh('a', to('b')), refresh('a', to('c'))],
      [refresh('b', to('d')), refresh('c', to('e'))],
    ],
    [
      'may go on where an answer was lost',
      true,
      [refresh('a', undefined), refresh('a', to('b'))],
      [refresh('b', to('c'))],
    ],
  ] as const)('%s', (_, lawful, atOnce, later) => {
    expect(isLawful(oneLine('a'), atOnce, later)).toBe(lawful)
  })
})

describe('a family of refresh tokens', () => {
  const refresh = (token: string, answer: TokenReply | undefined) => [{ verb: 'refresh', token }, answer] as const
  const revoke = (token: string, answer: TokenReply | undefined) => [{ verb: 'revoke', token }, answer] as const

  test.each([
    [
      'ends with the token that was revoked',
      true,
      [refresh('a', to('a')), revoke('a', 'revoked')],
      [refresh('a', 'refused')],
    ],
    ['does not outlive it', false, [refresh('a', to('a')), revoke('a', 'revoked')], [refresh('a', to('a'))]],
    [
      'is not revoked by who was refused',
      true,
      [refresh('a', to('a')), revoke('a', 'refused')],
      [refresh('a', to('a'))],
    ],
    [
      'need not end with a token that was replaced',
      true,
      [refresh('a', to('b')), revoke('a', 'revoked')],
      [refresh('b', to('c'))],
    ],
    [
      'has no use for a replaced token that was revoked',
      false,
      [refresh('a', to('b')), revoke('a', 'revoked')],
      [refresh('a', to('c'))],
    ],
    [
      'may have many heirs',
      true,
      [refresh('a', to('b')), refresh('a', to('c'))],
      [refresh('b', to('d')), refresh('c', to('e'))],
    ],
    [
      'may be revoked without an answer',
      true,
      [refresh('a', to('a')), revoke('a', undefined)],
      [refresh('a', 'refused')],
    ],
    [
      'need not be revoked without an answer',
      true,
      [refresh('a', to('a')), revoke('a', undefined)],
      [refresh('a', to('a'))],
    ],
    [
      'may have a refresh without an answer',
      true,
      [refresh('a', undefined), revoke('a', 'revoked')],
      [refresh('a', 'refused')],
    ],
  ] as const)('%s', (_, lawful, atOnce, later) => {
    expect(isLawful(revocableFamily('a'), atOnce, later)).toBe(lawful)
  })
})
