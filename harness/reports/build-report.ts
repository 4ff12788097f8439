import { about, type DocumentTable, type Requirement, type SpecDocument } from '../../core/spec/document.ts'
import type { State } from '../../core/verdict.ts'
import type { LoadResult } from '../load/result.ts'
import type { Outcome, RunEvent } from '../runner/events.ts'
import { evidenceRoom } from './evidence-room.ts'
import type { Report, Reporter } from './report.ts'
import { findingsOf } from './standing.ts'

/** What a report says that no event tells. */
export interface ReportOrigin {
  readonly version: string
  readonly target: Report['target']
  readonly seed: number
  /** The documents whose rows a unit may prove or a finding may name, in the order in which they are to be reported. */
  readonly documents: readonly SpecDocument[]
  /** The time in milliseconds since 1970. */
  readonly now?: () => number
}

/** A reporter that has the report of what is done so far, at any moment. */
export interface ReportCollector extends Reporter {
  onEvent(event: RunEvent): void
  /** The report of what is done; with what kept the run from being more, where something did. */
  report(problem?: Report['problem']): Report
}

/** The documents of these tables, as a collector wants them. */
export const documentsOf = (...tables: readonly DocumentTable<object>[]): readonly SpecDocument[] =>
  tables.map((table) => table[about])

/** Collects events into a report. Until the run has finished, it counts as interrupted. */
export function collectReport({ version, target, seed, documents, now = Date.now }: ReportOrigin): ReportCollector {
  const startedAt = now()
  const outcomes = new Map<string, Outcome>()
  const fitted = evidenceRoom()
  let load: LoadResult | undefined
  let ended: { readonly at: number; readonly interrupted: boolean } | undefined

  return {
    onEvent(event) {
      if (event.type === 'unit-finished') outcomes.set(event.outcome.unit.id, fitted(event.outcome))
      else if (event.type === 'load-finished') load = event.result
      else if (event.type === 'run-finished') ended = { at: now(), interrupted: event.interrupted }
    },

    report(problem) {
      const ordered = [...outcomes.values()].toSorted((a, b) => (a.unit.id < b.unit.id ? -1 : 1))
      return {
        version: '1.1',
        tool: { name: 'assay', version },
        startedAt: new Date(startedAt).toISOString(),
        milliseconds: (ended?.at ?? now()) - startedAt,
        interrupted: ended?.interrupted ?? true,
        ...(problem !== undefined && { problem }),
        target,
        seed,
        outcomes: ordered,
        ...(load !== undefined && { load }),
        requirements: requirementsOf(ordered, documents),
        summary: summarize(ordered),
      }
    },
  }
}

/** Every requirement that an outcome names: those of the documents in their order, then those of no known document. */
function requirementsOf(outcomes: readonly Outcome[], documents: readonly SpecDocument[]): Report['requirements'] {
  const proven = new Map(outcomes.flatMap(({ unit }) => unit.proves.map((one): [string, Requirement] => [one.id, one])))
  const named = new Set([...proven.keys(), ...outcomes.flatMap(findingsOf).map(({ requirement }) => requirement)])
  const known = documents.flatMap(({ title, url, requirements }) =>
    requirements.filter(({ id }) => named.delete(id)).map((requirement) => ({ ...requirement, title, url })),
  )
  const unknown = [...named].flatMap((id) => {
    const requirement = proven.get(id)
    return requirement === undefined ? [] : [{ ...requirement, title: requirement.document, url: '' }]
  })
  return [...known, ...unknown]
}

/** How many units came to each verdict, and how many findings there are. */
function summarize(outcomes: readonly Outcome[]): Report['summary'] {
  const count = (state: State) => outcomes.filter(({ verdict }) => verdict.state === state).length
  return {
    pass: count('pass'),
    fail: count('fail'),
    inapplicable: count('inapplicable'),
    untestable: count('untestable'),
    broken: count('broken'),
    findings: outcomes.flatMap(findingsOf).length,
  }
}
