import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findingsOf } from '../../harness/reports/standing.ts'
import { table } from '../../tools/docs/markdown.ts'
import { optionsOf } from '../../tools/options.ts'
import type { HostileCase, Place } from './case.ts'
import { cases } from './cases.ts'
import { runCommand, sourceProgram, type Workplace, workplaceFor } from './command.ts'
import { openedReports, type ReportReader } from './opened-report.ts'
import { startHostile } from './server.ts'
import { harmDone, reportIn } from './survival.ts'

/** Tries commands against every case: `npm run test:hostile -- --only bomb --at tokens --command check,fuzz,load`. */
const values = optionsOf({
  only: { type: 'string', default: '' },
  at: { type: 'string', default: '' },
  command: { type: 'string', default: '' },
  /** Runs the commands of the checkout, which take twice the memory. */
  source: { type: 'boolean', default: false },
})

/** No command takes longer than this against a server that hurts, in seconds. */
const secondsAtMost = 900

const project = fileURLToPath(new URL('../..', import.meta.url))

/** What comes upon a place at all, where that is little: the rest need not be tried there. */
const registering = { check: ['oauth2/registration', 'oauth2/client-metadata'], fuzz: ['fuzz/registration'] }
const signingOn = { check: ['saml'], fuzz: ['fuzz/saml-request', 'fuzz/saml-query', 'fuzz/redirect-surfaces'] }
const unitsAt: Partial<Readonly<Record<Place, typeof signingOn>>> = {
  registration: registering,
  'saml metadata': signingOn,
  'saml sign-on': signingOn,
}

/** `run` is `check`, `fuzz` and `load` in one process. */
const commandsAt = (place: Place): readonly string[] => {
  if (values.command !== '') return values.command.split(',')
  return [...(unitsAt[place] === undefined ? ['run'] : ['check', 'fuzz']), 'init', 'replay']
}

const only = (patterns: readonly string[] = []) => patterns.flatMap((one) => ['--only', one])

interface Scene {
  readonly workplace: Workplace
  readonly origin: string
  readonly place: Place
}

const commands: Readonly<Record<string, (scene: Scene) => readonly string[] | undefined>> = {
  check: ({ place }) => ['check', 'target.yaml', ...only(unitsAt[place]?.check)],
  fuzz: ({ place }) => ['fuzz', 'target.yaml', '--runs', '2', ...only(unitsAt[place]?.fuzz)],
  run: () => ['run', 'target.yaml', '--runs', '1'],
  load: () => ['load', 'target.yaml', '--seconds', '2', '--rate', '5'],
  init: ({ origin }) => ['init', origin, '--file', 'made.yaml', '--force'],
  replay: ({ workplace }) => {
    const [finding] = (reportIn(workplace)?.outcomes ?? []).flatMap(findingsOf)
    return finding === undefined ? undefined : ['replay', finding.fingerprint]
  },
}

const isWanted = (text: string, wanted: string) => wanted === '' || wanted.split(',').some((one) => text.includes(one))

/** The package as it would be published: what users run. */
function compiled(): { readonly program: string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), 'assay-package-'))
  const built = join(root, 'node_modules', 'assay')
  const script = join(project, 'tools', 'build.ts')
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', script, '--out', built], {
    cwd: project,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('the package cannot be built; try --source')
  const manifest = JSON.parse(readFileSync(join(built, 'package.json'), 'utf8')) as { readonly dependencies: object }
  for (const name of Object.keys(manifest.dependencies)) {
    const place = join(root, 'node_modules', name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(join(project, 'node_modules', name), place, 'junction')
  }
  return { program: join(built, 'cli', 'assay.js'), remove: () => rmSync(root, { recursive: true, force: true }) }
}

type Row = readonly [
  name: string,
  place: Place,
  command: string,
  outcome: string,
  seconds: string,
  peak: number | string,
]

async function tryCase(
  hostile: HostileCase,
  place: Place,
  program: string,
  reports: ReportReader,
): Promise<readonly Row[]> {
  await using server = await startHostile(hostile, [place])
  using workplace = workplaceFor(server.origin, hostile)
  const rows: Row[] = []
  for (const [name, argsFor] of Object.entries(commands).filter(([one]) => commandsAt(place).includes(one))) {
    const args = argsFor({ workplace, origin: server.origin, place })
    if (args === undefined) continue
    const ended = await runCommand(workplace, args, { seconds: secondsAtMost, program })
    const unhurt = rows.length === 0 && server.hurt() === 0 ? ['nothing was hurt'] : []
    const harm = [...unhurt, ...harmDone(ended, workplace, server), ...(await reports.harmOf(workplace))]
    const outcome = harm.length === 0 ? 'survived' : harm.join('; ')
    const row: Row = [hostile.name, place, name, outcome, ended.seconds.toFixed(1), Math.round(ended.peak ?? 0)]
    console.log(row.join(' | '))
    rows.push(row)
  }
  return rows
}

/** What there is to try, each item by whoever is free. */
async function tryAll(program: string, reports: ReportReader): Promise<readonly Row[]> {
  const rows: Row[] = []
  const queue = cases
    .filter(({ name }) => isWanted(name, values.only))
    .flatMap((hostile) => hostile.at.filter((one) => isWanted(one, values.at)).map((place) => ({ hostile, place })))
    .values()
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      for (const { hostile, place } of queue) rows.push(...(await tryCase(hostile, place, program, reports)))
    }),
  )
  return rows.toSorted(([one, at], [other, where]) => one.localeCompare(other) || at.localeCompare(where))
}

const { program, remove } = values.source ? { program: sourceProgram, remove: () => {} } : compiled()
const reports = await openedReports()
try {
  const rows = await tryAll(program, reports)
  const harmed = rows.filter(([, , , outcome]) => outcome !== 'survived').length
  console.log(`\n${table(['case', 'at', 'command', '', 'seconds', 'peak MiB'], rows)}\n`)
  console.log(`${rows.length - harmed} of ${rows.length} commands survived`)
  process.exitCode = harmed === 0 ? 0 : 1
} finally {
  await reports.close()
  remove()
}
