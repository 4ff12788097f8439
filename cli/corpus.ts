import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Unit } from '../core/unit.ts'
import { HarnessError } from '../harness/error.ts'
import { printable } from '../harness/printable.ts'
import { findingsOf } from '../harness/reports/standing.ts'
import type { Report } from '../harness/reports/report.ts'
import type { KnownInput } from '../harness/runner/try-inputs.ts'

const entry = z.object({
  /** The id of the property whose input it is. */
  unit: z.string(),
  /** The requirement that was broken. */
  requirement: z.string(),
  /** Which server broke it: a mutant, or an issuer. */
  of: z.string(),
  /** As the input was printed: who changes a generator sees what is lost. */
  input: z.string(),
  seed: z.int(),
  path: z.string(),
})

/** An input that once showed a fault. */
export type CorpusEntry = z.infer<typeof entry>

const entries = z.array(entry)

/** Where the inputs lie that Assay itself has found: on its mutants, and on the servers of others. */
export const ownCorpus = new URL('../fuzz/corpus/inputs.json', import.meta.url)

/** What Assay itself has found. */
export const readOwnCorpus = (): readonly CorpusEntry[] => entries.parse(JSON.parse(readFileSync(ownCorpus, 'utf8')))

/** The inputs that a file holds; none where there is no such file yet. Throws a HarnessError where it holds something else. */
export async function readCorpus(path: string): Promise<readonly CorpusEntry[]> {
  let content: string
  try {
    content = await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw noCorpus(path, cause)
  }
  try {
    return entries.parse(JSON.parse(content))
  } catch (cause) {
    throw noCorpus(path, cause)
  }
}

const noCorpus = (path: string, cause: unknown) =>
  new HarnessError('USAGE', `${printable(path)} holds no corpus`, {
    hint: 'name a file that --corpus has written, or one that is not there yet',
    cause,
  })

/** Adds what a run has found to what a file holds; what it holds stays. */
export async function keepFound(path: string, report: Report): Promise<void> {
  const before = await readCorpus(path)
  const found = report.outcomes.flatMap(findingsOf).flatMap(({ unit, requirement, counterexample }): CorpusEntry[] => {
    if (counterexample === undefined) return []
    return [{ unit, requirement, of: report.target.issuer, ...counterexample }]
  })
  const all = distinct([...before, ...found])
  if (all.length > before.length) await writeFile(path, asText(all))
}

/** Entries as they are written, a line each: a new one is one line of a difference. */
export const asText = (all: readonly CorpusEntry[]): string =>
  `[\n${all.map((one) => `  ${JSON.stringify(one)}`).join(',\n')}\n]\n`

const distinct = (all: readonly CorpusEntry[]): readonly CorpusEntry[] =>
  [
    ...new Map(all.toReversed().map((one) => [`${one.unit} ${one.requirement} ${one.seed} ${one.path}`, one])).values(),
  ].toReversed()

/** What a property is to try first. */
export const knownFrom =
  (corpus: readonly CorpusEntry[]) =>
  ({ id }: Unit): readonly KnownInput[] => [
    ...new Map(
      corpus.filter(({ unit }) => unit === id).map(({ seed, path }) => [`${seed} ${path}`, { seed, path }]),
    ).values(),
  ]
