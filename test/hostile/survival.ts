import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readReport } from '../../harness/reports/json.ts'
import type { Report } from '../../harness/reports/report.ts'
import type { Ended, Workplace } from './command.ts'
import type { HostileServer } from './server.ts'

/** How much memory a command may hold at once, in MiB. */
const peakAtMost = 512

/** What a terminal acts on, and what turns text around; Assay's own colours are not asked for where nobody watches. */
const takesOver = /(?!\n)[\p{Cc}\u202A-\u202E\u2066-\u2069]/u

/** The frame of a stack, as Node prints it. */
const stackFrame = /^\s+at .+:\d+:\d+\)?$/m

/** Everything by which a command did not survive; nothing where it did. */
export function harmDone(
  ended: Ended,
  workplace: Workplace,
  { strays }: Pick<HostileServer, 'strays'>,
): readonly string[] {
  const { exit, stdout, stderr, peak, litter } = ended
  const said = `${stdout}${stderr}`
  return [
    ...(exit === undefined ? ['it had to be killed'] : []),
    ...(exit !== undefined && exit > 3 ? [`it ended with ${exit}: ${stderr.slice(-300)}`] : []),
    ...(stackFrame.test(said) ? [`it printed a stack: ${stackFrame.exec(said)?.[0].trim()}`] : []),
    ...(takesOver.test(said) ? [`its output has ${JSON.stringify(takesOver.exec(said)?.[0])}`] : []),
    ...(peak !== undefined && peak > peakAtMost ? [`it held ${Math.round(peak)} MiB`] : []),
    ...(litter.length > 0 ? [`it left ${litter.slice(0, 3).join(', ')}`] : []),
    ...(strays.length > 0 ? [`it asked somebody else: ${strays.slice(0, 3).join(', ')}`] : []),
    ...reportHarm(workplace),
  ]
}

const reportPath = ({ folder }: Workplace) => join(folder, '.assay', 'report.json')

export const reportIn = (workplace: Workplace): Report | undefined =>
  existsSync(reportPath(workplace)) ? readReport(readFileSync(reportPath(workplace), 'utf8')) : undefined

/** A unit that is broken blames itself for what the server sent. */
function reportHarm(workplace: Workplace): readonly string[] {
  const report = reportIn(workplace)
  if (report === undefined) return []
  const broken = report.outcomes.flatMap(({ unit, verdict }) =>
    verdict.state === 'broken' ? [`${unit.id} is broken: ${verdict.error.message.slice(0, 200)}`] : [],
  )
  const fault = report.problem?.code === 'BROKEN' ? [`the run broke: ${report.problem.message.slice(0, 300)}`] : []
  return [...fault, ...broken.slice(0, 3), ...(broken.length > 3 ? [`${broken.length} units are broken`] : [])]
}
