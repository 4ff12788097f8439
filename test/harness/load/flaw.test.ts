import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { allowance } from '../../../harness/load/flaw.ts'

describe('an allowance', () => {
  test('lets work be done again and again while that is quick', async () => {
    const within = allowance(10_000)
    const done = []
    for (let at = 0; at < 100; at++) done.push(await within(async () => at))
    expect(done).toEqual(Array.from({ length: 100 }, (_, at) => at))
  })

  test('is used up by what takes long, also where that fails, and then nothing is done any more', async () => {
    const within = allowance(20)
    await expect(
      within(async () => await delay(30).then(() => Promise.reject(new Error('no answer')))),
    ).rejects.toThrow('no answer')
    let calls = 0
    expect(await within(async () => (calls += 1))).toBeUndefined()
    expect(calls).toBe(0)
  })
})
