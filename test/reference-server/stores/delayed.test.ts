import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { delayed } from '../../../reference-server/stores/delayed.ts'
import { memoryStore } from '../../../reference-server/stores/memory.ts'
import { code, standingClock, storeContract } from './contract.ts'

const always = (share: number) => () => share

storeContract('a store that takes its time', async (clock) => ({
  store: delayed(memoryStore(clock), { upToMs: 1, random: always(0.5) }),
  close: async () => {},
}))

describe('a store that takes its time', () => {
  const { clock } = standingClock()

  test('takes it on the way there and on the way back', async () => {
    const memory = memoryStore(clock)
    const shares = [0.2, 0.9].values()
    const store = delayed(memory, { upToMs: 200, random: () => shares.next().value ?? 0 })
    const began = performance.now()
    const saved = store.saveCode(code('a code', clock.now() + 60_000)).then(() => performance.now() - began)

    expect(await memory.findCode('a code')).toBeUndefined()
    while ((await memory.findCode('a code')) === undefined) await delay(1)
    expect(performance.now() - began).toBeGreaterThanOrEqual(39)
    expect(await saved).toBeGreaterThanOrEqual(218)
  })

  test('counts at once what it holds', async () => {
    expect(delayed(memoryStore(clock), { upToMs: 1, random: always(0) }).entries?.()).toMatchObject({ code: 0 })
  })

  test('hands on what goes wrong', async () => {
    const broken = { ...memoryStore(clock), findCode: async () => await Promise.reject(new Error('it is down')) }
    await expect(delayed(broken, { upToMs: 1, random: always(0) }).findCode('a')).rejects.toThrow('it is down')
  })
})
