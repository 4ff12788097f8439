import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../../reference-server/stores/memory.ts'
import { accessToken, client, code, grant, refreshToken, standingClock, storeContract } from './contract.ts'

storeContract('a store in memory', async (clock) => ({ store: memoryStore(clock), close: async () => {} }))

const second = 1000
const minute = 60 * second

describe('what is over makes room', () => {
  /** Does one thing a second for two hours, and tells how many entries there were at most in the second of them. */
  async function mostOf(
    kind: string,
    each: (store: ReturnType<typeof memoryStore>, now: number, at: number) => Promise<unknown>,
  ) {
    const { clock, pass } = standingClock()
    const store = memoryStore(clock)
    let most = 0
    for (let at = 0; at < 7200; at++) {
      await each(store, clock.now(), at)
      pass(second)
      if (at >= 3600) most = Math.max(most, store.entries?.()[kind] ?? Number.NaN)
    }
    return most
  }

  // Everything lives for one minute, and is known for up to twenty more where a replay must be seen.
  const lives = 60
  const known = 21 * 60
  const slack = 2

  test.each<[string, number, Parameters<typeof mostOf>[1]]>([
    ['code', known, async (store, now, at) => await store.saveCode(code(`${at}`, now + minute))],
    ['access_token', known, async (store, now, at) => await store.saveAccessToken(accessToken(`${at}`, now + minute))],
    [
      'refresh_token',
      known,
      async (store, now, at) => await store.saveRefreshToken(refreshToken(`${at}`, now + minute)),
    ],
    ['grant', known, async (store, _, at) => await store.saveGrant(grant(`${at}`))],
    [
      'session',
      lives,
      async (store, now, at) => await store.saveSession({ id: `${at}`, sub: 'alice', authTime: 1 }, now + minute),
    ],
  ])('of the kind %s', async (kind, alive, each) => {
    const most = await mostOf(kind, each)
    expect(most).toBeGreaterThan(alive / 2)
    expect(most).toBeLessThan(alive * slack)
  })

  test('also behind what stays for long', async () => {
    const { clock, pass } = standingClock()
    const store = memoryStore(clock)
    const year = 365 * 24 * 60 * minute
    await store.saveAccessToken(accessToken('lasting', clock.now() + year))
    for (let at = 0; at < 5000; at++) await store.saveAccessToken(accessToken(`${at}`, clock.now() + minute))
    pass(60 * minute)
    for (let at = 0; at < 5000; at++) await store.saveAccessToken(accessToken(`new ${at}`, clock.now() + minute))
    expect(store.entries?.()['access_token']).toBe(5001)
    expect(await store.findAccessToken('lasting')).toBeDefined()
  })

  test('and is not found meanwhile', async () => {
    const { clock, pass } = standingClock()
    const store = memoryStore(clock)
    await store.saveCode(code('one', clock.now() + minute))
    pass(60 * minute)
    expect(store.entries?.()['code']).toBe(1)
    expect(await store.findCode('one')).toBeUndefined()
    expect(await store.spendCode('one')).toBe(false)
  })
})

test('clients stay until they are removed', async () => {
  const { clock, pass } = standingClock()
  const store = memoryStore(clock)
  await store.saveClient(client('one'))
  pass(365 * 24 * 60 * minute)
  expect(await store.findClient('one')).toBeDefined()
  expect(store.entries?.()['client']).toBe(1)
})
