import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { poolOf } from '../../../harness/load/pool.ts'

/** A pool of numbered things, and how many were made. */
function numbered() {
  let made = 0
  const pool = poolOf(async () => {
    made += 1
    const name = `thing ${made}`
    await Promise.resolve()
    return name
  })
  return { ...pool, made: () => made }
}

describe('a pool', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())

  test('has what was made beforehand, and makes the rest', async () => {
    const pool = numbered()
    await pool.fill(2)
    expect(pool.made()).toBe(2)
    expect(await pool.take(3)).toEqual(['thing 1', 'thing 2', 'thing 3'])
    expect(await pool.take(1)).toEqual(['thing 4'])
  })

  test('is filled once', async () => {
    const pool = numbered()
    await pool.fill(3)
    await pool.fill(2)
    expect(pool.made()).toBe(3)
  })

  test('gives nothing away that is too old', async () => {
    const pool = numbered()
    await pool.fill(2)
    vi.setSystemTime(Date.now() + 61_000)
    expect(await pool.take(1)).toEqual(['thing 3'])
  })

  test('gives away each thing once, whoever asks while it is filled', async () => {
    const pool = numbered()
    const [, ...taken] = await Promise.all([pool.fill(10), pool.take(3), pool.take(2), pool.take(4)])
    const rest = await pool.take(10)
    const all = [...taken.flat(), ...rest]
    expect(new Set(all).size).toBe(19)
    // Nothing was made in vain.
    expect(pool.made()).toBe(19)
  })
})
