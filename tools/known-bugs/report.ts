import type { KnownBug } from './known-bug.ts'
import type { Found, PairResult, Sight } from './run.ts'

/** A line for a pair, and below it what else a reader has to know. */
export function resultText({ bug, wrong, right, judgement }: PairResult): string {
  const line = [
    judgement === 'as owed' ? 'ok' : judgement.toUpperCase(),
    `${bug.package} (${bug.id})`,
    `${bug.wrong}: ${wrong.found.length > 0 ? `found (${requirementsOf(wrong.found)})` : missing(wrong)}`,
    `${bug.right}: ${right.found.length > 0 ? `false alarm (${requirementsOf(right.found)})` : missing(right, 'silent')}`,
    `${wrong.inputs + right.inputs} inputs, ${wrong.requests + right.requests} requests`,
  ].join('  ')
  const shown = judgement === 'as owed' ? [] : [...right.found.map(foundText), ...[wrong, right].flatMap(unjudgedTexts)]
  return [line, ...shown.map((one) => `    ${one}`)].join('\n')
}

/** What is said of a pair that could not be tried at all. */
export const failureText = (bug: KnownBug, error: unknown): string =>
  `FAILED  ${bug.package} (${bug.id}): ${error instanceof Error ? error.message : String(error)}`

const requirementsOf = (found: readonly Found[]) => [...new Set(found.map(({ requirement }) => requirement))].join(', ')

const missing = ({ judged }: Sight, silence = 'missed') => (judged.length === 0 ? 'not judged' : silence)

const foundText = ({ requirement, unit, actual }: Found) => `${requirement} by ${unit}: ${actual}`

const unjudgedTexts = ({ version, unjudged }: Sight) =>
  unjudged.map(({ unit, because }) => `${version}: ${unit} could not judge: ${because}`)
