import type { Finding } from '../../../core/finding.ts'
import { columns } from './columns.ts'
import type { LoadResult, ScenarioResult } from '../../load/result.ts'
import { printable } from '../../printable.ts'
import { counted, duration, latency, quantilesOf, rate, wholeNumber } from '../figures.ts'
import { groupBy } from '../group-by.ts'
import type { Report } from '../report.ts'
import { clauseOf, placeOf, replayCommand, severityText } from '../requirement-text.ts'
import { type BrokenRequirement, brokenRequirements, isInconclusive, silentUnits } from '../standing.ts'
import { triedByPlace } from '../tried.ts'
import { Page } from './page.ts'
import type { Paint } from './paint.ts'
import { cutAt } from './wrap.ts'

/** Of units that say the same, so many are named. */
const namedAtMost = 3

const shownQuantiles = new Set(['p50', 'p95', 'p99', 'max'])

export interface SummaryOptions {
  readonly width: number
  readonly paint: Paint
  /** The reports that were written, as paths. */
  readonly written: readonly string[]
}

/** What a person wants to know when a run is over. */
export function summarize(report: Report, { width, paint, written }: SummaryOptions): string {
  const page = new Page(width, paint)
  const broken = brokenRequirements(report)
  opening(page, report)
  if (broken.length > 0) page.heading('Findings', 'what the target gets wrong, and where the specification says so')
  const path = written.find((one) => one.endsWith('.json'))
  broken.forEach((one, at) => breach(page, one, { number: at + 1, path }))
  unjudged(page, report)
  tried(page, report)
  if (report.load !== undefined) load(page, report.load)
  closing(page, report, broken.length, written)
  return page.toString()
}

function opening(page: Page, { target, tool, seed }: Report) {
  const variation = [
    ...(target.mutant === undefined ? [] : [`mutant ${target.mutant}`]),
    ...(target.dialect === undefined ? [] : [`dialect ${target.dialect}`]),
  ]
  page.line()
  page.line(`${page.paint('bold', 'Assay')} ${printable(tool.version)}`)
  page.field('target', [target.issuer, ...variation].join(', '), { indent: 0, gutter: 8 })
  page.field('seed', String(seed), { indent: 0, gutter: 8 })
}

interface Place {
  readonly number: number
  /** Of the report that a finding can be seen again from. */
  readonly path: string | undefined
}

function breach(page: Page, { requirement, findings }: BrokenRequirement, { number, path }: Place) {
  const colour = requirement.level.startsWith('MUST') ? 'red' : 'yellow'
  page.line()
  page.title(`${number}. ${placeOf(requirement)}`, requirement.level, colour)
  page.text(clauseOf(requirement), 3)
  const alike = groupBy(findings, ({ expected, actual, counterexample }) =>
    JSON.stringify([expected, actual, counterexample?.input]),
  )
  for (const [first, ...others] of alike.values()) {
    page.line()
    page.field('expected', first.expected)
    page.field('actual', first.actual, { colour })
    page.field('severity', severityText(first.severity))
    if (first.counterexample !== undefined) page.field('input', first.counterexample.input)
    for (const finding of [first, ...others].slice(0, namedAtMost)) noticed(page, finding, path)
    const more = others.length + 1 - namedAtMost
    if (more > 0) page.text(`and ${counted(more, 'more unit')}: see the reports`, 14, 'dim')
  }
}

function noticed(page: Page, finding: Finding, path: string | undefined) {
  page.field('noticed by', finding.unit)
  page.field('again', replayCommand(finding, path), { colour: 'cyan' })
  if (finding.counterexample !== undefined)
    page.field('', `seed ${finding.counterexample.seed}, path ${finding.counterexample.path}`)
}

/** Units that came to no verdict on the target: red, for none of them is a pass. */
function unjudged(page: Page, report: Report) {
  const silent = silentUnits(report)
  if (silent.length === 0) return
  page.heading('Not judged', 'neither passed nor failed')
  for (const [first, ...others] of groupBy(silent, ({ state, because }) => `${state} ${because}`).values()) {
    page.line()
    const reason =
      first.state === 'broken' ? `broken, which is our fault: ${first.because}` : `untestable: ${first.because}`
    page.text(reason, 3, 'red')
    for (const { id } of [first, ...others].slice(0, namedAtMost)) page.text(id, 5)
    const more = others.length + 1 - namedAtMost
    if (more > 0) page.text(`and ${counted(more, 'more unit')}`, 5, 'dim')
  }
}

/** What nothing else was found among: without it, silence says nothing. */
function tried(page: Page, report: Report) {
  const places = triedByPlace(report)
  if (places.length === 0) return
  page.heading('Tried', 'by generated inputs')
  for (const { place, inputs, requests, answers, kinds } of places) {
    const counts = [
      counted(inputs, 'input'),
      counted(requests, 'request'),
      counted(answers, 'kind of answer', 'kinds of answer'),
    ]
    page.line()
    page.text(place, 3, 'bold')
    page.text(counts.join(', '), 3)
    if (kinds.length > 0) page.text(kinds.map(([kind, count]) => `${kind} ${wholeNumber(count)}`).join(', '), 3, 'dim')
  }
}

function load(page: Page, result: LoadResult) {
  if (result.state === 'not-run') {
    page.heading('Load')
    page.text(`not run: ${result.because}`, 3, 'red')
    return
  }
  page.heading('Load', `${duration(result.seconds * 1000)}, k6 ${result.engine}`)
  for (const scenario of result.scenarios) measured(page, scenario)
  if (result.regions.length > 0) byRegion(page, result.regions)
  page.line()
  const { verified, rejected } = result.samples
  page.field(
    'tokens',
    `${wholeNumber(verified)} verified in full, ${wholeNumber(rejected)} rejected`,
    rejected > 0 ? { colour: 'red' } : {},
  )
  for (const warning of result.warnings) page.field('warning', warning, { colour: 'yellow' })
}

/** No name of a scenario is longer, in columns: what stands beside it is to be seen. */
const longestScenario = 24

/** The same scenarios, from near and from far. */
function byRegion(page: Page, regions: Extract<LoadResult, { state: 'measured' }>['regions']) {
  for (const { region, scenarios } of regions) {
    const rows = scenarios.map((one) => [
      cutAt(one.scenario, longestScenario),
      wholeNumber(one.iterations),
      wholeNumber(one.failures),
      ...['p50', 'p95', 'p99'].map((name) => latency(one.latency[name] ?? Number.NaN)),
    ])
    page.line()
    page.text(`from ${region}`, 3, 'bold')
    for (const line of columns(['scenario', ' done', ' failed', ' p50', ' p95', ' p99'], rows)) page.line(`   ${line}`)
  }
}

function measured(page: Page, scenario: ScenarioResult) {
  page.line()
  page.title(scenario.scenario, `${rate(scenario.requestsPerSecond)} req/s`, 'cyan', 3)
  const counts = `${counted(scenario.requests, 'request')}, ${wholeNumber(scenario.failures)} failed, ${wholeNumber(scenario.droppedIterations)} dropped`
  page.field('requests', counts, scenario.failures > 0 ? { colour: 'red' } : {})
  if (scenario.throttled > 0)
    page.field(
      'throttled',
      `the target asked for patience ${counted(scenario.throttled, 'time')}, and ${counted(scenario.heldBack, 'iteration')} were left out`,
      { colour: 'yellow' },
    )
  const quantiles = quantilesOf(scenario.latency).filter(([name]) => shownQuantiles.has(name))
  if (quantiles.length > 0)
    page.field('latency', quantiles.map(([name, value]) => `${name} ${latency(value)}`).join(', '))
  for (const { metric, bound, actual, kept } of scenario.promises) {
    const words = `${metric} of at most ${latency(bound)} was ${kept ? 'kept' : 'broken'}: ${latency(actual)}`
    page.field('promise', words, { colour: kept ? 'green' : 'red' })
  }
  for (const { name, observed, broken } of scenario.invariants) {
    const colour = broken > 0 ? 'red' : observed > 0 ? 'green' : 'yellow'
    page.field('invariant', `${name}: ${fateOf(observed, broken)}`, { colour })
  }
}

function fateOf(observed: number, broken: number): string {
  if (broken > 0) return `broken ${wholeNumber(broken)} times of ${wholeNumber(observed)}`
  return observed > 0 ? `held ${counted(observed, 'time')}` : 'the load gave no occasion to look at it'
}

function closing(page: Page, report: Report, requirements: number, written: readonly string[]) {
  const { summary, interrupted, milliseconds, outcomes } = report
  page.line()
  if (interrupted) page.text('Interrupted: this is what was done until then.', 0, ['bold', 'red'])
  const size = `${counted(outcomes.length, 'unit')} in ${duration(milliseconds)}`
  if (summary.findings > 0) {
    const words = `${counted(summary.findings, 'finding')} against ${counted(requirements, 'requirement')}`
    page.text(`${words}, ${size}`, 0, ['bold', 'red'])
  } else if (outcomes.length === 0) {
    page.text(`Nothing was judged, in ${duration(milliseconds)}`, 0, ['bold', 'red'])
  } else {
    const isOpen = isInconclusive(report)
    const words = isOpen ? 'Nothing was found, but not all could be judged' : 'Nothing was found'
    page.text(`${words}, ${size}`, 0, ['bold', isOpen ? 'red' : 'green'])
  }
  const counts = [
    ['green', summary.pass, 'passed'],
    ['red', summary.fail, 'failed'],
    ['red', summary.untestable, 'untestable'],
    ['red', summary.broken, 'broken'],
    ['dim', summary.inapplicable, 'inapplicable'],
  ] as const
  const told = counts.filter(([, count, word]) => count > 0 || word === 'passed')
  page.list(told.map(([colour, count, word]) => [colour, `${wholeNumber(count)} ${word}`]))
  written.forEach((path, at) => page.field(at === 0 ? 'reports' : '', path, { indent: 0, gutter: 9 }))
}
