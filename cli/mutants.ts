import { availableParallelism } from 'node:os'
import { HarnessError } from '../harness/error.ts'
import { findEngine } from '../harness/load/engine.ts'
import { printable } from '../harness/printable.ts'
import type { Screen } from '../harness/reports/terminal.ts'
import { nearest } from '../harness/target/nearest.ts'
import { dialects } from '../reference-server/dialects/catalogue.ts'
import type { Mutant } from '../reference-server/mutant.ts'
import { catalogue } from '../reference-server/mutants/catalogue.ts'
import { knownFrom, readOwnCorpus } from './corpus.ts'
import { command, flag, type Io, list, type Share, share, whole, wholeOr } from './command.ts'
import { exitCode } from './exit-codes.ts'
import { invariantRunner, invariantUnits } from './invariants.ts'
import { type MatrixResult, mergeResults, runMatrix } from './matrix.ts'
import { runInShards } from './matrix-shards.ts'
import { pageFor } from './page.ts'
import { checks, properties } from './units.ts'

export const mutants = command({
  name: 'mutants',
  summary: 'show that every fault is caught, and that nothing else is called one',
  description:
    'Each mutant, the reference server with one faulty rule, is tested with the units that prove what it breaks. Each dialect, the server with one lawful deviation, is tested with everything. Ends with exit code 1 on a mutant that survives, a dialect that is not silent, or a unit that kills nothing.',
  options: {
    list: flag('--list', 'list the mutants, and run none'),
    dialects: flag('--dialects', 'list the dialects, and run none'),
    only: list('--only <rules>', 'only the mutants of these rules, or with these ids'),
    seed: wholeOr('--seed <number>', 'repeat the run that had this seed', { atLeast: 0, atMost: 2 ** 31 - 1 }, 1),
    runs: wholeOr('--runs <number>', 'let a property try so many inputs', { atLeast: 1, atMost: 1e6 }, 200),
    processes: whole('--processes <number>', 'divide the work among so many processes (default: one per core)', {
      atLeast: 1,
      atMost: 64,
    }),
    shard: share('--shard <part/parts>', 'run only this part: 1/2, 2/2'),
    json: flag('--json', 'print JSON, and nothing else'),
  },
  examples: [
    { command: 'assay mutants', does: 'runs the whole matrix' },
    { command: 'assay mutants --list', does: 'lists every mutant and how its fault would come about' },
    { command: 'assay mutants --only code-is-single-use', does: 'tries the mutants of one rule' },
  ],
  async run({ options, io }) {
    const { only, json } = options
    const chosen = chosenMutants(only)
    if (options.list || options.dialects) {
      io.out.write(options.dialects ? dialectList(io, json) : mutantList(chosen, io, json))
      return exitCode.nothingFound
    }
    const result = await matrixOf(chosen, options, io)
    if (!json) eraseProgress(io.error)
    // A part of the mutants cannot give every unit its kill.
    const isWhole = only.length === 0 && options.shard === undefined
    const judged = isWhole ? result : { ...result, units: { ...result.units, withoutKill: [] } }
    io.out.write(json ? asJson(judged) : summaryOf(judged))
    const faults = [judged.mutants.survived, judged.dialects.noisy, judged.dialects.unheard, judged.units.withoutKill]
    return faults.some((one) => one.length > 0) ? exitCode.findings : exitCode.nothingFound
  },
})

interface MatrixOptions {
  readonly only: readonly string[]
  readonly seed: number
  readonly runs: number
  readonly processes: number | undefined
  readonly shard: Share | undefined
  readonly json: boolean
}

async function matrixOf(chosen: readonly Mutant[], options: MatrixOptions, io: Io): Promise<MatrixResult> {
  const { only, seed, runs, json, shard } = options
  const processes = options.processes ?? (shard === undefined ? availableParallelism() : 1)
  const engine = await findEngine({ environment: io.environment })
  if (engine.state === 'missing') {
    throw new HarnessError('LOAD_ENGINE_MISSING', `the invariants cannot be tried: ${engine.because}`, {
      hint: 'run `npm run setup`',
    })
  }
  const units = [...checks, ...properties]
  if (processes > 1 && chosen.length > processes) {
    const said = ['--json', '--seed', String(seed), '--runs', String(runs), ...only.flatMap((one) => ['--only', one])]
    const results = await runInShards(processes, said, progressOn(json ? undefined : io.error))
    return mergeResults(results, { units, invariants: invariantUnits })
  }
  return await runMatrix({
    units,
    invariants: invariantUnits,
    runInvariants: invariantRunner(engine),
    mutants: chosen,
    dialects: only.length === 0 ? dialects : [],
    seed,
    known: knownFrom(readOwnCorpus()),
    runs,
    ...(shard === undefined
      ? { onProgress: progressOn(json ? undefined : io.error) }
      : { shard, onProgress: (line) => void io.error.write(`${line}\n`) }),
  })
}

function chosenMutants(patterns: readonly string[]) {
  const all = [...catalogue.values()]
  const matches = (pattern: string) => all.filter(({ id, rule }) => id === pattern || rule === pattern)
  for (const pattern of patterns) {
    if (matches(pattern).length > 0) continue
    const meant = nearest(pattern, [...new Set(all.flatMap(({ id, rule }) => [rule, id]))])
    throw new HarnessError('USAGE', `there is no mutant and no rule ${printable(pattern)}`, {
      hint: meant === undefined ? '`assay mutants --list` names them' : `did you mean ${meant}?`,
    })
  }
  return patterns.length === 0 ? all : [...new Set(patterns.flatMap(matches))]
}

const mutantList = (chosen: readonly Mutant[], io: Io, json: boolean): string =>
  json
    ? asJson(chosen.map(({ id, rule, fault, breaks }) => ({ id, rule, fault, breaks: breaks.map((one) => one.id) })))
    : listed(
        chosen.map(({ id, fault }) => [id, fault]),
        io,
      )

const dialectList = (io: Io, json: boolean): string =>
  json
    ? asJson(dialects.map(({ id, lawful }) => ({ id, lawful })))
    : listed(
        dialects.map(({ id, lawful }) => [id, lawful]),
        io,
      )

const asJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

function listed(entries: readonly (readonly [id: string, said: string])[], io: Io): string {
  const page = pageFor(io)
  for (const [id, said] of entries) {
    page.text(id)
    page.text(said, 4, 'dim')
  }
  return page.toString()
}

const eraseLine = '\r\u001B[2K'

/** One line that is drawn again, on a terminal; nothing elsewhere. */
function progressOn(screen: Screen | undefined): (line: string) => void {
  if (screen?.isTTY !== true) return () => {}
  return (line) => void screen.write(`${eraseLine}${line.slice(0, (screen.columns ?? 80) - 1)}`)
}

function eraseProgress(screen: Screen) {
  if (screen.isTTY === true) screen.write(eraseLine)
}

function summaryOf({ mutants: killed, dialects: heard, units, seconds }: MatrixResult): string {
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? '' : `\n${title}:\n${lines.map((line) => `  ${line}\n`).join('')}`
  return [
    `${killed.killed} of ${killed.total} mutants killed, ${heard.total} dialects, ${units.total} units, in ${seconds} s\n`,
    section('Survived, so a fault like it would be missed', killed.survived),
    section('Heard where nothing is wrong, so it is a false alarm', heard.noisy),
    section('Forbidden by a document, and found by nothing', heard.unheard),
    section('Without a kill, so nothing shows that it can fail', units.withoutKill),
  ].join('')
}
