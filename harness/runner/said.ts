import type { Redacted } from '../../core/exchange.ts'
import type { Redactor } from '../../core/redact.ts'

/** Longer words quote the target; all that it sent is in the evidence. In characters. */
const longest = 4000

/** What a unit says of the target, without secrets and without end. */
export function said(text: string, redactor: Redactor): Redacted {
  const words = redactor.redact(text)
  return words.length > longest ? (`${words.slice(0, longest)}…` as Redacted) : words
}
