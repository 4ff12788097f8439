import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import {
  racedCodeBuysOnce,
  racedRefreshTokenHasOneHeir,
  revocationOutlivesRefreshes,
} from '../../fuzz/properties/races.ts'
import { findOn, granted, refused, serveTokens, silent } from './small-server.ts'

/** A server of codes: `isFirst` says whether a code may be redeemed. */
const serveCodes = async (isFirst: (code: string) => Promise<boolean>) =>
  await serveTokens(async (params) => ((await isFirst(params.get('code') ?? '')) ? granted() : refused))

describe('a code that many redeem at once', () => {
  test('is bought by all, where it is read and then deleted in a store that takes a millisecond', async () => {
    const spent = new Set<string>()
    await using server = await serveCodes(async (code) => {
      await delay(1)
      if (spent.has(code)) return false
      await delay(1)
      spent.add(code)
      return true
    })
    expect(await findOn(server.origin, racedCodeBuysOnce, 'public')).toEqual([
      'rfc6749/code-single-use',
      'rfc9700/code-invalidated',
    ])
  })

  test('is bought once, where the store deletes and tells, however slow it is', async () => {
    const spent = new Set<string>()
    await using server = await serveCodes(async (code) => {
      await delay(1)
      const isFirst = !spent.has(code)
      spent.add(code)
      await delay(1)
      return isFirst
    })
    expect(await findOn(server.origin, racedCodeBuysOnce, 'public')).toEqual(silent)
  })

  test('brings the server down with it, where two at once are two too many', async () => {
    const busy = new Set<string>()
    await using server = await serveTokens(async (params) => {
      const code = params.get('code') ?? ''
      if (busy.has(code)) return [500, 'could not obtain lock on row']
      busy.add(code)
      await delay(5)
      return granted()
    })
    expect(await findOn(server.origin, racedCodeBuysOnce, 'public')).toEqual(['cwe/failures-handled'])
  })

  test('is not judged where hardly anybody is let in', async () => {
    await using server = await serveTokens(async () => [429, {}])
    expect(await findOn(server.origin, racedCodeBuysOnce, 'public')).toMatchObject({
      state: 'untestable',
      because: expect.stringContaining('not even two were taken up'),
    })
  })
})

/** A server of refresh tokens: `heirOf` says what takes a token's place, and nothing where it is no good. */
const serveRefreshes = async (heirOf: (token: string) => Promise<string | undefined>) =>
  await serveTokens(async (params) => {
    const token = params.get('refresh_token')
    const next = token === undefined ? randomUUID() : await heirOf(token)
    return next === undefined ? refused : granted({ refresh_token: next })
  })

describe('a refresh token that many use at once', () => {
  test('has as many heirs as there are users, where it is read and then replaced', async () => {
    const spent = new Set<string>()
    await using server = await serveRefreshes(async (token) => {
      if (spent.has(token)) return undefined
      await delay(1)
      spent.add(token)
      return randomUUID()
    })
    expect(await findOn(server.origin, racedRefreshTokenHasOneHeir, 'public')).toEqual([
      'rfc9700/refresh-rotated-for-public',
    ])
  })

  test('has one heir, where everybody is given the same', async () => {
    const heirs = new Map<string, string>()
    await using server = await serveRefreshes(async (token) => {
      await delay(1)
      const heir = heirs.get(token) ?? randomUUID()
      heirs.set(token, heir)
      return heir
    })
    expect(await findOn(server.origin, racedRefreshTokenHasOneHeir, 'public')).toEqual(silent)
  })

  test('has one heir, where the last one takes the place of those before', async () => {
    const dead = new Set<string>()
    const heirs = new Map<string, string>()
    await using server = await serveRefreshes(async (token) => {
      await delay(1)
      if (dead.has(token)) return undefined
      const [before, heir] = [heirs.get(token), randomUUID()]
      if (before !== undefined) dead.add(before)
      heirs.set(token, heir)
      return heir
    })
    expect(await findOn(server.origin, racedRefreshTokenHasOneHeir, 'public')).toEqual(silent)
  })
})

describe('a refresh token that is revoked while it is used', () => {
  /** A server whose refreshes note something in the record of the grant, which was read before. */
  const serveRevocable = async (note: (alive: Map<string, boolean>, token: string, wasAlive: boolean) => void) => {
    const alive = new Map<string, boolean>()
    return await serveTokens(async (params) => {
      const [token, revoked] = [params.get('refresh_token'), params.get('token')]
      if (revoked !== undefined) {
        alive.set(revoked, false)
        return [200, {}]
      }
      if (token === undefined) {
        const first = randomUUID()
        alive.set(first, true)
        return granted({ refresh_token: first })
      }
      const isAlive = alive.get(token) === true
      await delay(1)
      note(alive, token, isAlive)
      return isAlive ? granted() : refused
    })
  }

  test('comes back to life, where a refresh writes back what it read', async () => {
    await using server = await serveRevocable((alive, token, wasAlive) => alive.set(token, wasAlive))
    expect(await findOn(server.origin, revocationOutlivesRefreshes, 'public')).toEqual([
      'rfc7009/revoked-at-once',
      'rfc6749/refresh-valid',
    ])
  })

  test('stays dead, where a refresh leaves it alone, although it had begun before', async () => {
    await using server = await serveRevocable(() => {})
    expect(await findOn(server.origin, revocationOutlivesRefreshes, 'public')).toEqual(silent)
  })
})
