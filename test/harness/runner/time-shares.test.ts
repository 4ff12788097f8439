import { expect, test } from 'vitest'
import { rfc6749 } from '../../../core/spec/rfc6749.ts'
import type { Unit } from '../../../core/unit.ts'
import { timeShares } from '../../../harness/runner/time-shares.ts'

const unit = (id: string, needs: Unit['needs'] = []): Unit => ({
  id,
  kind: 'property',
  title: id,
  proves: [rfc6749.codeSingleUse],
  needs,
})

const several = (count: number) => Array.from({ length: count }, (_, at) => unit(`unit ${at}`))

/** Runs units that take all of their shares, so many at once, and tells the shares and how long it took. */
function play(units: readonly Unit[], { milliseconds, width }: { milliseconds: number; width: number }) {
  let now = 0
  const shares = timeShares(units, { milliseconds, width }, () => now)
  const given = new Map<string, number>()
  for (let next = 0; next < units.length; next += width) {
    const turn = units.slice(next, next + width).map((one) => [one.id, shares.of(one)] as const)
    for (const [id, share] of turn) given.set(id, share)
    now += Math.max(...turn.map(([, share]) => share))
  }
  return { given: [...given.values()], took: now }
}

test('without a limit each has all the time', () => {
  expect(timeShares(several(3), { milliseconds: undefined, width: 2 }).of(unit('unit 0'))).toBe(
    Number.POSITIVE_INFINITY,
  )
})

test('so many as run at once share the time, and none of it is left', () => {
  const { given, took } = play(several(12), { milliseconds: 6000, width: 4 })
  for (const share of given) expect(share).toBeCloseTo(2000)
  expect(took).toBeCloseTo(6000)
})

test('those that are fewer than may run at once have all of it each', () => {
  expect(play(several(3), { milliseconds: 6000, width: 8 })).toEqual({ given: [6000, 6000, 6000], took: 6000 })
})

test('one that moves the clock has a turn of its own', () => {
  const shares = timeShares([...several(2), unit('alone', ['clock'])], { milliseconds: 6000, width: 2 }, () => 0)
  expect(shares.of(unit('alone', ['clock']))).toBeGreaterThan(0)
  let now = 0
  const units = [...several(2), unit('alone', ['clock'])]
  const [first, second, alone] = units
  const fair = timeShares(units, { milliseconds: 6000, width: 2 }, () => now)
  if (first === undefined || second === undefined || alone === undefined) throw new TypeError('there are three')
  expect([fair.of(first), fair.of(second)]).toEqual([3000, 3000])
  now = 3000
  expect(fair.of(alone)).toBe(3000)
})

test('what one leaves over falls to those after it', () => {
  let now = 0
  const units = several(4)
  const shares = timeShares(units, { milliseconds: 4000, width: 1 }, () => now)
  const given = units.map((one) => {
    const share = shares.of(one)
    now += 400
    return Math.round(share)
  })
  expect(given).toEqual([1000, 1200, 1600, 2800])
})
