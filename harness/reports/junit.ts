import junit, { type Builder, type TestCase } from 'junit-report-builder'
import type { Finding } from '../../core/finding.ts'
import { printable } from '../printable.ts'
import type { Outcome } from '../runner/events.ts'
import { counted } from './figures.ts'
import { groupBy } from './group-by.ts'
import { problemText, type Report, targetName } from './report.ts'
import { clauseOf, placeOf, replayCommand, type ReportedRequirement, severityText } from './requirement-text.ts'
import { brokenRequirements } from './standing.ts'

/** Its types tell of an ES module with a default export; what Node loads is the export itself. */
const builder = junit as unknown as Builder

/** Longer texts are cut, in characters. */
const longest = 2000

/** A report as JUnit XML: a test case for each unit, in suites by the folder of its id. */
export function renderJunit(report: Report): string {
  const requirements = new Map(brokenRequirements(report).map(({ requirement }) => [requirement.id, requirement]))
  const root = builder.newBuilder().name(`Assay: ${xmlText(targetName(report.target))}`)
  for (const [folder, outcomes] of groupBy(report.outcomes, ({ unit }) => folderOf(unit.id))) {
    const milliseconds = outcomes.reduce((sum, outcome) => sum + outcome.milliseconds, 0)
    const suite = root
      .testSuite()
      .name(xmlText(folder))
      .time(seconds(milliseconds))
      .timestamp(report.startedAt.slice(0, 19))
    for (const outcome of outcomes) fill(suite.testCase(), outcome, requirements)
  }
  if (report.problem !== undefined) {
    root
      .testSuite()
      .name('assay')
      .testCase()
      .name('the run')
      .className('assay')
      .error(xmlText(problemText(report.problem)), report.problem.code)
  }
  return root.build()
}

function fill(
  testCase: TestCase,
  { unit, verdict, milliseconds }: Outcome,
  requirements: ReadonlyMap<string, ReportedRequirement>,
) {
  testCase
    .name(xmlText(nameOf(unit.id)))
    .className(xmlText(folderOf(unit.id).replaceAll('/', '.')))
    .time(seconds(milliseconds))
  switch (verdict.state) {
    case 'pass':
      break
    case 'fail': {
      const [first, ...others] = verdict.findings
      const more = others.length === 0 ? '' : `, and ${counted(others.length, 'more finding')}`
      const texts = verdict.findings.map((finding) => describe(finding, requirements.get(finding.requirement)))
      testCase
        .failure(`expected ${xmlText(first.expected)}, got ${xmlText(first.actual)}${more}`, first.violation)
        .stacktrace(texts.join('\n\n'))
      break
    }
    case 'inapplicable':
      testCase.skipped().standardOutput(xmlText(verdict.because))
      break
    case 'untestable':
      testCase.error(xmlText(verdict.because), 'untestable')
      break
    case 'broken':
      testCase.error(xmlText(verdict.error.message), 'broken', xmlLines(verdict.error.stack ?? verdict.error.message))
  }
}

function describe(finding: Finding, requirement: ReportedRequirement | undefined): string {
  const { expected, actual, severity, counterexample } = finding
  return [
    ...(requirement === undefined ? [] : [`${placeOf(requirement)} ${requirement.level}: ${clauseOf(requirement)}`]),
    `expected: ${expected}`,
    `actual:   ${actual}`,
    `severity: ${severityText(severity)}`,
    ...(counterexample === undefined
      ? []
      : [`input:    ${counterexample.input}`, `seed ${counterexample.seed}, path ${counterexample.path}`]),
    `again:    ${replayCommand(finding)}`,
  ]
    .map(xmlText)
    .join('\n')
}

const folderOf = (id: string) => id.slice(0, Math.max(0, id.lastIndexOf('/'))) || 'units'

const nameOf = (id: string) => id.slice(id.lastIndexOf('/') + 1)

const seconds = (milliseconds: number) => Math.round(milliseconds) / 1000

const xmlLines = (text: string) => text.split('\n').map(xmlText).join('\n')

/** One line that XML 1.0 can hold, in a CDATA section too: the builder splits only the first `]]>` of a text. */
const xmlText = (text: string) =>
  printable(text, longest)
    .replaceAll(/[\uFFFE\uFFFF]/g, '\uFFFD')
    .replaceAll(']]>', ']]&gt;')
