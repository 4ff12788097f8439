import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readReport } from '../../../harness/reports/json.ts'
import { reportWriters, writeReports } from '../../../harness/reports/table.ts'
import { sampleReport } from '../../fixtures/sample-report.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

test('the named reports are written, in a folder that is made for them, and nothing else', async () => {
  const folder = join(temporaryFolder(), 'not', 'yet')
  const paths = await writeReports(sampleReport, folder, ['sarif', 'json', 'html', 'junit'])

  expect(paths).toEqual(['report.sarif', 'report.json', 'report.html', 'junit.xml'].map((file) => join(folder, file)))
  expect(readdirSync(folder).toSorted()).toEqual(['junit.xml', 'report.html', 'report.json', 'report.sarif'])
  expect(readReport(readFileSync(join(folder, 'report.json'), 'utf8')).summary).toEqual(sampleReport.summary)
})

test('a report of before is replaced whole', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'junit.xml'), 'x'.repeat(1_000_000))
  await writeReports(sampleReport, folder, ['junit'])

  expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toBe(reportWriters.junit.render(sampleReport))
  expect(readdirSync(folder)).toEqual(['junit.xml'])
})

test('where the folder cannot be made, nothing is left behind', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'file'), '')

  await expect(writeReports(sampleReport, join(folder, 'file', 'reports'), ['json'])).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(/cannot be written into .*\((?:ENOTDIR|EEXIST)\)$/) as string,
    hint: 'name a folder that you may write to with --out',
  })
  expect(readdirSync(folder)).toEqual(['file'])
})
