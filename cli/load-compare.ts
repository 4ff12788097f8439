import { type Calibration, whyUnjudged } from '../harness/load/comparison/calibrate.ts'
import { compare as comparison, compareWithStored, type Comparison } from '../harness/load/comparison/compare.ts'
import { type Standing, usualBar } from '../harness/load/comparison/judge.ts'
import { machineName } from '../harness/load/comparison/machine.ts'
import { calibrationsIn, isCalibrationOf, storedComparison } from '../harness/load/comparison/stored.ts'
import { HarnessError } from '../harness/error.ts'
import { latency, rate } from '../harness/reports/figures.ts'
import { writeDocument } from '../harness/reports/table.ts'
import { columns } from '../harness/reports/terminal/columns.ts'
import { command, flag, text, textOr } from './command.ts'
import { exitCode, type ExitCode } from './exit-codes.ts'
import { blockOptions, measuring, measuringOptions, usersFor } from './measured.ts'
import { version } from './version.ts'

export const compare = command({
  name: 'compare',
  summary: 'press two servers in turns, and say whether the second is slower',
  description:
    'Blocks of one and the other are interleaved, in an order that chance decides, and compared pair by pair: what disturbs the machine disturbs both. A metric has regressed where it is worse by more than the margin beyond doubt, is not worse where that is ruled out beyond doubt, and inconclusive otherwise. What `assay load calibrate` has found to be blind or to cry wolf on this machine is not judged.',
  argument: {
    name: 'targets',
    describe: 'two target files, of what is and of what is to be; or one, to compare a server with itself',
    required: true,
    many: true,
  },
  options: {
    ...measuringOptions,
    ...blockOptions,
    against: text('--against <file>', 'compare one server with the second one of a stored comparison.json'),
    out: textOr('--out <folder>', 'write comparison.json into this folder, and read calibration.json there', '.assay'),
    json: flag('--json', 'print the result as JSON, and nothing else'),
  },
  examples: [
    { command: 'assay load compare released.yaml candidate.yaml', does: 'says whether tokens take longer than before' },
    {
      command: 'assay load compare old.yaml new.yaml --scenario refresh --margin 5',
      does: 'compares refreshing, and lets the new one be slower by 5 %',
    },
  ],
  run: async ({ arguments: files, options, io }) => {
    const [first, second = first, ...more] = files
    const { scenario: story, seed, rate: perSecond, block, pairs, margin, against, json } = options
    if (first === undefined || more.length > 0 || (against !== undefined && files.length > 1))
      throw new HarnessError('USAGE', `${files.length} target files were named`, {
        hint: against === undefined ? 'name two' : 'name one: --against names what it is compared with',
      })
    const course = { story, rate: perSecond, blockSeconds: block }
    const stored = against === undefined ? undefined : await storedComparison(against, course)
    const known = (await calibrationsIn(options.out)).find((one) => isCalibrationOf(one, course))
    const say = (line: string) => (json ? io.error : io.out).write(`${line}\n`)
    const choices = stored === undefined ? [{ file: first }, { file: second }] : [{ file: first }]
    return await measuring(choices, story, io, async ({ subjects, ...rest }) => {
      const [a, b = a] = subjects.map(({ subject, target }) => ({
        target,
        ...(subject.settings.load?.metrics_url !== undefined && { metricsUrl: subject.settings.load.metrics_url }),
      }))
      if (a === undefined || b === undefined) return exitCode.badUsage
      const settings = {
        ...rest,
        ...course,
        vus: usersFor(story, perSecond),
        pairsAtOnce: Math.min(pairs, pairsAtOnce),
        pairsAtMost: pairs,
        bar: { ...usualBar, margin: margin / 100 },
        seed,
        onLook: (standings: readonly Standing[], many: number) =>
          io.error.write(`${many} pairs: ${brief(standings)}\n`),
      }
      const compared =
        stored === undefined ? await comparison(a, b, settings) : await compareWithStored(a, stored.pairs, settings)
      const names = stored === undefined ? { first, second } : { first: against, second: first }
      const document = {
        schema_version: 1,
        assay: version,
        machine: machineName(),
        ...names,
        margin: margin / 100,
        seed,
        ...compared,
      }
      const path = await writeDocument(options.out, 'comparison.json', document)
      const note =
        stored === undefined
          ? []
          : ['they were not pressed in turns: what has changed on the machine is in the difference']
      if (json) io.out.write(`${JSON.stringify(document, null, 2)}\n`)
      else for (const line of [...report(compared, known, margin / 100), ...note, `result   ${path}`]) say(line)
      return exitOf(compared, known)
    })
  },
})

/** It is looked whether that is enough after so many pairs. */
const pairsAtOnce = 20

const brief = (standings: readonly Standing[]) =>
  standings.map(({ metric, verdict, ratio }) => `${metric} ${verdict} (×${ratio.toFixed(2)})`).join(', ')

export function report(compared: Comparison, known: Calibration | undefined, margin: number): readonly string[] {
  const { story, rate: perSecond, blockSeconds, pairs, standings, broken, warnings } = compared
  const invalid = pairs.filter((pair) => pair.invalid !== undefined)
  return [
    '',
    `${story} at ${rate(perSecond)}/s: ${pairs.length} pairs of blocks of ${blockSeconds} s`,
    '',
    ...columns(
      ['metric', ' first', ' second', ' ratio', 'surely within', 'verdict'],
      standings.map(({ metric, medians: [a, b], ratio, low, high, verdict }) => [
        metric,
        latency(a),
        latency(b),
        ratio.toFixed(2),
        `${low.toFixed(2)} to ${high.toFixed(2)}`,
        known !== undefined && whyUnjudged(known, metric) !== undefined ? 'not judged' : verdict,
      ]),
    ),
    '',
    ...intervals(standings, margin),
    '',
    ...(known === undefined
      ? ['not calibrated: `assay load calibrate` says what these verdicts are worth on this machine']
      : standings.flatMap(({ metric }) => {
          const because = whyUnjudged(known, metric)
          return because === undefined ? [] : [`${metric} is not judged: ${because}`]
        })),
    ...(invalid.length > 0 ? [`${invalid.length} pairs do not count: ${invalid[0]?.invalid}`] : []),
    ...broken.map(({ side, invariant, times }) => `broken by the ${side}, ${times} times: ${invariant}`),
    ...warnings.map((warning) => `warning: ${warning}`),
  ]
}

/** How wide the picture is, in characters, and the ratios at its ends: half as long, and twice. */
const picture = { width: 41, low: 0.5, high: 2 }

const half = ' '.repeat((picture.width - 3) / 2)

/** Where each ratio lies and what it surely lies within, beside no difference (│) and the margin (┊). */
export function intervals(standings: readonly Standing[], margin: number): readonly string[] {
  const place = (ratio: number) => {
    const share = Math.log(ratio / picture.low) / Math.log(picture.high / picture.low)
    return Math.round(Math.min(1, Math.max(0, share)) * (picture.width - 1))
  }
  return columns(
    ['', `½${half}1${half}2`],
    standings.map(({ metric, ratio, low, high }) => {
      const marks = Array.from({ length: picture.width }, (_, at): string =>
        at >= place(low) && at <= place(high) ? '─' : ' ',
      )
      marks[place(1)] = '│'
      marks[place(1 + margin)] = '┊'
      marks[place(ratio)] = '●'
      return [metric, marks.join('')]
    }),
  )
}

/** What is broken under load is worse than what is slow; what nobody can tell is no pass. */
export function exitOf({ standings, broken }: Comparison, known: Calibration | undefined): ExitCode {
  const judged = standings.filter(({ metric }) => known === undefined || whyUnjudged(known, metric) === undefined)
  if (broken.length > 0 || judged.some(({ verdict }) => verdict === 'regressed')) return exitCode.findings
  const isDecided = judged.length > 0 && judged.every(({ verdict }) => verdict === 'not worse')
  return isDecided ? exitCode.nothingFound : exitCode.couldNotJudge
}
