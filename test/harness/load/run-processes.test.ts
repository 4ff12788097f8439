import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { histogramOf, merged } from '../../../core/histogram.ts'
import { segmentsOf } from '../../../harness/load/run.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { fakeLatencies } from './fake-engine.ts'
import { load, part } from './fake-run.ts'

describe('a run of several processes', () => {
  const segments = (said: readonly string[]) =>
    said.filter((one) => one.startsWith('--execution-segment=')).map((one) => one.replace(/.*=/, ''))

  test('adds up what they measured, as if they had been one', async () => {
    const { result } = await load(['await begin()', 'summary()'], { parts: [{ ...part(), processes: 3 }] })
    const one = histogramOf(fakeLatencies)
    expect(result).toMatchObject({
      scenarios: [
        {
          requests: 300,
          requestsPerSecond: 150,
          iterations: 60,
          droppedIterations: 3,
          failures: 3,
          distribution: merged([one, one, one]),
          invariants: [{ name: 'holds', observed: 60, broken: 3 }, expect.anything()],
        },
      ],
      regions: [],
      generator: { processes: 3 },
    })
  })

  test('gives each its part, and lets them begin together', async () => {
    const folder = temporaryFolder()
    const { result } = await load(
      [
        `const own = process.argv.find((one) => one.startsWith('--execution-segment=')).replace(/[^0-9]/g, '-')`,
        `await new Promise((resolve) => setTimeout(resolve, own.endsWith('1-3') ? 400 : 0))`,
        'const begins = await begin()',
        `writeFileSync(${JSON.stringify(folder)} + '/' + own, JSON.stringify([process.argv, begins]))`,
        'summary()',
      ],
      { parts: [{ ...part(), processes: 3 }] },
    )
    expect(result.state).toBe('measured')
    const told = readdirSync(folder).map(
      (file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as [readonly string[], number],
    )
    expect(told.flatMap(([said]) => segments(said)).toSorted()).toEqual(['0:1/3', '1/3:2/3', '2/3:1'])
    expect(new Set(told.map(([, begins]) => begins)).size).toBe(1)
    for (const [said] of told) expect(said).toContain('--execution-segment-sequence=0,1/3,2/3,1')
  })

  test('tells of each region, whose people are its own', async () => {
    const folder = temporaryFolder()
    const { result } = await load(
      [
        'await begin()',
        `writeFileSync(${JSON.stringify(folder)} + '/' + plan.share.region, JSON.stringify(plan.share))`,
        `summary({ scenarios: [{ ...scenarioOf(plan.scenarios[0]), iterations: plan.share.region === 'north' ? 30 : 20 }] })`,
      ],
      {
        parts: [
          { ...part(), region: 'north' },
          { ...part(), region: 'south' },
        ],
      },
    )
    expect(result).toMatchObject({
      scenarios: [{ scenario: 'tale', iterations: 50 }],
      regions: [
        {
          region: 'north',
          scenarios: [{ scenario: 'tale', iterations: 30, invariants: [{ name: 'holds', observed: 20 }] }],
        },
        {
          region: 'south',
          scenarios: [{ scenario: 'tale', iterations: 20, invariants: [{ name: 'holds', observed: 20 }] }],
        },
      ],
    })
    const shares = ['north', 'south'].map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown)
    expect(shares).toEqual([
      { index: 0, of: 2, region: 'north' },
      { index: 1, of: 2, region: 'south' },
    ])
  })

  test('sees what comes twice, in whichever of them', async () => {
    const { result } = await load(
      [
        'await begin()',
        `await tell({ unique: [['code', 'the same', ''], ['code', String(process.pid), '']] })`,
        'summary()',
      ],
      { parts: [{ ...part(), processes: 2 }] },
    )
    expect(result).toMatchObject({
      scenarios: [{ invariants: [expect.anything(), { name: 'nothing comes twice', observed: 4, broken: 1 }] }],
    })
  })

  test('of twelve warns of nothing that is not the matter', async () => {
    const warnings: string[] = []
    const onWarning = ({ name }: Error) => void warnings.push(name)
    process.on('warning', onWarning)
    const { result } = await load(['await begin()', 'summary()'], { parts: [{ ...part(), processes: 12 }] })
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', onWarning)
    expect(result.state).toBe('measured')
    expect(warnings).toEqual([])
  })
})

describe('the parts of a run', () => {
  test('of one process are one, which does all', () => {
    expect([segmentsOf(1), segmentsOf(0)]).toEqual([[undefined], [undefined]])
  })

  test('of three are a third each, from the beginning to the end', () => {
    const all = '0,1/3,2/3,1'
    expect(segmentsOf(3)).toEqual([
      { own: '0:1/3', all },
      { own: '1/3:2/3', all },
      { own: '2/3:1', all },
    ])
  })
})
