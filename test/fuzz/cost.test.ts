import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Redactor } from '../../core/redact.ts'
import { cwe } from '../../core/spec/cwe.ts'
import { grown } from '../../fuzz/generators/growth.ts'
import { isOutOfProportion, judgeCost, powerOf, type Sample } from '../../fuzz/oracles/cost.ts'
import type { Breach } from '../../harness/breach.ts'
import { HttpClient } from '../../harness/client/http.ts'
import { expectFor } from '../../harness/expect.ts'

/** Least times of three lengths, each twice the one before it. */
const series = (...milliseconds: readonly [number, number, number]): readonly Sample[] =>
  milliseconds.map((time, at) => ({ length: 1000 * 2 ** at, milliseconds: time }))

describe('recorded times', () => {
  const quick = series(1.1, 1.2, 1.4)

  test.each([
    ['a square', series(22, 83, 326), quick],
    ['a cube', series(8, 58, 455), quick],
    ['a power of two', series(1, 1.2, 912), quick],
    ['a square far away', series(92, 152, 395), series(72, 71, 73)],
    ['a pattern that looks for the end of blanks', series(58, 278, 1190), quick],
  ] as const)('%s is out of proportion', (_, input, harmless) => {
    expect(powerOf(input, harmless)).toBeGreaterThan(1.58)
    expect(isOutOfProportion(input, harmless)).toBe(true)
  })

  test.each([
    ['what is in proportion', series(75, 150, 300), quick],
    ['what is sorted', series(140, 300, 640), quick],
    ['a square that costs nothing', series(2, 8, 32), quick],
    ['what is slow at any length', series(900, 905, 911), quick],
    ['what is as slow for harmless characters', series(22, 83, 326), series(20, 80, 310)],
    ['a server that slows down whoever asks often', series(100, 200, 400), series(100, 200, 400)],
    ['a square that noise has bent', series(278, 1190, 3320), quick],
    ['one step', series(1, 300, 330), quick],
    ['a stall of the longest, and of all that is harmless', series(3, 3, 600), series(3, 3, 580)],
    ['nothing', [], []],
    ['one length', series(1, 1, 400).slice(2), quick.slice(2)],
  ] as const)('%s is not', (_, input, harmless) => {
    expect(isOutOfProportion(input, harmless)).toBe(false)
  })

  test('power of what is in proportion is 1, and of a square 2', () => {
    expect(powerOf(series(100, 200, 400), series(0, 0, 0))).toBeCloseTo(1)
    expect(powerOf(series(25, 100, 400), series(0, 0, 0))).toBeCloseTo(2)
  })
})

/** What a server does with a text: it answers with a status, after some milliseconds, or hangs up, or says nothing. */
type Conduct = (text: string) => { readonly status?: number; readonly after?: number } | 'hangs up' | 'is silent'

async function breachesOf(conduct: Conduct, longest = 4096): Promise<readonly Breach[]> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    request.on('end', () => {
      const does = conduct(Buffer.concat(chunks).toString())
      if (does === 'hangs up') request.socket.destroy()
      else if (does !== 'is silent')
        void delay(does.after ?? 0).then(() => response.writeHead(does.status ?? 400).end())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const http = new HttpClient({ timeoutMs: 2000, redactor: new Redactor() })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const send = async (body: string) => await http.send({ method: 'POST', url, body })
  const breaches: Breach[] = []
  await judgeCost(
    expectFor([cwe.workInProportion, cwe.failuresHandled], (breach) => void breaches.push(breach)),
    {
      longest,
      send: async (length) => await send('x'.repeat(length)),
      sendHarmless: async (length) => await send('a'.repeat(length)),
    },
  )
  return breaches
}

const isBad = (text: string, length: number) => text.startsWith('x') && text.length >= length

describe('a server', () => {
  test.each<readonly [string, Conduct]>([
    ['that answers', () => ({})],
    ['that takes its time in proportion', (text) => ({ after: text.length / 12 })],
    ['that takes its time over harmless characters as well', (text) => ({ after: (text.length / 256) ** 2 })],
    ['that declines what is long', (text) => ({ status: text.length > 100 ? 413 : 400 })],
    ['that closes the connection on what is long', (text) => (text.length > 1000 ? 'hangs up' : {})],
    ['that has too much to do', (text) => ({ status: isBad(text, 100) ? 503 : 400 })],
  ])('%s is not blamed', async (_, conduct) => {
    expect(await breachesOf(conduct)).toEqual([])
  })

  test('that fails once is not blamed', async () => {
    let left = 1
    expect(await breachesOf((text) => ({ status: isBad(text, 1000) && left-- > 0 ? 500 : 400 }))).toEqual([])
  })

  test.each<readonly [string, Conduct]>([
    ['that fails over an input', (text) => ({ status: isBad(text, 1000) ? 500 : 400 })],
    ['that fails over anything long', (text) => ({ status: text.length >= 1000 ? 502 : 400 })],
    ['that hangs up', (text) => (isBad(text, 1000) ? 'hangs up' : {})],
    ['that never answers', (text) => (isBad(text, 1000) ? 'is silent' : {})],
  ])('%s is found out', async (_, conduct) => {
    const breaches = await breachesOf(conduct)
    expect(breaches.map(({ requirement, violation }) => [requirement.id, violation])).toEqual([
      ['cwe/failures-handled', 'crashed'],
    ])
  })

  test.each<readonly [string, Conduct]>([
    ['whose time grows as a square', (text) => ({ after: isBad(text, 16) ? (text.length / 220) ** 2 : 0 })],
    ['whose time doubles with each character', (text) => ({ after: isBad(text, 16) ? 2 ** (text.length - 20) : 0 })],
  ])('%s is found out', async (_, conduct) => {
    const breaches = await breachesOf(conduct)
    expect(breaches.map(({ requirement, violation }) => [requirement.id, violation])).toEqual([
      ['cwe/work-in-proportion', 'accepted'],
    ])
    expect(breaches[0]?.actual).toMatch(/^\d+ ms for \d+ characters, .* that are harmless$/)
  })

  const struck: string[] = []
  test.each<readonly [string, Conduct]>([
    [
      'that answers nothing any more',
      (text) => {
        if (isBad(text, 1000)) struck.push(text)
        return struck.length > 0 ? 'hangs up' : {}
      },
    ],
    ['that fails over everything', () => ({ status: 500 })],
  ])('%s leaves the unit unable to judge', async (_, conduct) => {
    await expect(breachesOf(conduct)).rejects.toThrow('see whether it still runs')
  })
})

test('a text grows to its length in whole pieces', () => {
  expect(grown({ head: '{', piece: '[', closing: ']', tail: '}' }, 6)).toBe('{[[[]]]}')
  expect(grown({ head: '', piece: 'a{n}=&', closing: '', tail: '!' }, 12)).toBe('a0=&a1=&a2=&!')
  expect(grown({ head: 'x', piece: 'ab', closing: '', tail: '' }, 5)).toBe('xabab')
})
