import type { Requirement } from '../../core/spec/document.ts'
import type { LoadResult } from '../load/result.ts'
import type { Outcome, RunEvent } from '../runner/events.ts'

/** All that a run found: the truth of which every other report is a rendering. */
export interface Report {
  /** The version of this shape; a reader refuses a major version that it does not know. */
  readonly version: '1.1'
  readonly tool: { readonly name: 'assay'; readonly version: string }
  readonly startedAt: string
  readonly milliseconds: number
  readonly interrupted: boolean
  /** Why the run came to nothing: what was said to whoever started it. */
  readonly problem?: { readonly code: string; readonly message: string; readonly hint: string }
  readonly target: {
    /** Empty where the run came to an end before it was known. */
    readonly issuer: string
    readonly file?: string
    readonly mutant?: string
    readonly dialect?: string
    readonly capabilities: readonly string[]
    /** What it claims to follow beyond what binds every server; absent where that is nothing. */
    readonly claims?: readonly string[]
  }
  readonly seed: number
  /** In the order of the units, whatever order they finished in. */
  readonly outcomes: readonly Outcome[]
  readonly load?: LoadResult
  /** Every requirement that an outcome or a finding names. */
  readonly requirements: readonly (Requirement & { readonly title: string; readonly url: string })[]
  readonly summary: Readonly<Record<'pass' | 'fail' | 'inapplicable' | 'untestable' | 'broken', number>> & {
    readonly findings: number
  }
}

/** A rendering that listens while the run goes on. All hooks are optional. */
export interface Reporter {
  onEvent?(event: RunEvent): void
  onReport?(report: Report): void | Promise<void>
}

/** What kept a run from its end, and what to do, on one line. */
export const problemText = ({ message, hint }: NonNullable<Report['problem']>): string =>
  [...message.split('\n'), hint].join('; ')

/** What a report calls the server that it is about. */
export const targetName = ({ issuer, file = 'the embedded reference server' }: Report['target']): string =>
  issuer === '' ? file : issuer
