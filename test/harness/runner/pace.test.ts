import { describe, expect, test } from 'vitest'
import { type Pacer, pacer, type Time } from '../../../harness/runner/pace.ts'
import { newHttp, serve } from '../target/serve.ts'
import { checksThat, runUnits, targetAt } from './units.ts'

/** A time that passes only while everybody sleeps. */
function simulatedTime() {
  const sleepers: { readonly until: number; readonly wake: () => void }[] = []
  let now = 0
  const time: Time = {
    now: () => now,
    sleep: async (milliseconds, signal) =>
      await new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error))
        sleepers.push({ until: now + milliseconds, wake: resolve })
      }),
  }
  const settle = async () => await new Promise((resolve) => setImmediate(resolve))
  return {
    time,
    passes: async () => {
      for (await settle(); sleepers.length > 0; await settle()) {
        sleepers.sort((a, b) => b.until - a.until)
        const next = sleepers.pop()
        now = Math.max(now, next?.until ?? now)
        next?.wake()
      }
    },
  }
}

const never = () => new AbortController().signal

/** When each of so many requests that are all made at once is let through. */
async function turns(maxRps: number | undefined, count: number, meanwhile?: (pace: Pacer, now: number) => void) {
  const { time, passes } = simulatedTime()
  const pace = pacer(maxRps, time)
  const at: number[] = []
  const one = async () => {
    await pace.wait(never())
    at.push(time.now())
    meanwhile?.(pace, time.now())
  }
  const all = Promise.all(Array.from({ length: count }, one))
  await passes()
  await all
  return at
}

describe('requests that are all made at once', () => {
  test('go one after the other, so many a second', async () => {
    expect(await turns(10, 5)).toEqual([0, 100, 200, 300, 400])
  })

  test('go at once where nothing is limited', async () => {
    expect(await turns(undefined, 5)).toEqual([0, 0, 0, 0, 0])
  })

  test('wait while the target asked for peace, also those that had their turn already, and keep the rate afterwards', async () => {
    const asksOnce = (pace: Pacer, now: number) => {
      if (now === 100) pace.pause(1000)
    }
    expect(await turns(10, 5, asksOnce)).toEqual([0, 100, 1100, 1200, 1300])
  })

  test('wait for the longest of several pauses', async () => {
    const asks = (pace: Pacer, now: number) => {
      if (now !== 0) return
      pace.pause(1000)
      pace.pause(10)
    }
    expect((await turns(10, 3, asks)).slice(1)).toEqual([1000, 1100])
  })
})

test('a pause holds back what comes later, where nothing else is limited', async () => {
  const { time, passes } = simulatedTime()
  const pace = pacer(undefined, time)
  pace.pause(500)
  const at: number[] = []
  const all = Promise.all([1, 2].map(async () => at.push((await pace.wait(never()), time.now()))))
  await passes()
  await all
  expect(at).toEqual([500, 500])
})

test('an idle time earns no burst', async () => {
  const { time, passes } = simulatedTime()
  const pace = pacer(10, time)
  const idle = time.sleep(5000, never())
  await passes()
  await idle
  const at: number[] = []
  const all = Promise.all([1, 2, 3].map(async () => at.push((await pace.wait(never()), time.now()))))
  await passes()
  await all
  expect(at).toEqual([5000, 5100, 5200])
})

test('who waits can be stopped', async () => {
  const pace = pacer(1)
  await pace.wait(never())
  const stop = new AbortController()
  const waiting = pace.wait(stop.signal)
  stop.abort(new Error('the run was stopped'))
  await expect(waiting).rejects.toThrow('The operation was aborted')
})

describe('a run', () => {
  test('sends no more than max_rps, however many units there are', async () => {
    const arrivals: number[] = []
    await using server = await serve(() => (_, response) => {
      arrivals.push(performance.now())
      response.end()
    })
    const sends = checksThat(
      Object.fromEntries(
        ['a', 'b', 'c', 'd', 'e'].map((name) => [
          name,
          async ({ client }) => {
            await client.send({ method: 'GET', url: server.origin })
            await client.send({ method: 'GET', url: server.origin })
          },
        ]),
      ),
    )
    const begun = performance.now()
    const { verdicts } = await runUnits(
      sends,
      targetAt(server.origin, { limits: { concurrency: 8, max_rps: 50, timeout_ms: 5000 } }),
    )
    expect(new Set(Object.values(verdicts).map(({ state }) => state))).toEqual(new Set(['pass']))
    expect(arrivals).toHaveLength(10)
    // The tenth waits for nine turns of 20 ms; a timer may be early by a millisecond.
    expect((arrivals.at(-1) ?? 0) - begun).toBeGreaterThan(9 * 20 - 2)
  })

  test('goes on where the target asked for patience and then answers', async () => {
    let asked = 0
    await using server = await serve(() => (_, response) => {
      asked += 1
      response.writeHead(asked === 1 ? 429 : 200, { 'retry-after': '0' }).end()
    })
    const { verdicts } = await runUnits(
      checksThat({
        asks: async ({ client, expect: judge }) => {
          judge.response(await client.send({ method: 'GET', url: server.origin })).toHaveStatus(200)
        },
      }),
      targetAt(server.origin),
    )
    expect(verdicts).toEqual({ asks: { state: 'pass' } })
    expect(asked).toBe(2)
  })
})

test('a client without a pace sends at once', async () => {
  await using server = await serve(() => (_, response) => response.end('ok'))
  expect((await newHttp().send({ method: 'GET', url: server.origin })).body).toBe('ok')
})
