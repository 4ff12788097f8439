import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Story } from '../../core/story.ts'
import type { State } from '../../core/verdict.ts'
import { type Io, withSubcommands } from '../../cli/command.ts'
import { commands } from '../../cli/commands.ts'
import { documents } from '../../cli/documents.ts'
import { exitCode } from '../../cli/exit-codes.ts'
import { invariantUnits } from '../../cli/invariants.ts'
import { execute } from '../../cli/program.ts'
import { coverageOf } from '../../cli/requirements.ts'
import { allUnits, checks, properties } from '../../cli/units.ts'
import { workloads } from '../../harness/load/workloads.ts'
import { type ReportName, reportWriters } from '../../harness/reports/table.ts'
import { draftTargetFile } from '../../harness/target/init.ts'
import { targetFileJsonSchema } from '../../harness/target/schema.ts'
import type { ServerMetadata } from '../../harness/target/target.ts'
import { exampleAccounts } from '../../reference-server/example.ts'
import { dialects } from '../../reference-server/dialects/catalogue.ts'
import { catalogue } from '../../reference-server/mutants/catalogue.ts'
import { rulebook } from '../../reference-server/rulebook.ts'
import { createServer } from '../../reference-server/server.ts'
import { stories } from '../../scenarios/stories.ts'
import { caughtFault } from './caught-fault.ts'
import { excerpt } from './excerpt.ts'
import { knownBugTable } from './known-bug-table.ts'
import { block, table } from './markdown.ts'
import { modelParts } from './model.ts'
import { schemaTable } from './schema-table.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The part that takes a whole run of the checks to make. */
export const slowPart = 'a-fault-caught'

const generators: Readonly<Record<string, () => string | Promise<string>>> = {
  [slowPart]: caughtFault,
  'what-is-tested': whatIsTested,
  scenarios: scenarioTable,
  workloads: workloadTable,
  invariants: invariantTable,
  'exit-codes': exitCodeTable,
  reports: reportTable,
  verdicts: verdictTable,
  'target-file': () => schemaTable(targetFileJsonSchema()),
  'a-target-file': exampleTargetFile,
  commands: commandHelp,
  'known-bugs': knownBugTable,
  ...modelParts,
}

/**
 * Makes the part of that name; `source <file> <start of a line>` is an excerpt of a file, or several of it with ` + `
 * between their starts. Throws where there is none.
 */
export async function generatePart(name: string): Promise<string> {
  const [, file, starts] = /^source (\S+) (.+)$/.exec(name) ?? []
  if (file !== undefined && starts !== undefined) {
    const source = readFileSync(join(root, file), 'utf8')
    const excerpts = starts.split(' + ').map((start) => excerpt(source, start))
    return block('ts', [`// ${file}`, excerpts.join('\n\n')].join('\n'))
  }
  const generate = generators[name]
  if (generate === undefined) throw new TypeError(`nothing generates the part ${name}`)
  return await generate()
}

function workloadTable(): string {
  return table(
    ['workload', 'what the rate does', 'rate, unless said', 'seconds, unless said'],
    Object.entries(workloads).map(([name, { title, usual }]) => [`\`${name}\``, title, usual.rate, usual.seconds]),
  )
}

function whatIsTested(): string {
  const coverage = coverageOf(documents, allUnits)
  const urls = new Map(documents.map(({ id, url }) => [id, url]))
  const sum = (of: 'rows' | 'proven' | 'unobservable' | 'gaps') => coverage.reduce((total, one) => total + one[of], 0)
  const rules = new Set([...catalogue.values()].map(({ rule }) => rule))
  return [
    table(
      ['document', '', 'rows', 'proven', 'unobservable', 'gaps'],
      [
        ...coverage.map(({ id, title, rows, proven, unobservable, gaps }) => [
          `[\`${id}\`](${urls.get(id)})`,
          title,
          rows,
          proven,
          unobservable,
          gaps,
        ]),
        ['all', '', sum('rows'), sum('proven'), sum('unobservable'), sum('gaps')],
      ],
    ),
    '',
    table(
      ['proven by', '', 'held to it by', ''],
      [
        ['checks', String(checks.length), 'mutants', `${catalogue.size}, of ${rules.size} of ${rulebook.size} rules`],
        ['properties', String(properties.length), 'dialects', String(dialects.length)],
        [
          'invariants',
          `${invariantUnits.length}, in ${Object.keys(stories).length} load scenarios`,
          'the server without a fault',
          '1',
        ],
      ],
    ),
  ].join('\n')
}

function scenarioTable(): string {
  return table(
    ['scenario', 'what happens', 'promise', 'invariants'],
    Object.entries<Story>(stories).map(([name, { title, promise, invariants }]) => [
      `\`${name}\``,
      title,
      `p95 ≤ ${promise.p95} ms, p99 ≤ ${promise.p99} ms`,
      Object.keys(invariants).length,
    ]),
  )
}

function invariantTable(): string {
  return table(
    ['scenario', 'what must hold', 'proves', 'is not seen where'],
    Object.entries<Story>(stories).flatMap(([name, { invariants }]) =>
      Object.entries(invariants).map(([invariant, { proves, unseenWhere }]) => [
        `\`${name}\``,
        invariant,
        proves.map(({ id }) => `\`${id}\``).join(', '),
        unseenWhere ?? '',
      ]),
    ),
  )
}

const exitCodeMeanings: Readonly<Record<keyof typeof exitCode, string>> = {
  nothingFound: 'nothing was found, and everything that applies could be judged',
  findings: 'the server breaks a requirement; or a latency promise, where `assay load` was asked',
  couldNotJudge:
    'nothing was found, but not all could be judged: the server did not answer, a unit was untestable, the run was interrupted',
  badUsage: 'the command or the target file is wrong; nothing was tested',
}

function exitCodeTable(): string {
  return table(
    ['exit code', 'means'],
    Object.entries(exitCodeMeanings).map(([name, meaning]) => [
      `\`${exitCode[name as keyof typeof exitCode]}\``,
      meaning,
    ]),
  )
}

const reportPurposes: Readonly<Record<ReportName, string>> = {
  json: 'all that the run found; the other files render it. Its schema is `harness/reports/report.schema.json`',
  html: 'one file to read in a browser, offline: filters by verdict and document, shows the exchanges of each finding',
  junit: 'a test case for each unit, for what shows JUnit results',
  sarif: 'a result for each finding, for code scanning',
}

function reportTable(): string {
  return table(
    ['`--report`', 'file', 'for'],
    Object.entries(reportPurposes).map(([name, purpose]) => [
      `\`${name}\``,
      `\`.assay/${reportWriters[name as ReportName].file}\``,
      purpose,
    ]),
  )
}

const verdictMeanings: Readonly<Record<State, string>> = {
  pass: 'the unit looked, and the server did what it owes',
  fail: 'the server broke a requirement; there is a finding for each',
  inapplicable: 'the server does not claim, and need not have, what the unit is about',
  untestable: 'the unit could not get far enough to judge: it is no pass, and the report says what is missing',
  broken: 'the unit itself failed: a fault of Assay, never blamed on the server',
}

function verdictTable(): string {
  return table(
    ['verdict', 'means'],
    Object.entries(verdictMeanings).map(([state, meaning]) => [`\`${state}\``, meaning]),
  )
}

/** What `assay init` writes for the reference server, had it the address of an example and did it ask for a token. */
async function exampleTargetFile(): Promise<string> {
  const issuer = 'https://issuer.example'
  const { config } = exampleAccounts()
  const server = await createServer({ origin: issuer, config })
  const metadataUrl = `${issuer}/.well-known/openid-configuration`
  const metadata = (await (await server.fetch(new Request(metadataUrl))).json()) as ServerMetadata
  const draft = draftTargetFile(issuer, { metadata, metadataUrl, oauthMetadata: true }, { registersFreely: false })
  return block('yaml', draft)
}

async function commandHelp(): Promise<string> {
  const sections = await Promise.all(
    withSubcommands(commands).map(
      async ({ words }) => `## assay ${words.join(' ')}\n\n${block('text', await helpOf(words))}`,
    ),
  )
  return [block('text', await helpOf([])), ...sections].join('\n\n')
}

/** The help as it is printed where the screen has 80 columns. */
async function helpOf(names: readonly string[]): Promise<string> {
  const printed: string[] = []
  const screen = { columns: 80, write: (text: string) => printed.push(text) }
  const io: Io = { out: screen, error: screen, environment: {} }
  await execute([...names, '--help'], io)
  return printed.join('')
}
