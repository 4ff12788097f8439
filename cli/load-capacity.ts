import { type Capacity, type CapacityStep, findCapacity } from '../harness/load/capacity.ts'
import { latency, rate, wholeNumber } from '../harness/reports/figures.ts'
import { writeDocument } from '../harness/reports/table.ts'
import { columns } from '../harness/reports/terminal/columns.ts'
import { command, flag, measureOr, textOr, whole } from './command.ts'
import { exitCode } from './exit-codes.ts'
import { measuring, measuringOptions } from './measured.ts'
import { targetArgument, variationOptions } from './subject.ts'
import { version } from './version.ts'

export const capacity = command({
  name: 'capacity',
  summary: 'find the highest rate at which a server keeps its latency promise',
  description:
    'Doubles the rate until the promise of the scenario is broken, then halves what is between, and tries the highest rate that kept it once more. Each rate is approached slowly, which is not measured, and held for three blocks, of which most must keep the promise: none of its iterations may be dropped, and no invariant break.',
  argument: targetArgument,
  options: {
    ...measuringOptions,
    from: measureOr(
      '--from <number>',
      'begin the search at so many iterations a second',
      { atLeast: 1, atMost: 1e6 },
      50,
    ),
    upTo: measureOr('--up-to <number>', 'look no further than this rate', { atLeast: 1, atMost: 1e6 }, 20_000),
    hold: whole('--hold <seconds>', 'hold each rate for so long', { atLeast: 3, atMost: 3600 }),
    within: measureOr('--within <percent>', 'end when the answer is known to so much', { atLeast: 1, atMost: 100 }, 10),
    out: textOr('--out <folder>', 'write capacity.json into this folder', '.assay'),
    json: flag('--json', 'print the result as JSON, and nothing else'),
    ...variationOptions,
  },
  examples: [
    { command: 'assay load capacity target.yaml', does: 'finds how many tokens a second a service can have' },
    {
      command: 'assay load capacity target.yaml --scenario userinfo --hold 30',
      does: 'finds the same of userinfo, each rate held for half a minute',
    },
  ],
  run: async ({ argument: file, options, io }) => {
    const { mutant, dialect, scenario: story, from, upTo, hold = 9, within, json } = options
    const say = (line: string) => (json ? io.error : io.out).write(`${line}\n`)
    return await measuring([{ file, mutant, dialect }], story, io, async ({ subjects, ...rest }) => {
      const [first] = subjects
      if (first === undefined) return exitCode.badUsage
      const found = await findCapacity(first.target, {
        ...rest,
        story,
        from,
        atMost: upTo,
        holdSeconds: hold,
        within: 1 + within / 100,
        onStep: (step) => say(stepLine(step)),
      })
      const document = { schema_version: 1, assay: version, issuer: first.target.issuer, hold_seconds: hold, ...found }
      const path = await writeDocument(options.out, 'capacity.json', document)
      if (json) io.out.write(`${JSON.stringify(document, null, 2)}\n`)
      else for (const line of ['', ...picture(found), '', verdictOf(found), `result   ${path}`]) say(line)
      return found.kept > 0 && found.broken !== undefined ? exitCode.nothingFound : exitCode.couldNotJudge
    })
  },
})

const stepLine = ({ rate: asked, latency: { p95 = Number.NaN }, kept, blocks, because }: CapacityStep) =>
  `${rate(asked)}/s: ${kept} of ${blocks} blocks kept the promise, p95 ${latency(p95)}${because === undefined ? '' : `; ${because}`}`

/** The widest bar, in characters. */
const widest = 30

/** Each rate that was tried, and how its latency stands to what was promised: where the bars leap is the knee. */
export function picture({ steps, promise }: Pick<Capacity, 'steps' | 'promise'>): readonly string[] {
  // The bars would be of one step alone where it took a hundred times as long as the others.
  const longest = Math.min(promise.p95 * 4, Math.max(promise.p95, ...steps.map((step) => step.latency['p95'] ?? 0)))
  const bar = (milliseconds: number) => {
    const length = Math.round((Math.min(milliseconds, longest) / longest) * widest)
    const mark = Math.round((promise.p95 / longest) * widest)
    const filled = '█'.repeat(length).padEnd(widest)
    return `${filled.slice(0, mark)}${mark < widest ? '│' : ''}${filled.slice(mark + 1)}${milliseconds > longest ? '…' : ''}`
  }
  const rows = steps
    .toSorted((a, b) => a.rate - b.rate)
    .map((step) => [
      wholeNumber(step.rate),
      wholeNumber(step.achieved),
      latency(step.latency['p50'] ?? Number.NaN),
      latency(step.latency['p95'] ?? Number.NaN),
      `${step.kept}/${step.blocks}`,
      bar(step.latency['p95'] ?? 0),
    ])
  return columns(
    [' rate/s', ' done/s', ' p50', ' p95', ' kept', `p95, and │ at the ${latency(promise.p95)} promised`],
    rows,
  )
}

export function verdictOf({ kept, broken, endedBecause, steps }: Capacity): string {
  const times = steps.filter((step) => step.rate === kept).length
  const held =
    kept === 0
      ? 'it kept its promise at no rate that was tried'
      : `it keeps its promise at ${rate(kept)} iterations a second, in ${times} of ${times} tries`
  const lost = broken === undefined ? '' : `, and breaks it at ${rate(broken)}`
  return `${held}${lost}${endedBecause === undefined ? '' : `; ${endedBecause}`}`
}
