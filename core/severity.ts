import type { Severity, Violation } from './finding.ts'
import type { Requirement } from './spec/document.ts'

const ranks = ['low', 'medium', 'high'] as const

/** What comes of a violation where the document demands the opposite. */
const consequences: Readonly<Record<Violation, Severity>> = {
  accepted: { rank: 'high', because: 'what has to be refused gets through' },
  leaked: { rank: 'high', because: 'what has to be kept is given away' },
  redirected: { rank: 'high', because: 'a browser, and the response with it, is sent where it must not go' },
  crashed: { rank: 'medium', because: 'a single request makes the server fail' },
  refused: { rank: 'medium', because: 'those who keep to the specification are turned away' },
  malformed: { rank: 'medium', because: 'those who keep to the specification cannot read it' },
  'wrong-value': { rank: 'medium', because: 'whoever relies on the value is misled' },
  'missing-value': { rank: 'medium', because: 'whoever relies on the value does without' },
  'missing-header': { rank: 'low', because: 'a protection that the header gives is not there' },
  'wrong-header': { rank: 'low', because: 'a protection that the header gives is not the one owed' },
  'wrong-error': { rank: 'low', because: 'it is refused, for another reason than the one that is told' },
  'wrong-status': { rank: 'low', because: 'the answer is understood by those alone who read its body' },
}

/** What a document recommends weighs one rank less than what it demands. */
export function severityOf({ level }: Pick<Requirement, 'level'>, violation: Violation): Severity {
  const { rank, because } = consequences[violation]
  if (!/SHOULD|MAY/.test(level)) return { rank, because }
  return {
    rank: ranks[Math.max(0, ranks.indexOf(rank) - 1)] ?? 'low',
    because: `${because}, which the document advises against`,
  }
}
