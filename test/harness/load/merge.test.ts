import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { histogramOf } from '../../../core/histogram.ts'
import { summaryMark } from '../../../core/load-metrics.ts'
import { rfc6749 } from '../../../core/spec/rfc6749.ts'
import type { EngineSummary, Share, Story } from '../../../core/story.ts'
import { type CompanionDocument, documentMark } from '../../../harness/load/companion-document.ts'
import { mergeRunners, readLogs } from '../../../harness/load/merge.ts'
import { failureOf } from '../../cli/screen.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const stories: Readonly<Record<string, Story>> = {
  tale: {
    title: 'a tale',
    needs: [],
    promise: { p95: 20, p99: 30 },
    invariants: {
      holds: { proves: [rfc6749.noStore] },
      'no code twice': { proves: [rfc6749.codeSingleUse], by: { unique: 'code' } },
    },
  },
}

const runner = (region: string, segment: string, index = 0): Share => ({ run: 'abc', region, index, of: 2, segment })
const runners = [runner('europe', '0:1/2'), runner('europe', '1/2:1'), runner('asia', '0:1', 1)]

/** What a runner says whose requests took so long, in milliseconds. */
const summaryOf = (share: Share, latencies: readonly number[], more: Partial<EngineSummary> = {}): EngineSummary => ({
  share,
  scenarios: [
    {
      name: 'tale',
      story: 'tale',
      seconds: 2,
      requests: latencies.length,
      iterations: latencies.length,
      failed: 0,
      droppedIterations: 0,
      throttled: 0,
      heldBack: 0,
      latency: histogramOf(latencies),
      invariants: [{ name: 'holds', observed: latencies.length, broken: 0 }],
    },
  ],
  exceptions: 0,
  undelivered: 0,
  ...more,
})

const document = (more: Partial<CompanionDocument> = {}): CompanionDocument => ({
  issuer: 'https://as.example',
  capabilities: ['openid'],
  claims: [],
  expected: 3,
  arrived: runners,
  ended: runners,
  judged: [{ story: 'tale', by: { unique: 'code' }, observed: 30, broken: 1 }],
  samples: { verified: 4, rejected: 0, problems: [] },
  isFull: false,
  timeline: [],
  ...more,
})

const times = (count: number, milliseconds: number) => Array.from({ length: count }, () => milliseconds)
const summaries = [
  summaryOf(runners[0] ?? runner('', ''), times(10, 5)),
  summaryOf(runners[1] ?? runner('', ''), times(10, 15)),
  summaryOf(runners[2] ?? runner('', ''), times(10, 200)),
]

const merge = (told: readonly EngineSummary[], said: CompanionDocument = document()) =>
  mergeRunners({ summaries: told, documents: [said] }, { stories, engine: 'v2.2.0' })

function measured(told: readonly EngineSummary[], said?: CompanionDocument) {
  const { result } = merge(told, said)
  if (result.state !== 'measured') throw new Error(result.because)
  return result
}

describe('several runners', () => {
  test('are told as one, and region by region, with percentiles of all that they measured', () => {
    const { scenarios, regions, generator, warnings } = measured(summaries)
    const [whole] = scenarios
    expect(whole).toMatchObject({ iterations: 30, requests: 30, requestsPerSecond: 15 })
    expect(whole?.latency['p50']).toBeCloseTo(15, 0)
    expect(whole?.promises.map(({ kept }) => kept)).toEqual([false, false])
    const [europe, asia] = regions
    expect([europe?.region, europe?.scenarios[0]?.iterations]).toEqual(['europe', 20])
    expect(europe?.scenarios[0]?.promises.map(({ kept }) => kept)).toEqual([true, true])
    expect([asia?.region, asia?.scenarios[0]?.iterations]).toEqual(['asia', 10])
    expect([generator, warnings]).toEqual([{ processes: 3 }, []])
  })

  test('are told in the order of their regions, whoever came first', () => {
    const { regions } = measured(summaries, document({ arrived: runners.toReversed() }))
    expect(regions.map(({ region }) => region)).toEqual(['europe', 'asia'])
  })

  test('have what they could not judge from their companion', () => {
    expect(measured(summaries).scenarios[0]?.invariants).toEqual([
      { name: 'holds', observed: 30, broken: 0 },
      { name: 'no code twice', observed: 30, broken: 1 },
    ])
  })

  test('count once each, however often their logs are named', () => {
    expect(measured([...summaries, ...summaries]).scenarios[0]?.iterations).toBe(30)
  })

  test('of another run do not count, and that is said', () => {
    const other = summaryOf({ ...runner('europe', '0:1/2'), run: 'xyz' }, times(10, 1))
    const { scenarios, warnings } = measured([...summaries, other])
    expect(scenarios[0]?.iterations).toBe(30)
    expect(warnings).toEqual(['1 of the runners are of another run, and were left out'])
  })

  test('of which one is missing are not the whole, and it is named', () => {
    const { missing, result } = merge(summaries.slice(1))
    expect(missing).toEqual(['the runner of europe 0:1/2'])
    expect(result).toMatchObject({
      state: 'measured',
      warnings: ['the runner of europe 0:1/2 gave no figures: what the others measured is not the whole'],
    })
  })

  test('tell what threw, what did not arrive, and what the companion could not keep', () => {
    const told = summaries.map((one) => ({ ...one, exceptions: 2, undelivered: 1 }))
    const problems = ['a sampled id_token is not valid: expired']
    const said = document({ isFull: true, samples: { verified: 4, rejected: 1, problems } })
    expect(measured(told, said).warnings).toEqual([
      '6 iterations threw: the logs say what',
      'what virtual users had seen did not arrive, 3 times: what came twice may have gone unseen',
      'more values came than can be told apart: what came twice may have gone unseen',
      ...problems,
    ])
  })
})

describe('runners that did not run', () => {
  test('because one of them never came are told with those that did', () => {
    const { result } = merge([], document({ arrived: runners.slice(0, 2) }))
    expect(result).toEqual({
      state: 'not-run',
      because:
        '1 of 3 runners never came, so that none of them began; there came the runner of europe 0:1/2, the runner of europe 1/2:1',
    })
  })

  test('are all named where none of them gave figures', () => {
    const { result } = merge([])
    expect(result).toMatchObject({
      state: 'not-run',
      because: expect.stringContaining('the runner of asia 0:1') as string,
    })
  })
})

describe('what cannot be merged is told', () => {
  const failure = (...documents: readonly CompanionDocument[]) =>
    failureOf(() => mergeRunners({ summaries, documents }, { stories, engine: '' }))

  test('no companion', () => {
    expect(failure()).toMatch(/^USAGE: nothing of what was named has the document of a companion; name its log too/)
  })

  test('two companions, but not one whose log is named twice', () => {
    expect(failure(document(), document({ expected: 4 }))).toMatch(/^USAGE: the documents of several companions/)
    expect(mergeRunners({ summaries, documents: [document(), document()] }, { stories, engine: '' }).missing).toEqual(
      [],
    )
  })

  test('a file that is not there', async () => {
    await expect(readLogs([join(temporaryFolder(), 'run.log')])).rejects.toThrow(/run\.log cannot be read \(ENOENT\)/)
  })
})

describe('a log', () => {
  const read = async (...lines: readonly string[]) => {
    const file = join(temporaryFolder(), 'run.log')
    writeFileSync(file, lines.join('\n'))
    return await readLogs([file])
  }
  const [summary] = summaries
  const line = `${summaryMark}${JSON.stringify(summary)}`

  test.each([
    ['as it is', line],
    ['with the name of the pod', `[pod/assay-abc-europe-1-x7/k6] ${line}`],
    ['with the time', `2026-11-27T11:17:05.123456789Z ${line}`],
    ['with both', `[pod/a/k6] 2026-11-27T11:17:05Z ${line}`],
  ])('is read %s, whatever else stands in it', async (_, written) => {
    const said = await read('assay-ready', '', written, `${documentMark}${JSON.stringify(document())}`, 'end')
    expect(said).toEqual({ summaries: [summary], documents: [document()] })
  })

  test.each([
    ['is quoted by something else', `level=error msg="${line}"`],
    ['is cut off', line.slice(0, -20)],
    ['has other members', `${summaryMark}{"scenarios":"many"}`],
  ])('holds no figures where the line %s', async (_, written) => {
    expect((await read(written)).summaries).toEqual([])
  })
})
