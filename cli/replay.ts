import { readFile } from 'node:fs/promises'
import type { Finding } from '../core/finding.ts'
import { claimOf, freeingClaim } from '../core/spec/claims.ts'
import type { Unit } from '../core/unit.ts'
import { HarnessError } from '../harness/error.ts'
import { printable, printableJson } from '../harness/printable.ts'
import { curlOf } from '../harness/reports/curl.ts'
import { readReport } from '../harness/reports/json.ts'
import type { Report } from '../harness/reports/report.ts'
import { severityText, usualReport } from '../harness/reports/requirement-text.ts'
import { findingsOf } from '../harness/reports/standing.ts'
import type { Outcome } from '../harness/runner/events.ts'
import { run } from '../harness/runner/run.ts'
import { openTarget } from '../harness/target/open.ts'
import { assertTargetAuthorized } from '../harness/target/authorized.ts'
import type { TargetSettings } from '../harness/target/settings.ts'
import type { Target } from '../harness/target/target.ts'
import { command, flag, type Io, text, textOr } from './command.ts'
import { type ExitCode, exitCode, exitCodeOf } from './exit-codes.ts'
import { invariantUnits } from './invariants.ts'
import { loadOrder, performLoad, shortLoad } from './load-order.ts'
import { pageFor } from './page.ts'
import { type Choice, openSubject, variationOptions } from './subject.ts'
import { checks, properties } from './units.ts'

/** What became of a finding. */
type Answer = 'fixed' | 'still broken' | 'cannot tell'

const exitOf: Readonly<Record<Answer, ExitCode>> = {
  fixed: exitCode.nothingFound,
  'still broken': exitCode.findings,
  'cannot tell': exitCode.couldNotJudge,
}

const colourOf = { fixed: 'green', 'still broken': 'red', 'cannot tell': 'yellow' } as const

export const replay = command({
  name: 'replay',
  summary: 'look again whether a finding is fixed, still broken, or cannot be told',
  description:
    'Runs the one unit that noticed, against the server of the report unless another is named; a property tries the one input that was found.',
  argument: { name: 'fingerprint', describe: 'the fingerprint of the finding, or how it begins', required: true },
  options: {
    report: textOr('--report <file>', 'take the finding from this report', usualReport),
    target: text('--target <file>', 'look at the server of this target file'),
    ...variationOptions,
    json: flag('--json', 'print JSON, and nothing else'),
  },
  examples: [
    { command: 'assay replay 3f2a9c', does: 'looks again at a finding of the last run' },
    {
      command: 'assay replay 3f2a9c --report nightly.json --target staging.yaml',
      does: 'looks whether another server has it too',
    },
  ],
  async run({ argument: prefix = '', options, io }) {
    const report = readReport(await readText(options.report))
    const finding = findingOf(report, prefix)
    const { target: file, mutant, dialect } = options
    const said = file !== undefined || mutant !== undefined || dialect !== undefined
    const { answer, because, seen } = await lookAgain(
      finding,
      { report, choice: said ? { file, mutant, dialect } : report.target, isAnother: said },
      io,
    )
    const { fingerprint, unit, requirement } = finding
    const last = seen ?? finding
    if (options.json) {
      const found = { expected: last.expected, actual: last.actual, evidence: last.evidence }
      const told = { fingerprint, unit, requirement, answer, ...(because !== undefined && { because }) }
      io.out.write(`${printableJson({ ...told, ...(answer === 'still broken' && { finding: found }) }, 2)}\n`)
    } else {
      const page = pageFor(io)
      page.text(because === undefined ? answer : `${answer}: ${because}`, 0, ['bold', colourOf[answer]])
      page.field('finding', fingerprint)
      page.field('against', requirement)
      page.field('noticed by', unit)
      if (answer === 'still broken') {
        page.field('expected', last.expected)
        page.field('actual', last.actual, { colour: 'red' })
        page.field('severity', severityText(last.severity))
      }
      const command = answer === 'still broken' ? curlOf(last.evidence) : undefined
      // On one line, however long: what is wrapped cannot be pasted.
      io.out.write(command === undefined ? page.toString() : `${page.toString()}${command}\n`)
    }
    return exitOf[answer]
  },
})

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new HarnessError('USAGE', `there is no report ${path}`, {
      hint: 'run the tests first, or name a report.json with --report',
      cause,
    })
  }
}

function findingOf({ outcomes }: Report, prefix: string): Finding {
  const all = new Map(outcomes.flatMap(findingsOf).map((finding) => [finding.fingerprint, finding]))
  const [first, ...others] = [...all.values()].filter(({ fingerprint }) => fingerprint.startsWith(prefix))
  if (first !== undefined && others.length === 0) return first
  throw first === undefined
    ? new HarnessError('FINDING_UNKNOWN', `the report has no finding ${printable(prefix)}`, {
        hint: all.size === 0 ? 'the report has no findings' : `it has ${[...all.keys()].slice(0, 10).join(', ')}`,
      })
    : new HarnessError('FINDING_UNKNOWN', `more than one finding begins with ${printable(prefix)}`, {
        hint: `name one of ${[first, ...others].map(({ fingerprint }) => fingerprint).join(', ')}`,
      })
}

export interface Look {
  readonly answer: Answer
  readonly because?: string
  readonly seen?: Finding
}

/** Where a finding was made, and where it is looked for. */
interface Place {
  readonly report: Report
  readonly choice: Choice
  /** Whether that is another server than it was found on. */
  readonly isAnother: boolean
}

async function lookAgain(finding: Finding, place: Place, io: Io): Promise<Look> {
  const subject = await openSubject(place.choice, io)
  try {
    const { target, close } = await openTarget(heldTo(finding, subject.settings))
    try {
      const outcome = await outcomeOf(finding, place, target, io)
      return outcome === undefined
        ? { answer: 'cannot tell', because: `this version has no unit ${finding.unit}` }
        : answerFor(finding, outcome)
    } finally {
      await close()
    }
  } catch (error) {
    // A server that is not there is not mended; a mistake of the caller is no answer.
    if (!(error instanceof HarnessError) || exitCodeOf(error.code) !== exitCode.couldNotJudge) throw error
    return { answer: 'cannot tell', because: `${error.message}; ${error.hint}` }
  } finally {
    await subject.close()
  }
}

/** Whoever asks after a finding holds the server to what it is about. */
function heldTo({ requirement: id }: Finding, settings: TargetSettings): TargetSettings {
  const claim = claimOf({ document: id.replace(/\/.*$/s, '') })
  const freeing = freeingClaim({ id })
  const others = (settings.claims ?? []).filter((one) => one !== freeing)
  return { ...settings, claims: claim === undefined ? others : [...others, claim] }
}

async function outcomeOf(finding: Finding, { report, isAnother }: Place, target: Target, io: Io) {
  const isIt = ({ id }: Unit) => id === finding.unit
  const invariant = invariantUnits.find(isIt)
  if (invariant !== undefined) {
    assertTargetAuthorized(target, 'load')
    const outcomes: Outcome[] = []
    const signal = new AbortController().signal
    const keep = (event: Parameters<Parameters<typeof performLoad>[2]['emit']>[0]) => {
      if (event.type === 'unit-finished') outcomes.push(event.outcome)
    }
    await performLoad(target, loadOrder({ ...shortLoad, scenarios: [invariant.story] }, {}), { emit: keep, signal, io })
    return outcomes.find(({ unit }) => isIt(unit))
  }
  const unit = [...checks, ...properties].find(isIt)
  if (unit === undefined) return undefined
  if (unit.kind === 'property') assertTargetAuthorized(target, 'fuzz')
  const { seed, path, input } = finding.counterexample ?? { seed: report.seed }
  // What an edit makes of a secret hangs on the secret, which is another each time.
  const effort = {
    seed,
    runs: 1,
    tries: 3,
    ...(path !== undefined && { path }),
    printed: isAnother ? undefined : input,
  }
  const [outcome] = await run([unit], target, effort, () => {})
  return outcome
}

/** Another breach of the same requirement is the same trouble; a breach of another one hides whether this one is mended. */
export function answerFor({ fingerprint, requirement }: Finding, { verdict }: Outcome): Look {
  switch (verdict.state) {
    case 'pass':
      return { answer: 'fixed' }
    case 'fail': {
      const seen =
        verdict.findings.find((one) => one.fingerprint === fingerprint) ??
        verdict.findings.find((one) => one.requirement === requirement)
      return seen === undefined
        ? { answer: 'cannot tell', because: `the unit now fails on ${verdict.findings[0].requirement}` }
        : { answer: 'still broken', seen }
    }
    case 'inapplicable':
    case 'untestable':
      return { answer: 'cannot tell', because: verdict.because }
    case 'broken':
      return { answer: 'cannot tell', because: `the unit is broken, which is our fault: ${verdict.error.message}` }
  }
}
