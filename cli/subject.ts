import { HarnessError } from '../harness/error.ts'
import type { Report } from '../harness/reports/report.ts'
import { readTargetFile } from '../harness/target/load.ts'
import type { TargetSettings } from '../harness/target/settings.ts'
import { type Io, text } from './command.ts'
import { startEmbedded, variationOf } from './embedded.ts'

/** Which server is to be tested: that of a target file, or the embedded one, right or wrong. */
export interface Choice {
  readonly file?: string | undefined
  readonly mutant?: string | undefined
  readonly dialect?: string | undefined
}

/** The server under test before anything was asked of it. */
export interface Subject {
  readonly settings: TargetSettings
  /** How a report names it. */
  readonly name: Pick<Report['target'], 'issuer' | 'file' | 'mutant' | 'dialect'>
  /** What is doubtful in the target file, a line each. */
  readonly warnings: readonly string[]
  close(): Promise<void>
}

export const variationOptions = {
  mutant: text('--mutant <id>', 'take the embedded server with this fault; `assay mutants --list` names them'),
  dialect: text(
    '--dialect <id>',
    'take the embedded server with this lawful deviation; `assay mutants --dialects` names them',
  ),
}

export const targetArgument = {
  name: 'target',
  describe: 'the target file; the embedded reference server is tested where none is named',
  required: false,
}

/** Reads the target file, or starts the embedded server. Throws a HarnessError where the choice is none. */
export async function openSubject(choice: Choice, { environment }: Pick<Io, 'environment'>): Promise<Subject> {
  const { file, mutant, dialect } = choice
  if (file !== undefined) {
    if (mutant !== undefined || dialect !== undefined) {
      throw new HarnessError(
        'USAGE',
        'only the embedded server has mutants and dialects, and a target file was named',
        {
          hint: 'name one or the other',
        },
      )
    }
    const { settings, warnings } = await readTargetFile(file, environment)
    return { settings, warnings, name: { issuer: settings.issuer, file }, close: async () => {} }
  }
  const { settings, close } = await startEmbedded(variationOf(choice))
  const name = {
    issuer: settings.issuer,
    ...(mutant !== undefined && { mutant }),
    ...(dialect !== undefined && { dialect }),
  }
  return { settings, warnings: [], name, close }
}
