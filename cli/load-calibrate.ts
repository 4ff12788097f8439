import {
  calibrate as calibration,
  type Calibration,
  type Injection,
  whyUnjudged,
} from '../harness/load/comparison/calibrate.ts'
import { calibrationsIn, isCalibrationOf } from '../harness/load/comparison/stored.ts'
import { usualBar } from '../harness/load/comparison/judge.ts'
import { latency } from '../harness/reports/figures.ts'
import { writeDocument } from '../harness/reports/table.ts'
import { columns } from '../harness/reports/terminal/columns.ts'
import { command, flag, listOf, textOr, wholeOr } from './command.ts'
import { exitCode } from './exit-codes.ts'
import { blockOptions, measuring, measuringOptions, usersFor } from './measured.ts'
import { targetArgument, variationOptions } from './subject.ts'

/** What is put before the answers of one side, in percent of their median latency. */
const delays = ['10', '20', '50'] as const

export const calibrate = command({
  name: 'calibrate',
  summary: 'compare a server with itself, and with itself behind a delay, to know what a comparison is worth here',
  description:
    'How often a server is judged worse than itself, and the smallest slowdown that is seen four times out of five, are kept in calibration.json, for each machine, scenario, rate and length of a block; `assay load compare` judges no metric that fails by it. Then the answers of one side come later by a share of what they take, and it is told what was made of that.',
  argument: targetArgument,
  options: {
    ...measuringOptions,
    ...blockOptions,
    repeat: wholeOr('--repeat <number>', 'try each delay, and none, so many times', { atLeast: 0, atMost: 100 }, 1),
    delay: listOf('--delay <percents>', 'try only these delays, in percent of the median, and none', delays),
    out: textOr('--out <folder>', 'keep calibration.json in this folder', '.assay'),
    json: flag('--json', 'print the result as JSON, and nothing else'),
    ...variationOptions,
  },
  examples: [
    { command: 'assay load calibrate', does: 'calibrates comparisons by the embedded server' },
    {
      command: 'assay load calibrate released.yaml --rate 20 --block 5 --repeat 10',
      does: 'calibrates comparisons of that kind, and tries each delay ten times',
    },
  ],
  run: async ({ argument: file, options, io }) => {
    const { mutant, dialect, scenario: story, seed, rate, block, pairs, margin, repeat, delay, json } = options
    const say = (line: string) => (json ? io.error : io.out).write(`${line}\n`)
    return await measuring([{ file, mutant, dialect }], story, io, async ({ subjects, ...rest }) => {
      const [first] = subjects
      if (first === undefined) return exitCode.badUsage
      const { subject, target } = first
      const metricsUrl = subject.settings.load?.metrics_url
      const done = await calibration(
        { target, ...(metricsUrl !== undefined && { metricsUrl }) },
        {
          ...rest,
          story,
          rate,
          blockSeconds: block,
          vus: usersFor(story, rate),
          pairsAtOnce: pairs,
          pairsAtMost: pairs,
          bar: { ...usualBar, margin: margin / 100 },
          seed,
          delays: (delay.length === 0 ? delays : delay).map((percents) => Number(percents) / 100),
          repeat,
          onInjection: (injection) => io.error.write(`${injectionLine(injection)}\n`),
        },
      )
      const path = await keep(options.out, done.calibration)
      if (json)
        io.out.write(`${JSON.stringify({ calibration: done.calibration, injections: done.injections }, null, 2)}\n`)
      else for (const line of [...report(done.calibration, done.injections), `result   ${path}`]) say(line)
      return exitCode.nothingFound
    })
  },
})

const percent = (share: number) => `${Number((share * 100).toFixed(1))} %`

const injectionLine = ({ delay, milliseconds, standings }: Injection) =>
  `delay of ${percent(delay)} (${latency(milliseconds)}): ${standings.map(({ metric, verdict }) => `${metric} ${verdict}`).join(', ')}`

/** Beside those of other machines, scenarios and rates; in the place of an older one of the same. */
async function keep(folder: string, made: Calibration): Promise<string> {
  const others = (await calibrationsIn(folder)).filter((one) => !isCalibrationOf(one, made))
  return await writeDocument(folder, 'calibration.json', { schema_version: 1, calibrations: [...others, made] })
}

function report(made: Calibration, injections: readonly Injection[]): readonly string[] {
  const { machine, story, rate, blockSeconds, pairs, metrics } = made
  const metricsOf = (delay: number) => injections.filter((one) => one.delay === delay)
  const regressed = (delay: number, metric: string) =>
    metricsOf(delay).filter(({ standings }) =>
      standings.some((one) => one.metric === metric && one.verdict === 'regressed'),
    ).length
  const tried = [...new Set(injections.map(({ delay }) => delay))].toSorted((a, b) => a - b)
  return [
    '',
    `${story} at ${rate}/s, ${pairs} pairs of blocks of ${blockSeconds} s, on ${machine}`,
    '',
    ...columns(
      ['metric', ' false alarms', ' sees from', ...tried.map((delay) => ` +${percent(delay)}`), 'is judged'],
      Object.entries(metrics).map(([metric, { falseAlarms, smallest }]) => [
        metric,
        percent(falseAlarms),
        smallest === undefined ? 'never' : percent(smallest),
        ...tried.map((delay) => `${regressed(delay, metric)}/${metricsOf(delay).length}`),
        whyUnjudged(made, metric) === undefined ? 'yes' : 'no',
      ]),
    ),
    '',
  ]
}
