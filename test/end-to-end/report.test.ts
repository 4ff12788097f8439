import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AxeResults } from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { variationOf } from '../../cli/embedded.ts'
import { execute } from '../../cli/program.ts'
import { findProgram } from '../../harness/programs.ts'
import { findingsOf } from '../../harness/reports/standing.ts'
import { screen } from '../cli/screen.ts'
import { startListeningProxy } from '../fixtures/listening-proxy.ts'
import { reportIn } from './assay.ts'
import { startRight } from './right-server.ts'
import { targetFor, writeTarget } from './target-file.ts'
import { issuedIn, leaksIn, suspectsIn } from './wire-secrets.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'assay-'))
const page = join(folder, '.assay', 'report.html')
const secrets = new Set(['the secret of the app', 'correct-horse'])
const opened: { browser?: Browser } = {}

/** One run, of everything, against a server that takes a code again and again. */
beforeAll(async () => {
  await using proxy = await startListeningProxy()
  const { swap = {} } = variationOf({ mutant: 'code-is-single-use/accepts-any-replay' })
  await using wrong = await startRight({ swap, origin: proxy.origin })
  proxy.leadTo(wrong.port)
  writeTarget(folder, targetFor(proxy.origin, 'load:', '  seconds: 1'))
  const args = ['run', join(folder, 'target.yaml'), '--runs', '5', '--out', join(folder, '.assay')]
  const exit = await execute(args, { out: screen(), error: screen(), environment: process.env })
  if (exit !== 1) throw new Error(`the run ended with ${exit}`)
  for (const secret of issuedIn(proxy.overheard)) secrets.add(secret)
  const root = process.getuid?.() === 0
  opened.browser = await chromium.launch({
    executablePath: findProgram('chromium'),
    args: root ? ['--no-sandbox'] : [],
  })
}, 120_000)

afterAll(async () => {
  await opened.browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  if (opened.browser === undefined) throw new Error('there is no browser')
  const context = await opened.browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  onTestFinished(async () => await context.close())
  const tab = await context.newPage()
  await tab.goto(pathToFileURL(page).href)
  return tab
}

const breaches = (tab: Page) => tab.locator('.breach:visible')
const rows = (tab: Page) => tab.locator('#units tbody tr:visible')

test('shows the findings of the run, and every unit of it', async () => {
  const tab = await open()
  const { outcomes, summary } = reportIn(folder)
  const broken = new Set(outcomes.flatMap(findingsOf).map(({ requirement }) => requirement))

  expect(broken).toContain('rfc6749/code-single-use')
  expect(await breaches(tab).count()).toBe(broken.size)
  expect(await tab.locator('#units tbody tr').count()).toBe(outcomes.length)
  expect(await tab.locator('.outcome').innerText()).toContain(`in ${summary.findings} finding`)
  expect(await tab.locator('#load tbody tr').count()).toBeGreaterThan(0)
})

test('filters by verdict', async () => {
  const tab = await open()
  const { fail } = reportIn(folder).summary

  await tab.getByRole('checkbox', { name: 'failed' }).check()
  await expect.poll(async () => await rows(tab).count()).toBe(fail)
  await tab.getByRole('checkbox', { name: 'failed' }).uncheck()
  await tab.getByRole('checkbox', { name: 'passed' }).check()
  await expect.poll(async () => await breaches(tab).count()).toBe(0)
})

test('filters by document', async () => {
  const tab = await open()
  const [allBreaches, allRows] = [await breaches(tab).count(), await rows(tab).count()]
  const ofCore = reportIn(folder).outcomes.filter(({ unit }) =>
    unit.proves.some(({ document }) => document === 'oidc-core'),
  )

  await tab.getByLabel('Document').selectOption('oidc-core')
  await expect.poll(async () => await rows(tab).count()).toBe(ofCore.length)
  expect(await breaches(tab).count()).toBe(0)
  await tab.getByRole('button', { name: 'Show all' }).click()
  await expect.poll(async () => await breaches(tab).count()).toBe(allBreaches)
  await expect.poll(async () => await rows(tab).count()).toBe(allRows)
})

test('shows the exchanges of a finding, without what was secret in them', async () => {
  const tab = await open()
  const breach = tab.locator('[id="requirement/rfc6749/code-single-use"]')
  const evidence = breach
    .locator('.witness', { hasText: 'oauth2/authorization-code/replayed-code-is-denied' })
    .locator('.evidence')

  await evidence.locator('summary').click()
  const [request, response] = await evidence.locator('li').last().locator('pre').allInnerTexts()
  expect(request).toMatch(/^POST http:\/\/127\.0\.0\.1:\d+\/token\n/)
  expect(request).toContain('authorization: Basic [credentials')
  expect(request).toContain('code=[code 1]')
  expect(response).toMatch(/^HTTP 200\n/)
  expect(response).toContain('"access_token":"[access_token 2]"')
})

test('holds no secret of the run', () => {
  const text = readFileSync(page, 'utf8')
  expect(secrets.size).toBeGreaterThan(100)
  expect(leaksIn(text, [...secrets])).toEqual([])
  expect(suspectsIn(text)).toEqual([])
})

test.each([
  ['light', 1280],
  ['dark', 390],
] as const)('in %s, %i px wide, everybody can read it and nothing sticks out', async (colorScheme, width) => {
  const tab = await open({ colorScheme, viewport: { width, height: 900 } })
  await tab.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")

  expect(await tab.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false)
  await tab.evaluate(axe)
  const { violations } = await tab.evaluate<AxeResults>('axe.run()')
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
})
