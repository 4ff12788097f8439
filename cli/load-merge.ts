import { engineVersion } from '../harness/load/engine.ts'
import { mergeRunners, readLogs } from '../harness/load/merge.ts'
import { collectReport } from '../harness/reports/build-report.ts'
import { renderJson } from '../harness/reports/json.ts'
import { type ReportName, reportWriters, writeReports } from '../harness/reports/table.ts'
import { terminalReporter } from '../harness/reports/terminal.ts'
import type { Outcome } from '../harness/runner/events.ts'
import { stories } from '../scenarios/stories.ts'
import { command } from './command.ts'
import { documents } from './documents.ts'
import { exitCodeOfRun } from './exit-codes.ts'
import { invariantOutcomes } from './invariants.ts'
import { jobOptions } from './job.ts'
import { version } from './version.ts'

const { out, report: reports, json } = jobOptions

export const loadMerge = command({
  name: 'merge',
  summary: 'make one result of what runners and their companion said',
  description:
    'What is named are logs, in which anything else may stand too. Percentiles come of the merged distributions. A runner that gave no figures is named, and then nothing has passed.',
  argument: { name: 'files', describe: 'the logs of the runners and of the companion', required: true, many: true },
  options: { out, report: reports, json },
  examples: [{ command: 'assay load merge run.log', does: 'judges the run, and writes the reports into .assay/' }],
  async run({ arguments: files, options, io }) {
    const { document, result, missing } = mergeRunners(await readLogs(files), { stories, engine: engineVersion })
    const { issuer, capabilities, claims } = document
    const target = { issuer, capabilities, ...(claims.length > 0 && { claims }) }
    const collector = collectReport({ version, seed: 1, documents, target })
    collector.onEvent({ type: 'load-finished', result })
    const ran = new Set(result.state === 'measured' ? result.scenarios.map(({ scenario }) => scenario) : [])
    const outcomes = invariantOutcomes(result).filter(({ unit }) => ran.has(unit.id.split('/')[1] ?? ''))
    outcomes.forEach((outcome, at) =>
      collector.onEvent({
        type: 'unit-finished',
        outcome: withoutPass(outcome, missing),
        done: at + 1,
        units: outcomes.length,
      }),
    )
    collector.onEvent({ type: 'run-finished', interrupted: false })
    const report = collector.report()
    const names = options.report.length > 0 ? options.report : (Object.keys(reportWriters) as readonly ReportName[])
    const written = await writeReports(report, options.out, names)
    if (options.json) io.out.write(renderJson(report))
    else await terminalReporter(io.out, { written: () => written, environment: io.environment }).onReport?.(report)
    return exitCodeOfRun(report, true)
  },
})

/** What was not seen to break may have broken where nobody told of it. */
function withoutPass(outcome: Outcome, missing: readonly string[]): Outcome {
  if (missing.length === 0 || outcome.verdict.state !== 'pass') return outcome
  return { ...outcome, verdict: { state: 'untestable', because: `${missing.join(' and ')} gave no figures` } }
}
