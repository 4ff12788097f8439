import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { summaryMark } from '../../core/load-metrics.ts'
import type { EngineSummary, Share, Story } from '../../core/story.ts'
import { HarnessError } from '../error.ts'
import { type CompanionDocument, documentIn, documentMark, judgedIn } from './companion-document.ts'
import type { LoadResult } from './result.ts'
import { identityOf, nameOf } from './runners.ts'
import { measuredBy, warningsOfUnseen } from './scenario-result.ts'
import { mergeSummaries, summaryIn } from './summary.ts'

/** What runners and their companion said, each in a line of some log. */
export interface Said {
  readonly summaries: readonly EngineSummary[]
  readonly documents: readonly CompanionDocument[]
}

/** What `kubectl logs` puts before a line with `--prefix` and with `--timestamps`. */
const before = /^(?:\[[^\]]*\] )?(?:\d{4}-\d\d-\d\dT\S+ )?/

/** Reads logs, in which anything else may stand too. Throws `USAGE` where a file cannot be read. */
export async function readLogs(files: readonly string[]): Promise<Said> {
  const summaries: EngineSummary[] = []
  const documents: CompanionDocument[] = []
  for (const file of files) {
    try {
      for await (const written of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
        const line = written.replace(before, '')
        const summary = line.startsWith(summaryMark) ? summaryIn(line.slice(summaryMark.length)) : undefined
        const document = line.startsWith(documentMark) ? documentIn(line.slice(documentMark.length)) : undefined
        if (summary !== undefined) summaries.push(summary)
        if (document !== undefined) documents.push(document)
      }
    } catch (cause) {
      throw new HarnessError(
        'USAGE',
        `${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'no reason given'})`,
        {
          hint: 'name the logs of the runners and of their companion',
          cause,
        },
      )
    }
  }
  return { summaries, documents }
}

export interface MergeOptions {
  readonly stories: Readonly<Record<string, Story>>
  /** The version of k6 that the runners have. */
  readonly engine: string
}

export interface Merged {
  readonly document: CompanionDocument
  readonly result: LoadResult
  /** The runners that were there and gave no figures. */
  readonly missing: readonly string[]
}

/** Makes one result of what all of them said. Throws `USAGE` where no companion, or more than one, is among them. */
export function mergeRunners({ summaries, documents }: Said, { stories, engine }: MergeOptions): Merged {
  const document = soleDocument(documents)
  // The log of a runner may have been named twice.
  const told = new Map(summaries.flatMap((one) => (one.share === undefined ? [] : [[identityOf(one.share), one]])))
  const own = document.arrived.flatMap((who) => told.get(identityOf(who)) ?? [])
  const missing = document.arrived.filter((who) => !told.has(identityOf(who))).map(nameOf)
  const because = whyNotRun(document, own, missing)
  if (because !== undefined) return { document, missing, result: { state: 'not-run', because } }
  const judged = judgedIn(document)
  const whole = mergeSummaries(own)
  const result = measuredBy(
    {
      engine,
      whole,
      regions: regionsAmong(document.arrived).map((region) => ({
        region,
        summary: mergeSummaries(own.filter(({ share }) => share?.region === region)),
      })),
      judged,
      timeline: document.timeline,
      generator: { processes: own.length },
      warnings: [
        ...missing.map((name) => `${name} gave no figures: what the others measured is not the whole`),
        ...(told.size > own.length
          ? [`${told.size - own.length} of the runners are of another run, and were left out`]
          : []),
        ...(whole.exceptions > 0 ? [`${whole.exceptions} iterations threw: the logs say what`] : []),
        ...warningsOfUnseen(whole, judged),
      ],
    },
    stories,
  )
  return { document, missing, result }
}

function soleDocument(documents: readonly CompanionDocument[]): CompanionDocument {
  const [document, other] = [...new Map(documents.map((one) => [JSON.stringify(one), one])).values()]
  if (document === undefined) {
    throw new HarnessError('USAGE', 'nothing of what was named has the document of a companion', {
      hint: 'name its log too: it prints the document when all runners have ended, or when it is told to end',
    })
  }
  if (other !== undefined) {
    throw new HarnessError('USAGE', 'the documents of several companions are in what was named', {
      hint: 'merge one run at a time',
    })
  }
  return document
}

function whyNotRun(
  { expected, arrived }: CompanionDocument,
  own: readonly EngineSummary[],
  missing: readonly string[],
): string | undefined {
  if (arrived.length < expected) {
    const came = arrived.length === 0 ? '' : `; there came ${arrived.map(nameOf).join(', ')}`
    return `${expected - arrived.length} of ${expected} runners never came, so that none of them began${came}`
  }
  return own.length === 0 ? `no runner gave figures: ${missing.join(', ')}` : undefined
}

/** In the order in which the target file names them, whoever came first. */
const regionsAmong = (arrived: readonly Share[]): readonly string[] => [
  ...new Set(arrived.toSorted((a, b) => a.index - b.index).flatMap(({ region }) => region ?? [])),
]
