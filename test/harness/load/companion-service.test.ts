import { UnsecuredJWT } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'
import { bucketOf } from '../../../core/histogram.ts'
import { rfc6749 } from '../../../core/spec/rfc6749.ts'
import type { Share, Story, Tidings } from '../../../core/story.ts'
import { tokenHead } from '../../../core/told.ts'
import { type CompanionService, serveRunners } from '../../../harness/load/companion-service.ts'
import { nobody } from '../runner/units.ts'

const stories: Readonly<Record<string, Story>> = {
  tale: {
    title: 'a tale',
    needs: [],
    promise: { p95: 20, p99: 30 },
    invariants: { 'no code twice': { proves: [rfc6749.codeSingleUse], by: { unique: 'code' } } },
  },
}

const secret = 'nobody-guesses-this-one'

async function service(processes: number): Promise<CompanionService> {
  const made = await serveRunners(nobody, { stories, processes, host: '127.0.0.1', port: 0, secret })
  onTestFinished(made.close)
  return made
}

const post = async ({ url }: CompanionService, path: string, body: unknown) =>
  await fetch(`${url}/${path}`, { method: 'POST', body: JSON.stringify(body) })

const runner = (segment: string): Share => ({ run: 'abc', index: 0, of: 1, segment })
const [first, second] = [runner('0:1/2'), runner('1/2:1')]

const tidings: Tidings = {
  scenario: 'tale',
  story: 'tale',
  seconds: [[Math.floor(Date.now() / 1000), 4, 1, [[bucketOf(7), 3]]]],
  unique: [
    ['code', 'one', ''],
    ['code', 'two', ''],
    ['code', 'one', ''],
  ],
  samples: [],
}

describe('a companion of runners elsewhere', () => {
  test('lets them begin together, one that asks twice counting once', async () => {
    const companion = await service(2)
    const early = [post(companion, 'assembly', first), post(companion, 'assembly', first)]
    const waits = await Promise.race([...early, new Promise((resolve) => setTimeout(() => resolve('waiting'), 300))])
    expect(waits).toBe('waiting')
    const late = await post(companion, 'assembly', second)
    const begins = await Promise.all([...(await Promise.all(early)), late].map(async (one) => await one.text()))
    expect(new Set(begins).size).toBe(1)
    expect(Number(begins[0])).toBeGreaterThan(Date.now() - 60_000)
  })

  test('ends when all of them have said so, and says what it heard', async () => {
    const companion = await service(2)
    await Promise.all([post(companion, 'assembly', first), post(companion, 'assembly', second)])
    expect((await post(companion, 'tidings', tidings)).status).toBe(204)
    await post(companion, 'end', first)
    await post(companion, 'end', first)
    const document = await companion.document()
    expect([document.arrived, document.ended]).toEqual([[first, second], [first]])
    expect(document.judged).toEqual([{ story: 'tale', by: { unique: 'code' }, observed: 3, broken: 1 }])
    expect(document.expected).toBe(2)
    await post(companion, 'end', second)
    await companion.ended
  })

  test('knows nothing of a run that never began but who came', async () => {
    const companion = await service(2)
    void post(companion, 'assembly', first).catch(() => {})
    await expect.poll(async () => (await companion.document()).arrived).toEqual([first])
    expect((await companion.document()).timeline).toEqual([])
  })

  test('hears only who knows its secret', async () => {
    const companion = await service(1)
    const elsewhere = companion.url.replace(secret, 'somebody-guesses-this')
    expect((await fetch(`${elsewhere}/end`, { method: 'POST', body: JSON.stringify(first) })).status).toBe(404)
    expect((await post(companion, 'end', { who: 'knows' })).status).toBe(400)
    expect((await companion.document()).ended).toEqual([])
  })

  test('tells Prometheus how it goes, and no secret', async () => {
    const companion = await service(2)
    void post(companion, 'assembly', first).catch(() => {})
    const token = new UnsecuredJWT({ client_id: 'other' }).encode()
    const lines = [JSON.stringify(tidings), tokenHead('access_token', token, 'app', '', ''), token]
    await fetch(`${companion.url}/tidings`, { method: 'POST', body: lines.join('') })
    const metrics = await (await fetch(new URL('/metrics', companion.url))).text()
    for (const line of [
      'assay_load_tidings_total{scenario="tale",region=""} 1',
      'assay_load_iterations_total{scenario="tale",region=""} 4',
      'assay_load_failures_total{scenario="tale",region=""} 1',
      'assay_load_values_total{kind="code"} 3',
      'assay_load_values_repeated_total{kind="code"} 1',
      'assay_load_claims_total{kind="access_token",claim="client_id",verdict="wrong"} 1',
      'assay_load_request_duration_seconds_bucket{le="0.005",scenario="tale",region=""} 0',
      'assay_load_request_duration_seconds_bucket{le="0.01",scenario="tale",region=""} 3',
      'assay_load_processes{state="expected"} 2',
      'assay_load_processes{state="arrived"} 1',
    ])
      expect(metrics.split('\n')).toContain(line)
    expect(metrics).not.toContain(secret)
  })
})
