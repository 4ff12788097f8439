import { describe, expect, test } from 'vitest'
import { type Call, type SequentialSpec, witnessOrder } from '../../../fuzz/oracles/linearizable.ts'

type Asked = { readonly write: number } | 'read'
type Answer = number | 'done'

/** A place for one number. */
const register: SequentialSpec<number, Asked, Answer> = {
  initial: 0,
  step: (state, asked, answer) => {
    if (asked !== 'read') return [asked.write]
    return answer === undefined || answer === state ? [state] : []
  },
}

const call = (asked: Asked, answer: Answer | undefined, began: number, ended: number): Call<Asked, Answer> => ({
  asked,
  began,
  ended,
  ...(answer !== undefined && { answer }),
})

const write = (value: number, began: number, ended: number) => call({ write: value }, 'done', began, ended)
const read = (value: number, began: number, ended: number) => call('read', value, began, ended)

const orderOf = (...calls: readonly Call<Asked, Answer>[]) =>
  witnessOrder(calls, register)?.map(({ asked, answer }) =>
    asked === 'read' ? `read ${answer}` : `write ${asked.write}`,
  )

describe('a history is linearizable', () => {
  test.each([
    ['that is empty', [], []],
    ['of one call after the other', [write(1, 0, 1), read(1, 2, 3)], ['write 1', 'read 1']],
    ['that reads the old while it is written', [write(1, 0, 9), read(0, 1, 2)], ['read 0', 'write 1']],
    ['that reads the new while it is written', [write(1, 0, 9), read(1, 1, 2)], ['write 1', 'read 1']],
    [
      'that reads both, the old before the new',
      [write(1, 0, 9), read(1, 3, 4), read(0, 1, 2)],
      ['read 0', 'write 1', 'read 1'],
    ],
    [
      'whose writers overlap, whichever came last',
      [write(1, 0, 9), write(2, 0, 9), read(1, 10, 11), read(1, 12, 13)],
      ['write 2', 'write 1', 'read 1', 'read 1'],
    ],
    ['whose calls touch', [write(1, 0, 2), read(0, 2, 3)], ['read 0', 'write 1']],
    ['where a call without an answer was not done', [call({ write: 1 }, undefined, 0, 1), read(0, 5, 6)], ['read 0']],
    [
      'where a call without an answer was done, however late',
      [call({ write: 1 }, undefined, 0, 1), read(0, 2, 3), read(1, 4, 5)],
      ['read 0', 'write 1', 'read 1'],
    ],
  ] as const)('%s', (_, calls, order) => {
    expect(orderOf(...calls)).toEqual(order)
  })
})

describe('a history is not linearizable', () => {
  test.each([
    ['that reads what nobody wrote', [write(1, 0, 1), read(2, 2, 3)]],
    ['that reads the old after it was overwritten', [write(1, 0, 1), read(0, 2, 3)]],
    ['that reads the new before the old, while it is written', [write(1, 0, 9), read(1, 1, 2), read(0, 3, 4)]],
    ['whose readers disagree on who wrote last', [write(1, 0, 9), write(2, 0, 9), read(1, 10, 11), read(2, 12, 13)]],
    [
      'where what was never answered was done before it was asked',
      [read(1, 0, 1), call({ write: 1 }, undefined, 2, 3)],
    ],
  ] as const)('%s', (_, calls) => {
    expect(orderOf(...calls)).toBeUndefined()
  })
})

test('a server that may go on in several ways is followed on all of them', () => {
  const coin: SequentialSpec<string, 'toss' | 'look', string> = {
    initial: 'in the air',
    step: (state, asked, answer) =>
      asked === 'toss' ? ['heads', 'tails'] : answer === undefined || answer === state ? [state] : [],
  }
  const look = (answer: string, began: number) => ({ asked: 'look' as const, answer, began, ended: began + 1 })
  const toss = { asked: 'toss' as const, answer: 'tossed', began: 0, ended: 1 }

  expect(witnessOrder([toss, look('tails', 2), look('tails', 4)], coin)).toHaveLength(3)
  expect(witnessOrder([toss, look('tails', 2), look('heads', 4)], coin)).toBeUndefined()
})

test('eight calls at once that no order explains are looked through in a few thousand steps', () => {
  let steps = 0
  const counted: typeof register = { ...register, step: (...args) => (steps++, register.step(...args)) }
  const writes = [1, 2, 3, 4, 5, 6, 7, 8].map((value) => write(value, 0, 9))

  expect(witnessOrder([...writes, read(9, 10, 11)], counted)).toBeUndefined()
  expect(steps).toBeLessThan(10_000)
})
