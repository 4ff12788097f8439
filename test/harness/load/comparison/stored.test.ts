import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { machineName } from '../../../../harness/load/comparison/machine.ts'
import { calibrationsIn, isCalibrationOf, storedComparison } from '../../../../harness/load/comparison/stored.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'

const course = { story: 'tale', rate: 10, blockSeconds: 1 }

function written(file: string, content: unknown): string {
  const path = join(temporaryFolder(), file)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const calibration = { machine: machineName(), ...course, pairs: 20, margin: 0.1, metrics: { p50: { falseAlarms: 0 } } }

describe('calibrations', () => {
  test('are those of the folder; none where there is no file', async () => {
    const path = written('calibration.json', { schema_version: 1, calibrations: [calibration] })
    expect(await calibrationsIn(join(path, '..'))).toEqual([calibration])
    expect(await calibrationsIn(temporaryFolder())).toEqual([])
  })

  test.each(['', '{', 'null', '{"schema_version":2,"calibrations":[]}', '{"schema_version":1,"calibrations":[{}]}'])(
    'that are none are said to be: %j',
    async (text) => {
      const folder = join(written('calibration.json', text), '..')
      await expect(calibrationsIn(folder)).rejects.toThrow(/calibration\.json cannot be used, for it is none/)
    },
  )

  test('are of one machine, scenario, rate and length of a block', () => {
    expect(isCalibrationOf(calibration, course)).toBe(true)
    expect(isCalibrationOf({ ...calibration, machine: 'another' }, course)).toBe(false)
    expect(isCalibrationOf(calibration, { ...course, rate: 11 })).toBe(false)
  })
})

describe('a stored comparison', () => {
  const pairs = [{ values: { p50: [1, 2] } }, { values: { p50: [1, 2] }, invalid: 'k6 was busy' }]
  const stored = { schema_version: 1, machine: machineName(), ...course, pairs, standings: [] }

  test('is read where it was measured in the same way', async () => {
    expect(await storedComparison(written('comparison.json', stored), course)).toMatchObject({ pairs })
  })

  test('is refused where it was not, and it is said what differs', async () => {
    const path = written('comparison.json', { ...stored, machine: 'another', rate: 5 })
    await expect(storedComparison(path, course)).rejects.toThrow(/is of another machine, at 5\/s$/)
    await expect(storedComparison(join(path, '..', 'none.json'), course)).rejects.toThrow('for it is not there')
  })
})
