import { describe, expect, test } from 'vitest'
import { exitCodeOf, exitCodeOfRun } from '../../cli/exit-codes.ts'
import type { HarnessErrorCode } from '../../harness/error.ts'
import type { LoadResult, ScenarioResult } from '../../harness/load/result.ts'
import type { Report } from '../../harness/reports/report.ts'
import { measuredLoad, scenarioResult } from '../fixtures/load-result.ts'
import { outcomes, reportOf } from '../fixtures/sample-report.ts'

/** Every code there is: one that is added does not compile until it stands here. */
const codes: Readonly<Record<HarnessErrorCode, 2 | 3>> = {
  TARGET_UNREACHABLE: 2,
  METADATA_INVALID: 2,
  ISSUER_MISMATCH: 2,
  REGISTRATION_FAILED: 2,
  LOAD_ENGINE_MISSING: 2,
  LOAD_ENGINE_FAILED: 2,
  BROWSER_MISSING: 2,
  PROGRAM_MISSING: 2,
  CLIENT_REFUSED: 3,
  TARGET_FILE_INVALID: 3,
  TARGET_FILE_MISSING: 3,
  HOST_NOT_AUTHORIZED: 3,
  SECRET_MISSING: 3,
  FINDING_UNKNOWN: 3,
  USAGE: 3,
}

test.each(Object.entries(codes) as [HarnessErrorCode, 2 | 3][])('%s ends with %i', (code, exit) => {
  expect(exitCodeOf(code)).toBe(exit)
})

describe('a run ends with', () => {
  const withState = (...states: readonly string[]) =>
    reportOf(outcomes.filter(({ verdict }) => states.includes(verdict.state)))
  const clean = withState('pass', 'inapplicable')
  const promises = [{ metric: 'p95', bound: 100, actual: 3, kept: true }]
  const measured = (more: Partial<ScenarioResult> = {}, rejected = 0): LoadResult =>
    measuredLoad([scenarioResult('client-credentials', { promises, ...more })], { samples: { verified: 1, rejected } })
  const slow = measured({ promises: [{ metric: 'p95', bound: 1, actual: 3, kept: false }] })

  test.each<readonly [string, number, Report]>([
    ['nothing found', 0, clean],
    ['nothing found under load', 0, { ...clean, load: measured() }],
    ['nothing found, and a promise broken in passing', 0, { ...clean, load: slow }],
    ['a finding', 1, withState('pass', 'fail')],
    ['a finding, whatever else', 1, { ...withState('fail', 'untestable', 'broken'), interrupted: true }],
    ['a unit that could not judge', 2, withState('pass', 'untestable')],
    ['a unit of ours that is broken', 2, withState('pass', 'broken')],
    ['an interruption', 2, { ...clean, interrupted: true }],
    ['no load', 2, { ...clean, load: { state: 'not-run', because: 'there is no k6' } }],
    ['iterations that came to no end', 2, { ...clean, load: measured({ failures: 1 }) }],
    ['a target that asked for patience', 0, { ...clean, load: measured({ throttled: 2, heldBack: 3 }) }],
    ['a token that is not valid', 2, { ...clean, load: measured({}, 1) }],
  ])('%s: %i', (_, exit, report) => {
    expect(exitCodeOfRun(report, false)).toBe(exit)
  })

  test('1 where load was asked for and a promise is broken', () => {
    expect(exitCodeOfRun({ ...clean, load: slow }, true)).toBe(1)
    expect(exitCodeOfRun({ ...clean, load: measured() }, true)).toBe(0)
  })
})
