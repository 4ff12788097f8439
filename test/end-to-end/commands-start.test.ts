import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { knownFrom, readOwnCorpus } from '../../cli/corpus.ts'
import { findingsOf } from '../../harness/reports/standing.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { assay, reportIn } from './assay.ts'

const kindsIn = (folder: string) => [...new Set(reportIn(folder).outcomes.map(({ unit }) => unit.kind))].toSorted()

test('start tests the right server with everything, and finds nothing', async () => {
  const folder = temporaryFolder()
  const { exit, stdout } = await assay(['start', '--runs', '20'], { folder })
  const { summary, load, outcomes } = reportIn(folder)

  expect(summary).toMatchObject({ fail: 0, untestable: 0, broken: 0, findings: 0 })
  expect(exit).toBe(0)
  expect(kindsIn(folder)).toEqual(['check', 'invariant', 'property'])
  expect(load?.state).toBe('measured')
  const id = 'fuzz/client-credentials/invented-scope-is-not-granted'
  const known = knownFrom(readOwnCorpus())
  const unit = outcomes.find((outcome) => outcome.unit.id === id)
  expect(unit?.tried?.inputs).toBe(20 + (unit === undefined ? 0 : known(unit.unit).length))
  for (const part of ['\nLoad  ', '\nNothing was found, ', ' .assay/report.html\n']) expect(stdout).toContain(part)
  const page = readFileSync(join(folder, '.assay', 'report.html'), 'utf8')
  for (const section of ['findings', 'units', 'load', 'requirements'])
    expect(page).toContain(`<section id="${section}"`)
})

test('start catches a mutant and names the requirement that it breaks', async () => {
  const folder = temporaryFolder()
  const args = ['start', '--mutant', 'verifier-matches-challenge/compares-without-case', '--runs', '20']
  const { exit, stdout } = await assay(args, { folder })

  expect(exit).toBe(1)
  expect(
    reportIn(folder)
      .outcomes.flatMap(findingsOf)
      .map(({ requirement }) => requirement),
  ).toContain('rfc7636/verifier-matches')
  expect(stdout).toContain('RFC 7636 §4.6  MUST\n')
})
