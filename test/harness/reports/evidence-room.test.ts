import { expect, test } from 'vitest'
import { Redactor } from '../../../core/redact.ts'
import { rfc6749 } from '../../../core/spec/rfc6749.ts'
import { evidenceRoom } from '../../../harness/reports/evidence-room.ts'
import { findingsOf } from '../../../harness/reports/standing.ts'
import type { Outcome } from '../../../harness/runner/events.ts'

const exchange = new Redactor().exchange(
  { method: 'GET', url: 'https://issuer.example/', headers: [] },
  { status: 200, headers: [], body: 'x'.repeat(1000), truncated: false },
  1,
)

const outcome: Outcome = {
  unit: { id: 'a/b', kind: 'check', title: 'b', proves: [rfc6749.codeSingleUse], needs: [] },
  verdict: {
    state: 'fail',
    findings: [
      {
        fingerprint: 'abc',
        requirement: rfc6749.codeSingleUse.id,
        unit: 'a/b',
        violation: 'accepted',
        severity: { rank: 'high', because: 'of a test' },
        expected: 'a',
        actual: 'b',
        evidence: [exchange],
      },
    ],
  },
  milliseconds: 1,
}

test('evidence is kept until there is no more room, and then without what was said', () => {
  const fitted = evidenceRoom(1500)
  const [first, second] = [fitted(outcome), fitted(outcome)]

  expect(first).toEqual(outcome)
  expect(findingsOf(second)[0]?.evidence).toMatchObject([{ response: { status: 200, body: '', leftOut: 1000 } }])
})

test('what did not fail is left as it is', () => {
  const passed: Outcome = { ...outcome, verdict: { state: 'pass' } }
  expect(evidenceRoom(0)(passed)).toBe(passed)
})
