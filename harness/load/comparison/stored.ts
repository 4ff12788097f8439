import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import { HarnessError } from '../../error.ts'
import { calibrationsSchema, comparisonSchema } from '../measurement-schema.ts'
import type { Calibration } from './calibrate.ts'
import type { Comparison } from './compare.ts'
import { machineName } from './machine.ts'

/** What of `comparison.json` can be compared with. */
const comparisonShape = comparisonSchema.pick({
  schema_version: true,
  machine: true,
  story: true,
  rate: true,
  blockSeconds: true,
  pairs: true,
})

const nameOf = (folder: string) => join(folder, 'calibration.json')

/** All that were made on any machine; none where there is no such file. Throws `USAGE` where it is none of ours. */
export async function calibrationsIn(folder: string): Promise<readonly Calibration[]> {
  const path = nameOf(folder)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw unreadable(path, `(${error.code ?? 'no reason given'})`)
  })
  return text === undefined ? [] : parsed(path, text, calibrationsSchema).calibrations
}

/** Whether a calibration is of comparisons like that one, on this machine. */
export const isCalibrationOf = (
  { machine, story, rate, blockSeconds }: Calibration,
  of: Pick<Comparison, 'story' | 'rate' | 'blockSeconds'>,
): boolean => machine === machineName() && story === of.story && rate === of.rate && blockSeconds === of.blockSeconds

/** What was stored of another comparison. Throws `USAGE` where it cannot be compared with. */
export async function storedComparison(
  path: string,
  { story, rate, blockSeconds }: Pick<Comparison, 'story' | 'rate' | 'blockSeconds'>,
): Promise<z.infer<typeof comparisonShape>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error.code === 'ENOENT' ? 'for it is not there' : `(${error.code ?? 'no reason given'})`)
  })
  const stored = parsed(path, text, comparisonShape)
  const differs = [
    ...(stored.machine === machineName() ? [] : ['of another machine']),
    ...(stored.story === story ? [] : [`of the scenario ${stored.story}`]),
    ...(stored.rate === rate ? [] : [`at ${stored.rate}/s`]),
    ...(stored.blockSeconds === blockSeconds ? [] : [`of blocks of ${stored.blockSeconds} s`]),
  ]
  if (differs.length === 0) return stored
  throw new HarnessError('USAGE', `what ${path} holds is ${differs.join(', ')}`, {
    hint: 'measure in the same way, on the same machine: figures of others say nothing',
  })
}

function parsed<T>(path: string, text: string, shape: z.ZodType<T>): T {
  try {
    const { data } = shape.safeParse(JSON.parse(text))
    if (data !== undefined) return data
  } catch {
    // It is said below what it is not.
  }
  throw unreadable(path, 'for it is none that this version of Assay wrote')
}

const unreadable = (path: string, why: string) =>
  new HarnessError('USAGE', `${path} cannot be used, ${why}`, { hint: 'name another one, or make it anew' })
