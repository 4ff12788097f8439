import type { Requirement, SpecDocument } from '../core/spec/document.ts'
import type { Unit } from '../core/unit.ts'
import { HarnessError } from '../harness/error.ts'
import type { Page } from '../harness/reports/terminal/page.ts'
import { nearest } from '../harness/target/nearest.ts'
import { command, flag, list } from './command.ts'
import { documents } from './documents.ts'
import { exitCode } from './exit-codes.ts'
import { pageFor } from './page.ts'
import { allUnits } from './units.ts'

interface Counts {
  readonly rows: number
  readonly proven: number
  readonly unobservable: number
  readonly gaps: number
}

/** What a document's requirements have to show for themselves. */
export interface DocumentCoverage extends Counts {
  readonly id: string
  readonly title: string
  readonly requirements: readonly (Requirement & { readonly provenBy: readonly string[] })[]
}

/** The units that prove each requirement, document by document. */
export function coverageOf(tables: readonly SpecDocument[], units: readonly Unit[]): readonly DocumentCoverage[] {
  const provers = new Map<string, string[]>()
  for (const { id, proves } of units)
    for (const requirement of proves) provers.set(requirement.id, [...(provers.get(requirement.id) ?? []), id])
  return tables.map(({ id, title, requirements }) => {
    const rows = requirements.map((requirement) => ({ ...requirement, provenBy: provers.get(requirement.id) ?? [] }))
    const proven = rows.filter(({ provenBy }) => provenBy.length > 0).length
    const unobservable = rows.filter((row) => row.provenBy.length === 0 && row.unobservable !== undefined).length
    return {
      id,
      title,
      rows: rows.length,
      proven,
      unobservable,
      gaps: rows.length - proven - unobservable,
      requirements: rows,
    }
  })
}

const sumOf = (coverage: readonly Counts[]): Counts => {
  const sum = (name: keyof Counts) => coverage.reduce((total, one) => total + one[name], 0)
  return { rows: sum('rows'), proven: sum('proven'), unobservable: sum('unobservable'), gaps: sum('gaps') }
}

export const requirements = command({
  name: 'requirements',
  summary: 'print which requirements of which documents are proven, and by what',
  description:
    'A row is proven by a check, a property or an invariant, or it says why nobody outside can observe it, or it is a gap.',
  options: {
    document: list('--document <ids>', 'print every row of these documents'),
    json: flag('--json', 'print JSON, with every row'),
  },
  examples: [
    { command: 'assay requirements', does: 'counts rows per document' },
    { command: 'assay requirements --document rfc7636', does: 'prints the rows of PKCE and what proves each' },
  ],
  async run({ options: { document: named, json }, io }) {
    for (const id of named) if (!documents.some((one) => one.id === id)) throw unknownDocument(id)
    const coverage = coverageOf(documents, allUnits).filter(({ id }) => named.length === 0 || named.includes(id))
    if (json) io.out.write(`${JSON.stringify({ documents: coverage, total: sumOf(coverage) }, null, 2)}\n`)
    else io.out.write(named.length > 0 ? rowsOf(coverage, pageFor(io)) : tableOf(coverage))
    return exitCode.nothingFound
  },
})

function unknownDocument(id: string): HarnessError {
  const ids = documents.map((one) => one.id)
  const meant = nearest(id, ids)
  return new HarnessError('USAGE', `there is no table for ${id}`, {
    hint: meant === undefined ? `there are ${ids.join(', ')}` : `did you mean ${meant}?`,
  })
}

function tableOf(coverage: readonly DocumentCoverage[]): string {
  const lines = [...coverage.map((one) => ({ ...one, name: one.id })), { ...sumOf(coverage), name: 'total' }]
  const width = Math.max(...lines.map(({ name }) => name.length))
  const heads = ['rows', 'proven', 'unobservable', 'gaps']
  const row = (name: string, cells: readonly (number | string)[]) =>
    `${name.padEnd(width)}${cells.map((cell, at) => String(cell).padStart((heads[at]?.length ?? 0) + 2)).join('')}\n`
  return (
    row('', heads) +
    lines.map(({ name, rows, proven, unobservable, gaps }) => row(name, [rows, proven, unobservable, gaps])).join('')
  )
}

function rowsOf(coverage: readonly DocumentCoverage[], page: Page): string {
  for (const { title, requirements: rows } of coverage) {
    page.text(title, 0, 'bold')
    for (const { section, level, text: clause, id, provenBy, unobservable } of rows) {
      page.line()
      page.text(`§${section} ${level}  ${id}`, 2)
      page.text(`the server ${clause}`, 4)
      if (provenBy.length === 0) page.text(fateOf(unobservable), 4, unobservable === undefined ? 'red' : 'dim')
      for (const unit of provenBy) page.text(`proven by ${unit}`, 4, 'dim')
    }
    page.line()
  }
  return page.toString()
}

const fateOf = (unobservable: string | undefined) =>
  unobservable === undefined ? 'a gap: nothing proves it' : `unobservable: ${unobservable}`
