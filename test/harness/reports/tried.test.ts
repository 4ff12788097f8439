import { expect, test } from 'vitest'
import { triedByPlace } from '../../../harness/reports/tried.ts'
import { sampleReport } from '../../fixtures/sample-report.ts'

test('what was tried is summed up by the folder of the properties', () => {
  const places = triedByPlace(sampleReport)
  const tried = sampleReport.outcomes.flatMap((outcome) => outcome.tried ?? [])
  expect(places.length).toBeGreaterThan(0)
  expect(places.reduce((sum, { inputs }) => sum + inputs, 0)).toBe(tried.reduce((sum, { inputs }) => sum + inputs, 0))
  for (const { kinds } of places) expect(kinds.map(([kind]) => kind)).toEqual(['append', 'swap the case'])
})

test('a report of checks alone has tried nothing', () => {
  const outcomes = sampleReport.outcomes.filter(({ unit }) => unit.kind === 'check')
  expect(triedByPlace({ ...sampleReport, outcomes })).toEqual([])
})
