import { describe, expect, test } from 'vitest'
import { picture, verdictOf } from '../../cli/load-capacity.ts'
import { exitOf, intervals, report } from '../../cli/load-compare.ts'
import { exitCode } from '../../cli/exit-codes.ts'
import type { Capacity, CapacityStep } from '../../harness/load/capacity.ts'
import type { Calibration } from '../../harness/load/comparison/calibrate.ts'
import type { Comparison } from '../../harness/load/comparison/compare.ts'
import type { Standing } from '../../harness/load/comparison/judge.ts'

const step = (rate: number, p95: number, kept = 3): CapacityStep => ({
  rate,
  achieved: rate,
  latency: { p50: p95 / 2, p95 },
  kept,
  blocks: 3,
  isGenerator: false,
})

describe('the picture of a search', () => {
  const steps = [step(100, 10), step(400, 400, 0), step(200, 20), step(300, 90)]
  const lines = picture({ steps, promise: { p95: 100, p99: 200 } })

  test('has a line for each rate that was tried, in their order, within 80 columns', () => {
    expect(lines.map((line) => /^ *(\d+) /.exec(line)?.[1])).toEqual([undefined, '100', '200', '300', '400'])
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
  })

  test('marks what was promised where the bars can be held against it', () => {
    const marks = lines.slice(1).map((line) => line.indexOf('│'))
    expect(new Set(marks).size).toBe(1)
    const [, first = '', , , last = ''] = lines
    expect(first.lastIndexOf('█')).toBeLessThan(first.indexOf('│'))
    expect(last.lastIndexOf('█')).toBeGreaterThan(last.indexOf('│'))
  })

  test('is summed up in a sentence', () => {
    const found: Capacity = { story: 'tale', promise: { p95: 100, p99: 200 }, steps, kept: 300, broken: 400 }
    expect(verdictOf(found)).toBe(
      'it keeps its promise at 300 iterations a second, in 1 of 1 tries, and breaks it at 400',
    )
    expect(verdictOf({ ...found, kept: 0, endedBecause: 'it was interrupted' })).toBe(
      'it kept its promise at no rate that was tried, and breaks it at 400; it was interrupted',
    )
  })
})

const standing = (metric: string, verdict: Standing['verdict']): Standing => ({
  metric,
  verdict,
  ratio: 1.2,
  low: 1.1,
  high: 1.3,
  medians: [1, 1.2],
  pairs: 20,
})

const compared = (standings: readonly Standing[], broken: Comparison['broken'] = []): Comparison => ({
  story: 'tale',
  rate: 50,
  blockSeconds: 2,
  pairs: [],
  standings,
  broken,
  warnings: [],
})

const blindTo = (metric: string): Calibration => ({
  machine: '',
  story: 'tale',
  rate: 50,
  blockSeconds: 2,
  pairs: 20,
  margin: 0.1,
  metrics: { [metric]: { falseAlarms: 0, smallest: 2 } },
})

describe('a comparison ends', () => {
  test.each<readonly [string, Comparison, Calibration | undefined, number]>([
    ['well where nothing is worse', compared([standing('p50', 'not worse')]), undefined, exitCode.nothingFound],
    [
      'with a finding where something has regressed',
      compared([standing('p50', 'regressed'), standing('p95', 'not worse')]),
      undefined,
      exitCode.findings,
    ],
    [
      'with a finding where what must hold did not',
      compared([standing('p50', 'not worse')], [{ side: 'second', invariant: 'holds', times: 1 }]),
      undefined,
      exitCode.findings,
    ],
    ['undecided where nobody can tell', compared([standing('p50', 'inconclusive')]), undefined, exitCode.couldNotJudge],
    ['undecided without a figure', compared([]), undefined, exitCode.couldNotJudge],
    [
      'well where only what is not judged is undecided',
      compared([standing('p50', 'not worse'), standing('p99', 'inconclusive')]),
      blindTo('p99'),
      exitCode.nothingFound,
    ],
    [
      'undecided where nothing is judged',
      compared([standing('p99', 'regressed')]),
      blindTo('p99'),
      exitCode.couldNotJudge,
    ],
  ])('%s', (_, comparison, known, code) => {
    expect(exitOf(comparison, known)).toBe(code)
  })

  test('with a table that says what was not judged and why', () => {
    const text = report(
      compared([standing('p50', 'regressed'), standing('p99', 'regressed')]),
      blindTo('p99'),
      0.1,
    ).join('\n')
    expect(text).toMatch(/^p50 +1 ms +1\.2 ms +1\.20 +1\.10 to 1\.30 +regressed$/m)
    expect(text).toMatch(/^p99 .* not judged$/m)
    expect(text).toContain('p99 is not judged: here it sees no slowdown below 200 %')
    expect(report(compared([]), undefined, 0.1).join('\n')).toContain('not calibrated')
  })
})

test('where each ratio lies is drawn beside no difference and the margin', () => {
  const [, worse = '', same = ''] = intervals(
    [standing('p50', 'regressed'), { ...standing('p95', 'not worse'), ratio: 1, low: 0.95, high: 1.02 }],
    0.1,
  )
  const dot = (line: string) => line.indexOf('●')
  expect(dot(worse)).toBeGreaterThan(worse.indexOf('┊'))
  expect(worse.indexOf('┊')).toBeGreaterThan(worse.indexOf('│'))
  // It lies on the mark of no difference.
  expect(dot(same)).toBe(worse.indexOf('│'))
  expect(dot(same)).toBeLessThan(same.indexOf('┊'))
})
