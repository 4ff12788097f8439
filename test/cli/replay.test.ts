import { describe, expect, test } from 'vitest'
import { answerFor } from '../../cli/replay.ts'
import type { Finding } from '../../core/finding.ts'
import { isNonEmpty, type Verdict } from '../../core/verdict.ts'
import type { Outcome } from '../../harness/runner/events.ts'
import { findingsOf } from '../../harness/reports/standing.ts'
import { outcomes } from '../fixtures/sample-report.ts'

const outcome = outcomes.find(({ verdict }) => verdict.state === 'fail')
const [finding] = outcome === undefined ? [] : findingsOf(outcome)
if (outcome === undefined || finding === undefined) throw new Error('the sample has no finding')

const now = (verdict: Verdict): Outcome => ({ ...outcome, verdict })
const failing = (...findings: readonly Finding[]): Outcome =>
  now(isNonEmpty(findings) ? { state: 'fail', findings } : { state: 'pass' })
const other: Finding = { ...finding, fingerprint: 'another', requirement: 'rfc6749/another' }
const likewise: Finding = { ...finding, fingerprint: 'likewise', violation: 'crashed', actual: 'status 500' }

describe('a finding is', () => {
  test('fixed where its unit passes', () => {
    expect(answerFor(finding, now({ state: 'pass' }))).toEqual({ answer: 'fixed' })
  })

  test('still broken where it is found again, and that is what is shown', () => {
    const again = { ...finding, actual: 'what it is now' }
    expect(answerFor(finding, failing(other, likewise, again))).toEqual({ answer: 'still broken', seen: again })
  })

  test('still broken where the same requirement breaks in another way', () => {
    expect(answerFor(finding, failing(other, likewise))).toEqual({ answer: 'still broken', seen: likewise })
  })

  test.each<readonly [string, Outcome, string]>([
    ['the unit ends on another requirement', failing(other), 'the unit now fails on rfc6749/another'],
    ['the target does not offer it any more', now({ state: 'inapplicable', because: 'it is gone' }), 'it is gone'],
    ['the unit gets nowhere', now({ state: 'untestable', because: 'nobody signs in' }), 'nobody signs in'],
    [
      'the unit is broken',
      now({ state: 'broken', error: { message: 'too much' } }),
      'the unit is broken, which is our fault: too much',
    ],
  ])('not to be told where %s', (_, seen, because) => {
    expect(answerFor(finding, seen)).toEqual({ answer: 'cannot tell', because })
  })
})
