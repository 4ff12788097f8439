import { noValues } from '../../core/histogram.ts'
import { HarnessError } from '../error.ts'
import { printableJson } from '../printable.ts'
import type { Report } from './report.ts'
import { reportSchema } from './report-schema.ts'

/** A report as JSON, by `report.schema.json`: the truth that the other files render. */
export const renderJson = (report: Report): string => `${printableJson(report, 2)}\n`

/** Reads a report back. Throws a HarnessError `USAGE` where the text is no report of a version that is known. */
export function readReport(text: string): Report {
  const value = parsed(text)
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined
  if (typeof version === 'string' && !version.startsWith('1.')) {
    throw new HarnessError('USAGE', 'the report has a version that is not known here', {
      hint: 'this Assay reads reports of version 1; read it with the Assay that wrote it',
    })
  }
  const { success, error } = reportSchema.safeParse(value)
  if (success) return completed(value as Report)
  const [issue] = error.issues
  throw new HarnessError('USAGE', `it is no report: ${issue?.path.join('.') || 'the file'} is not what it should be`, {
    hint: 'name a report.json that Assay wrote',
    cause: error,
  })
}

/** With the members that reports of version 1.0 do not have. */
function completed(report: Report): Report {
  const { load } = report
  if (load?.state !== 'measured') return report
  const scenarios = load.scenarios.map((scenario) => ({ ...laterMembers.scenario, ...scenario }))
  return { ...report, load: { ...laterMembers.load, ...load, scenarios } }
}

const laterMembers = {
  load: { regions: [], timeline: [], generator: { processes: 1 } },
  scenario: { throttled: 0, heldBack: 0, distribution: noValues },
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new HarnessError('USAGE', 'it is no report: the file is not JSON', {
      hint: 'name a report.json that Assay wrote',
    })
  }
}
