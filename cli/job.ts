import { join } from 'node:path'
import type { Check } from '../harness/check.ts'
import { HarnessError } from '../harness/error.ts'
import type { Property } from '../harness/property.ts'
import { collectReport, type ReportCollector } from '../harness/reports/build-report.ts'
import { renderJson } from '../harness/reports/json.ts'
import type { Report, Reporter } from '../harness/reports/report.ts'
import { type ReportName, reportWriters, writeReports } from '../harness/reports/table.ts'
import { terminalReporter } from '../harness/reports/terminal.ts'
import type { Emit } from '../harness/runner/events.ts'
import { run } from '../harness/runner/run.ts'
import { assertTargetAuthorized } from '../harness/target/authorized.ts'
import { openTarget } from '../harness/target/open.ts'
import type { Target } from '../harness/target/target.ts'
import { flag, type Io, listOf, measure, textOr, type Values, whole, wholeOr } from './command.ts'
import { documents } from './documents.ts'
import { type ExitCode, exitCode } from './exit-codes.ts'
import { loadOrder, type LoadWish, performLoad, type Stage } from './load-order.ts'
import { type Choice, openSubject, type Subject } from './subject.ts'
import { version } from './version.ts'

/** What a command wants done to a server. */
export interface Job {
  readonly choice: Choice
  readonly units: readonly (Check | Property)[]
  readonly load?: LoadWish
  readonly options: Values<typeof jobOptions>
  /** How many inputs each property tries. */
  readonly runs?: number
  /** Continues a property at this counterexample. */
  readonly path?: string
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
  out: textOr('--out <folder>', 'write the reports into this folder', '.assay'),
  report: listOf('--report <names>', 'write only these reports', reportNames),
  json: flag('--json', 'print the report as JSON, and nothing else'),
}

/** How many inputs a property tries where nothing else is said. */
export const defaultRuns = 100

interface Performance {
  readonly report: Report
  readonly exit: ExitCode
}

/** Tests a server and reports, whatever comes: an interruption too leaves a report of what was done. */
export async function perform(job: Job, io: Io): Promise<Performance> {
  const subject = await openSubject(job.choice, io)
  try {
    for (const warning of subject.warnings) io.error.write(`warning: ${warning}\n`)
    return await performOn(subject, job, io)
  } finally {
    await subject.close()
  }
}

async function performOn(subject: Subject, job: Job, io: Io): Promise<Performance> {
  const { options } = job
  const written: string[] = []
  const terminal = terminalReporter(options.json ? io.error : io.out, {
    written: () => written,
    environment: io.environment,
  })
  const interruption = interruptible()
  const rehearsal = rehearse(subject, job, terminal)
  try {
    const { target, close } = await openTarget(settingsOf(subject, job))
    const { emit, collector } = rehearsal(target)
    try {
      if (job.units.some(({ kind }) => kind === 'property')) assertTargetAuthorized(target, 'fuzz')
      if (job.load !== undefined) assertTargetAuthorized(target, 'load')
      await test(target, job, subject, { emit, signal: interruption.signal, io })
    } finally {
      for (const id of await close())
        io.error.write(`warning: the client ${id} could not be removed; it stays registered\n`)
      interruption.end()
    }
    emit({ type: 'run-finished', interrupted: interruption.signal.aborted })
    const report = collector.report()
    written.push(...(await writeReports(report, options.out, namesOf(options))))
    if (options.json) io.out.write(renderJson(report))
    else await terminal.onReport?.(report)
    return { report, exit: exitOf(report, job.holdsPromises ?? false) }
  } catch (error) {
    interruption.end()
    if (error instanceof HarnessError)
      await writeReports(rehearsal().collector.report(error), options.out, namesOf(options))
    throw error
  }
}

const namesOf = ({ report }: Job['options']): readonly ReportName[] => (report.length > 0 ? report : reportNames)

function settingsOf({ settings }: Subject, { options }: Job): Subject['settings'] {
  return {
    ...settings,
    limits: { ...settings.limits, ...(options.maxRps !== undefined && { max_rps: options.maxRps }) },
  }
}

/** Who listens to a run: made once the target is known, or for want of one. */
function rehearse({ name }: Subject, { options }: Job, terminal: Reporter) {
  let made: { readonly emit: Emit; readonly collector: ReportCollector } | undefined
  return (target?: Target) => {
    if (made !== undefined) return made
    const collector = collectReport({
      version,
      seed: options.seed,
      documents,
      target: { ...name, capabilities: [...(target?.capabilities ?? [])].toSorted() },
    })
    const emit: Emit = (event) => {
      collector.onEvent(event)
      terminal.onEvent?.(event)
    }
    made = { emit, collector }
    return made
  }
}

async function test(target: Target, job: Job, { settings }: Subject, stage: Stage): Promise<void> {
  const { emit, signal } = stage
  const { options, units, runs = defaultRuns, path } = job
  emit({ type: 'run-started', issuer: target.issuer, units: units.length, seed: options.seed })
  const { seed, concurrency } = options
  await run(
    units,
    target,
    {
      seed,
      runs,
      signal,
      ...(concurrency !== undefined && { concurrency }),
      ...(path !== undefined && { path }),
    },
    emit,
  )
  if (job.load !== undefined && !signal.aborted) await performLoad(target, loadOrder(job.load, settings), stage)
}

/** The first signal ends the run in good order, the second one ends the process. */
function interruptible() {
  const controller = new AbortController()
  const interrupt = () => controller.abort()
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.once(signal, interrupt)
  return {
    signal: controller.signal,
    end: () => {
      for (const signal of signals) process.removeListener(signal, interrupt)
    },
  }
}

function exitOf({ summary, load, interrupted }: Report, holdsPromises: boolean): ExitCode {
  const isBroken =
    holdsPromises &&
    load?.state === 'measured' &&
    load.scenarios.some(({ promises }) => promises.some(({ kept }) => !kept))
  if (summary.findings > 0 || isBroken) return exitCode.findings
  const isBlind = summary.untestable > 0 || summary.broken > 0 || interrupted || load?.state === 'not-run'
  return isBlind ? exitCode.couldNotJudge : exitCode.nothingFound
}

/** Where the report of the last run lies that was written without `--out`. */
export const lastReport = join('.assay', reportWriters.json.file)
