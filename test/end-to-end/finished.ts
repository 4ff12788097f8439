import type { Report } from '../../harness/reports/report.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { assay, type Ended, reportIn } from './assay.ts'
import { writeTarget } from './target-file.ts'

/** What a command came to, and the report that it left. */
export interface Finished extends Ended {
  readonly report: Report
}

/** Runs the real command on a target file, in a folder of its own. */
export async function runOn(targetFile: string, args: readonly string[]): Promise<Finished> {
  const folder = temporaryFolder()
  writeTarget(folder, targetFile)
  const ended = await assay(args, { folder })
  return { ...ended, report: reportIn(folder) }
}

/** What became of each unit. */
export const verdicts = ({ outcomes }: Report) => outcomes.map(({ unit, verdict }) => [unit.id, verdict.state])

/** Two checks that ask for one token each, and how to have them one after the other. */
export const first = 'oauth2/client-credentials/no-refresh-token-comes-along'
export const second = 'oauth2/token-endpoint/unknown-grant-type-is-reported'
export const oneAfterTheOther = ['--only', `${first},${second}`, '--concurrency', '1']
