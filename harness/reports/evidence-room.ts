import { bare } from '../../core/redaction/keeping.ts'
import type { Exchange } from '../../core/exchange.ts'
import type { Finding } from '../../core/finding.ts'
import { isNonEmpty } from '../../core/verdict.ts'
import type { Outcome } from '../runner/events.ts'

/** All evidence of a report together, in characters of JSON: whoever reads a report holds it in memory. */
const charactersAtMost = 32_000_000

/** Lets outcomes keep their evidence until there is no room for more in a report; then exchanges without what was said. */
export function evidenceRoom(room = charactersAtMost): (outcome: Outcome) => Outcome {
  let left = room
  return (outcome) => {
    if (outcome.verdict.state !== 'fail') return outcome
    const findings = outcome.verdict.findings.map((finding) => {
      const size = sizeOf(finding.evidence)
      if (size <= left) {
        left -= size
        return finding
      }
      return withoutMessages(finding)
    })
    return isNonEmpty(findings) ? { ...outcome, verdict: { state: 'fail', findings } } : outcome
  }
}

/** Of very many exchanges those count that came last, for there it broke. */
const exchangesAtLeast = 10

const withoutMessages = (finding: Finding): Finding => ({
  ...finding,
  evidence: finding.evidence.slice(-exchangesAtLeast).map(bare),
})

/** The findings of a unit share their evidence, so it is measured once. */
const sizes = new WeakMap<readonly Exchange[], number>()

function sizeOf(evidence: readonly Exchange[]): number {
  const size = sizes.get(evidence) ?? JSON.stringify(evidence).length
  sizes.set(evidence, size)
  return size
}
