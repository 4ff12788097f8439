import { load as parseHtml } from 'cheerio'
import { SaxesParser } from 'saxes'
import { expect, test } from 'vitest'
import { renderJunit } from '../../../harness/reports/junit.ts'
import { hostileReport } from '../../fixtures/hostile-report.ts'
import { outcomes, reportOf, sampleReport } from '../../fixtures/sample-report.ts'

/** Throws where a text is not well-formed XML 1.0. */
function parse(xml: string): ReturnType<typeof parseHtml> {
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.write(xml).close()
  return parseHtml(xml, { xml: true })
}

test('every unit is a test case, in a suite of its folder', () => {
  const $ = parse(renderJunit(sampleReport))
  expect($('testcase')).toHaveLength(sampleReport.outcomes.length)
  expect($('testsuite[name="oauth2/authorization-code"] > testcase')).toHaveLength(9)
  expect($('testsuites').attr()).toMatchObject({ tests: '71', failures: '12', errors: '4', skipped: '3' })
})

test('every verdict has its element', async () => {
  const wanted = [
    'replayed-code-is-denied',
    'expired-code-is-denied',
    'replay-revokes-tokens',
    'public-client-is-refused',
    'invented-code-is-denied',
  ]
  const few = outcomes.filter(({ unit }) => wanted.some((name) => unit.id.endsWith(`/${name}`)))
  await expect(renderJunit(reportOf(few))).toMatchFileSnapshot('golden/junit.xml')
})

test('no text of a target breaks the file', () => {
  const xml = renderJunit(hostileReport)
  const $ = parse(xml)
  expect($('testcase')).toHaveLength(hostileReport.outcomes.length)
  expect($('evil, script, img')).toHaveLength(0)
  expect(xml).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
  expect(xml).not.toMatch(/[\uFFFE\uFFFF]/)
})
