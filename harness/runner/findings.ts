import { createHash } from 'node:crypto'
import type { Finding } from '../../core/finding.ts'
import type { Redactor } from '../../core/redact.ts'
import { severityOf } from '../../core/severity.ts'
import type { Unit } from '../../core/unit.ts'
import { isNonEmpty, type Verdict } from '../../core/verdict.ts'
import type { Breach } from '../breach.ts'
import { said } from './said.ts'
import type { Find } from './try-inputs.ts'

/** The verdict on what was found: the same bug is one finding, however often it was hit. */
export function verdictOf(unit: Unit, finds: readonly Find[], redactor: Redactor): Verdict {
  const findings = finds.flatMap((find) => find.breaches.map((breach) => findingOf(unit, breach, find, redactor)))
  const distinct = [...new Map(findings.toReversed().map((finding) => [finding.fingerprint, finding])).values()]
  const inOrder = distinct.toReversed()
  return isNonEmpty(inOrder) ? { state: 'fail', findings: inOrder } : { state: 'pass' }
}

function findingOf(
  unit: Unit,
  { requirement, violation, expected, actual }: Breach,
  { evidence, counterexample }: Find,
  redactor: Redactor,
): Finding {
  const say = (text: string) => said(text, redactor)
  return {
    fingerprint: fingerprintOf(requirement.id, unit.id, violation),
    requirement: requirement.id,
    unit: unit.id,
    violation,
    severity: severityOf(requirement, violation),
    expected: say(expected),
    actual: say(actual),
    evidence,
    ...(counterexample !== undefined && { counterexample }),
  }
}

/** Twelve hexadecimal digits of what makes a finding the same finding. */
export const fingerprintOf = (requirement: string, unit: string, violation: string) =>
  createHash('sha256').update([requirement, unit, violation].join('\n')).digest('hex').slice(0, 12)
