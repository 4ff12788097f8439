import { dirname } from 'node:path'
import type { Check } from '../harness/check.ts'
import { Redactor } from '../core/redact.ts'
import { claims } from '../core/spec/claims.ts'
import { HttpClient } from '../harness/client/http.ts'
import { HarnessError } from '../harness/error.ts'
import type { Property } from '../harness/property.ts'
import { collectReport } from '../harness/reports/build-report.ts'
import { renderJson } from '../harness/reports/json.ts'
import type { Report, Reporter } from '../harness/reports/report.ts'
import { usualReport } from '../harness/reports/requirement-text.ts'
import { type ReportName, reportWriters, writeReports } from '../harness/reports/table.ts'
import { terminalReporter } from '../harness/reports/terminal.ts'
import type { Emit } from '../harness/runner/events.ts'
import { run, type RunOptions } from '../harness/runner/run.ts'
import { assertTargetAuthorized } from '../harness/target/authorized.ts'
import { type OpenTarget, openTarget } from '../harness/target/open.ts'
import { assertClientsKnown } from '../harness/target/preflight.ts'
import type { Target } from '../harness/target/target.ts'
import { flag, type Io, listOf, measure, textOr, unless, type Values, whole, wholeOr } from './command.ts'
import { keepFound } from './corpus.ts'
import { documents } from './documents.ts'
import { type ExitCode, exitCodeOfRun } from './exit-codes.ts'
import { interruptible } from './interruption.ts'
import { loadOrder, type LoadWish, performLoad, type Stage } from './load-order.ts'
import { problemOf } from './problem.ts'
import { type Choice, openSubject, type Subject } from './subject.ts'
import { version } from './version.ts'

/** What a command wants done to a server. */
export interface Job {
  readonly choice: Choice
  readonly units: readonly (Check | Property)[]
  readonly load?: LoadWish
  readonly options: Values<typeof jobOptions>
  /** How much each property tries. */
  readonly effort?: Pick<RunOptions, 'runs' | 'milliseconds' | 'requests' | 'share' | 'known'>
  /** The file that is to hold what is found, beside what it holds. */
  readonly corpus?: string | undefined
  /** Whether a broken latency promise is a finding: only where the load was asked for itself. */
  readonly holdsPromises?: boolean
}

const reportNames = Object.keys(reportWriters) as readonly ReportName[]

/** What every command that tests a server takes. */
export const jobOptions = {
  seed: wholeOr('--seed <number>', 'repeat the run that had this seed', { atLeast: 0, atMost: 2 ** 31 - 1 }, 1),
  concurrency: whole('--concurrency <number>', 'run so many units side by side', { atLeast: 1, atMost: 256 }),
  maxRps: measure('--max-rps <number>', 'send at most so many requests a second; load is not held back', {
    atLeast: 0.1,
    atMost: 100_000,
  }),
  claims: {
    ...listOf('--claims <names>', 'hold the server to these as well, beyond what binds every server', claims),
    initially: 'those of the target file',
  },
  preflight: unless('--no-preflight', 'go on where the server refuses the clients of the target file'),
  out: textOr('--out <folder>', 'write the reports into this folder', dirname(usualReport)),
  report: listOf('--report <names>', 'write only these reports', reportNames),
  json: flag('--json', 'print the report as JSON, and nothing else'),
}

/** How many inputs a property tries where nothing else is said. */
export const defaultRuns = 100

interface Performance {
  readonly report: Report
  readonly exit: ExitCode
}

/** Tests a server and reports, whatever comes: an interruption or a failure too leaves a report of what was done. */
export async function perform(job: Job, io: Io): Promise<Performance> {
  const { options } = job
  const written: string[] = []
  const terminal = terminalReporter(options.json ? io.error : io.out, {
    written: () => written,
    environment: io.environment,
  })
  const interruption = interruptible(io)
  const record = recordOf(job, terminal)
  const write = async (report: Report) => await writeReports(report, options.out, namesOf(options))
  try {
    await test(job, record, { emit: record.emit, signal: interruption.signal, io })
    const report = record.report()
    written.push(...(await write(report)))
    if (job.corpus !== undefined) await keepFound(job.corpus, report)
    if (options.json) io.out.write(renderJson(report))
    else await terminal.onReport?.(report)
    return { report, exit: exitCodeOfRun(report, job.holdsPromises ?? false) }
  } catch (error) {
    record.emit({ type: 'run-finished', interrupted: true })
    // What went wrong is worth more than why it could not be written down.
    await write(record.report(problemOf(error))).catch(() => undefined)
    throw error
  } finally {
    interruption.end()
  }
}

const namesOf = ({ report }: Job['options']): readonly ReportName[] => (report.length > 0 ? report : reportNames)

/** What a run has come to, and whom it is about as far as that is known. */
interface Recording {
  target: Report['target']
  readonly emit: Emit
  report(problem?: Report['problem']): Report
}

function recordOf({ choice: { file, mutant, dialect }, options }: Job, terminal: Reporter): Recording {
  const target: Report['target'] = {
    issuer: '',
    ...(file !== undefined && { file }),
    ...(mutant !== undefined && { mutant }),
    ...(dialect !== undefined && { dialect }),
    capabilities: [],
  }
  const collector = collectReport({ version, seed: options.seed, documents, target })
  const record: Recording = {
    target,
    emit: (event) => {
      collector.onEvent(event)
      terminal.onEvent?.(event)
    },
    report: (problem) => ({ ...collector.report(problem), target: record.target }),
  }
  return record
}

/** Finds the server, and does to it what is wanted, until that is done or interrupted. */
async function test(job: Job, record: Recording, stage: Stage): Promise<void> {
  const { emit, signal, io } = stage
  const subject = await openSubject(job.choice, io)
  try {
    for (const warning of subject.warnings) io.error.write(`warning: ${warning}\n`)
    record.target = { ...subject.name, capabilities: [] }
    const opened = await openTarget(settingsOf(subject, job), signal).catch((error: unknown) => {
      // Whoever interrupts a server that does not answer has no need to be told that it does not.
      if (signal.aborted && error instanceof HarnessError && error.code === 'TARGET_UNREACHABLE') return undefined
      throw error
    })
    if (opened !== undefined) {
      const { capabilities, claims: claimed } = opened.target
      record.target = {
        ...subject.name,
        capabilities: [...capabilities].toSorted(),
        ...(claimed.size > 0 && { claims: [...claimed].toSorted() }),
      }
      await testTarget(opened, job, subject, stage)
    }
    emit({ type: 'run-finished', interrupted: signal.aborted })
  } finally {
    await subject.close()
  }
}

function settingsOf({ settings }: Subject, { options }: Job): Subject['settings'] {
  return {
    ...settings,
    claims: [...(settings.claims ?? []), ...options.claims],
    limits: { ...settings.limits, ...(options.maxRps !== undefined && { max_rps: options.maxRps }) },
  }
}

async function testTarget({ target, close }: OpenTarget, job: Job, { settings }: Subject, stage: Stage): Promise<void> {
  try {
    if (job.units.some(({ kind }) => kind === 'property')) assertTargetAuthorized(target, 'fuzz')
    if (job.load !== undefined) assertTargetAuthorized(target, 'load')
    const order = job.load === undefined ? undefined : loadOrder(job.load, settings)
    if (job.options.preflight && job.choice.file !== undefined) await preflight(target, settings, stage)
    await runUnits(target, job, stage)
    if (order !== undefined && !stage.signal.aborted) await performLoad(target, order, stage)
  } finally {
    for (const id of await close())
      stage.io.error.write(`warning: the client ${id} could not be removed; it stays registered\n`)
  }
}

/** Clients that were registered for this run are known; those of the file may not be. */
async function preflight(target: Target, { clients = [] }: Subject['settings'], { signal }: Stage): Promise<void> {
  const http = new HttpClient({ timeoutMs: target.limits.timeout_ms, redactor: new Redactor(), signal })
  await assertClientsKnown({ ...target, clients }, http)
}

async function runUnits(target: Target, job: Job, { emit, signal }: Stage): Promise<void> {
  const { options, units, effort = { runs: defaultRuns } } = job
  const { seed, concurrency } = options
  emit({ type: 'run-started', issuer: target.issuer, units: units.length, seed })
  await run(
    units,
    target,
    {
      seed,
      signal,
      ...effort,
      ...(concurrency !== undefined && { concurrency }),
    },
    emit,
  )
}
