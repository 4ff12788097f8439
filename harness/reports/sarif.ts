import type { Invocation, Log, Notification, ReportingDescriptor, Result, WebRequest, WebResponse } from 'sarif'
import type { Level } from '../../core/spec/document.ts'
import type { Exchange } from '../../core/exchange.ts'
import type { Finding } from '../../core/finding.ts'
import { printable, printableJson } from '../printable.ts'
import { problemText, type Report, targetName } from './report.ts'
import { addressOf, clauseOf, placeOf, replayCommand, type ReportedRequirement } from './requirement-text.ts'
import { brokenRequirements } from './standing.ts'

/** The schema that the log follows, as OASIS publishes it. */
const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'

/** Longer texts are cut, in characters. */
const longestMessage = 2000
const longestBody = 20_000

/** A report as a SARIF 2.1.0 log: its rules are requirements, its results findings. */
export function renderSarif(report: Report): string {
  const broken = brokenRequirements(report)
  const known = new Set(report.requirements.map(({ id }) => id))
  const rules = [
    ...report.requirements,
    ...broken.map(({ requirement }) => requirement).filter(({ id }) => !known.has(id)),
  ]
  const indexes = new Map(rules.map(({ id }, at) => [id, at]))
  const log: Log = {
    $schema: schema,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Assay', version: report.tool.version, rules: rules.map(ruleOf) } },
        invocations: [invocationOf(report)],
        columnKind: 'utf16CodeUnits',
        properties: { target: targetName(report.target), seed: report.seed, interrupted: report.interrupted },
        results: broken.flatMap(({ requirement, findings }) =>
          findings.map((finding) => resultOf(finding, requirement, indexes.get(requirement.id) ?? -1)),
        ),
      },
    ],
  }
  return `${printableJson(log, 2)}\n`
}

function ruleOf(requirement: ReportedRequirement): ReportingDescriptor {
  const { id, document, section, level } = requirement
  const address = addressOf(requirement)
  return {
    id,
    name: id,
    shortDescription: { text: clauseOf(requirement) },
    fullDescription: { text: `${placeOf(requirement)}, ${level}: ${clauseOf(requirement)}` },
    defaultConfiguration: { level: severityOf(level) },
    ...(address !== undefined && { helpUri: address }),
    properties: { document, section, level },
  }
}

function resultOf(finding: Finding, requirement: ReportedRequirement, ruleIndex: number): Result {
  const { fingerprint, unit, violation, severity, expected, actual, evidence, counterexample } = finding
  const last = evidence.at(-1)
  return {
    ruleId: requirement.id,
    ruleIndex,
    kind: 'fail',
    level: severityOf(requirement.level),
    message: { text: messageText(`Expected ${expected}, got ${actual}. See it again: ${replayCommand(finding)}`) },
    locations: [
      { logicalLocations: [{ name: unit.slice(unit.lastIndexOf('/') + 1), fullyQualifiedName: unit, kind: 'unit' }] },
    ],
    partialFingerprints: { 'assayFinding/v1': fingerprint },
    ...(last !== undefined && { webRequest: webRequestOf(last), webResponse: webResponseOf(last) }),
    properties: { violation, severity, expected, actual, ...(counterexample !== undefined && { counterexample }) },
  }
}

/** The exchange on which a unit ended is the one that shows the breach; the others are in the JSON report. */
const webRequestOf = ({ request: { method, url, headers, body } }: Exchange): WebRequest => ({
  method,
  target: url,
  headers: headersOf(headers),
  ...(body !== undefined && { body: bodyText(body) }),
})

const webResponseOf = ({ response, failure }: Exchange): WebResponse =>
  response === undefined
    ? { noResponseReceived: true, reasonPhrase: failure ?? 'no answer' }
    : { statusCode: response.status, headers: headersOf(response.headers), body: bodyText(response.body) }

/** SARIF has one value for each name: repeated headers are joined by a line break. */
function headersOf(headers: Exchange['request']['headers']): Readonly<Record<string, string>> {
  const joined = new Map<string, string>()
  for (const [name, value] of headers) {
    const before = joined.get(name)
    joined.set(name, before === undefined ? value : `${before}\n${value}`)
  }
  return Object.fromEntries(joined)
}

/** The run itself: what could not be judged is told as a notification, for it is no result. */
function invocationOf({ startedAt, milliseconds, interrupted, problem, outcomes }: Report): Invocation {
  const ofTheRun: readonly Notification[] =
    problem === undefined ? [] : [{ level: 'error', message: { text: messageText(problemText(problem)) } }]
  const ofUnits = outcomes.flatMap(({ unit, verdict }): readonly Notification[] => {
    if (verdict.state === 'untestable')
      return [notificationOf(unit.id, 'warning', `${unit.id} is untestable: ${verdict.because}`)]
    return verdict.state === 'broken'
      ? [notificationOf(unit.id, 'error', `${unit.id} is broken: ${verdict.error.message}`)]
      : []
  })
  return {
    executionSuccessful: !interrupted && outcomes.every(({ verdict }) => verdict.state !== 'broken'),
    startTimeUtc: startedAt,
    endTimeUtc: new Date(Date.parse(startedAt) + milliseconds).toISOString(),
    toolExecutionNotifications: [...ofTheRun, ...ofUnits],
  }
}

const notificationOf = (unit: string, level: 'warning' | 'error', text: string): Notification => ({
  level,
  message: { text: messageText(text) },
  locations: [{ logicalLocations: [{ fullyQualifiedName: unit, kind: 'unit' }] }],
})

/** Text of the target in a message is text: no placeholder (SARIF §3.11.5), no link (§3.11.6), nothing invisible. */
const messageText = (text: string) =>
  printable(text, longestMessage).replaceAll(/[[\]]/g, '\\$&').replaceAll(/[{}]/g, '$&$&')

const bodyText = (body: string) => ({ text: body.length > longestBody ? `${body.slice(0, longestBody)}…` : body })

function severityOf(level: Level): 'error' | 'warning' | 'note' {
  if (level === 'MUST' || level === 'MUST NOT') return 'error'
  return level === 'SHOULD' || level === 'SHOULD NOT' ? 'warning' : 'note'
}
