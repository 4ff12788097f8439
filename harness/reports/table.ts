import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HarnessError } from '../error.ts'
import { renderHtml } from './html.ts'
import { renderJson } from './json.ts'
import { renderJunit } from './junit.ts'
import type { Report } from './report.ts'
import { renderSarif } from './sarif.ts'

export interface ReportWriter {
  /** The name of the file in the folder of reports. */
  readonly file: string
  render(report: Report): string
}

export type ReportName = 'json' | 'html' | 'junit' | 'sarif'

/** Every report that is a file. */
export const reportWriters: Readonly<Record<ReportName, ReportWriter>> = {
  json: { file: 'report.json', render: renderJson },
  html: { file: 'report.html', render: renderHtml },
  junit: { file: 'junit.xml', render: renderJunit },
  sarif: { file: 'report.sarif', render: renderSarif },
}

/**
 * Writes the named reports into a folder, made where it is missing, each whole or not at all. Returns their paths in the
 * order of the names. Throws `USAGE` where the folder cannot be written to.
 */
export async function writeReports(
  report: Report,
  folder: string,
  names: readonly ReportName[],
): Promise<readonly string[]> {
  const paths: string[] = []
  // One after the other: the largest reports would not fit into memory together.
  for (const name of names) {
    const { file, render } = reportWriters[name]
    paths.push(await writeInto(folder, file, render(report)))
  }
  return paths
}

/** Writes a document of another kind than a report as JSON, in the same manner. */
export const writeDocument = async (folder: string, file: string, document: unknown): Promise<string> =>
  await writeInto(folder, file, `${JSON.stringify(document, null, 2)}\n`)

async function writeInto(folder: string, file: string, text: string): Promise<string> {
  const path = join(folder, file)
  try {
    await mkdir(folder, { recursive: true })
    await writeWhole(path, text)
    return path
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
    throw new HarnessError(
      'USAGE',
      `the reports cannot be written into ${folder === '' ? 'a folder without a name' : folder}${code}`,
      {
        hint: 'name a folder that you may write to with --out',
        cause,
      },
    )
  }
}

/** Nobody ever reads half a file: it is moved into place when it is complete. */
async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`
  try {
    await writeFile(temporary, text, { flag: 'wx' })
    await rename(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
}
