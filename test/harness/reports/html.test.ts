import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AxeResults } from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { findProgram } from '../../../harness/programs.ts'
import { renderHtml } from '../../../harness/reports/html.ts'
import type { Report } from '../../../harness/reports/report.ts'
import type { Outcome } from '../../../harness/runner/events.ts'
import { hostileReport } from '../../fixtures/hostile-report.ts'
import { outcomes, reportOf, sampleReport } from '../../fixtures/sample-report.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let browser: Browser
beforeAll(async () => {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  browser = await chromium.launch({ executablePath: findProgram('chromium'), args })
})
afterAll(async () => await browser.close())

interface Opened {
  readonly page: Page
  /** Whatever the page complained of, ran or asked for. */
  readonly trouble: readonly string[]
}

/** Opens a report as a person would: from a file. */
async function open(report: Report, options: BrowserContextOptions = {}, hash = ''): Promise<Opened> {
  const file = join(temporaryFolder(), 'report.html')
  writeFileSync(file, renderHtml(report))
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  onTestFinished(async () => await context.close())
  const page = await context.newPage()
  const trouble: string[] = []
  page.on('console', (message) => trouble.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => trouble.push(error.message))
  page.on('dialog', (dialog) => {
    trouble.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  const address = pathToFileURL(file).href
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== address && !request.url().startsWith('data:'))
      trouble.push(`request: ${request.url()}`)
  })
  await page.goto(address + hash)
  return { page, trouble }
}

const rows = (page: Page) => page.locator('#units tbody tr:visible')
const breaches = (page: Page) => page.locator('.breach:visible')
const isScrolledSideways = async (page: Page) =>
  (await page.evaluate('document.documentElement.scrollWidth > innerWidth')) === true
const openAll = async (page: Page) =>
  await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")

test('a page shows all that the report has', async () => {
  const { page, trouble } = await open(sampleReport)

  expect(await page.title()).toBe(`Assay: ${sampleReport.target.issuer}`)
  expect(await breaches(page).count()).toBe(8)
  expect(await rows(page).count()).toBe(sampleReport.outcomes.length)
  expect(await page.locator('.counts').innerText()).toBe(
    'failed\n12\nuntestable\n3\nbroken\n1\ninapplicable\n3\npassed\n52',
  )
  expect(await page.locator('#load tbody tr').count()).toBe(2)
  expect(await page.locator('#load svg[role=img]').count()).toBe(5)
  expect(await page.locator('#requirements tbody tr').count()).toBe(sampleReport.requirements.length)
  expect(trouble).toEqual([])
})

test('a finding says what was owed, what came, where it stands and how to see it again', async () => {
  const { page } = await open(sampleReport)
  const first = breaches(page).first()

  expect(await first.getByRole('heading', { level: 3 }).innerText()).toBe(
    'The server denies a request that uses an authorization code a second time',
  )
  expect(await first.getByRole('link', { name: 'RFC 6749 §4.1.2' }).getAttribute('href')).toBe(
    'https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2',
  )
  expect(await first.locator('.contrast').innerText()).toBe(
    'Expected\nthe error invalid_grant\nActual\nstatus 200 with access_token, token_type, expires_in, refresh_token\nSeverity\nhigh: what has to be refused gets through',
  )
  await first.locator('.last-request summary').click()
  expect(await first.locator('.last-request pre').innerText()).toMatch(
    /^curl --include .* https:\/\/login\.example\.com/,
  )
  expect(await first.locator('.command').innerText()).toBe('npx assay replay 826f78773a71')
  expect(await page.locator('.input code').textContent()).toBe('"https://rp.example/callback/..;/evil"')
  expect(await page.locator('.seed').textContent()).toBe('seed -1203994411, path 17:3:0:1')
})

test.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('the exchanges of a finding can be opened %s', async (_, javaScriptEnabled) => {
  const { page } = await open(sampleReport, { javaScriptEnabled })
  const evidence = breaches(page).first().locator('.evidence')
  expect(await evidence.locator('pre').first().isVisible()).toBe(false)

  await evidence.locator('summary').click()
  const [request, response] = await evidence.locator('li').last().locator('pre').allInnerTexts()
  expect(request).toMatch(
    /^POST https:\/\/login\.example\.com\/realms\/staging\/token\nauthorization: Basic \[credentials 1\]\n/,
  )
  expect(request).toContain('grant_type=authorization_code&code=[code 1]&')
  expect(response).toMatch(/^HTTP 200\n/)
  expect(response).toContain('"access_token":"[access_token 2]"')
})

test('everything but the filter is there without JavaScript', async () => {
  const { page } = await open(sampleReport, { javaScriptEnabled: false })

  expect(await breaches(page).count()).toBe(8)
  expect(await rows(page).count()).toBe(sampleReport.outcomes.length)
  expect(await page.locator('#filter').isVisible()).toBe(false)
})

describe('the filter', () => {
  const shown = (page: Page) => page.getByRole('status')

  test('by verdict', async () => {
    const { page } = await open(sampleReport)
    await page.getByRole('checkbox', { name: 'untestable' }).check()
    await page.getByRole('checkbox', { name: 'broken' }).check()

    await expect
      .poll(async () => await shown(page).innerText())
      .toBe('0 of 8 broken requirements and 4 of 71 units are shown')
    expect(await rows(page).count()).toBe(4)
    expect(await breaches(page).count()).toBe(0)
    expect(new URL(page.url()).hash).toBe('#verdict=untestable,broken')
  })

  test('by document', async () => {
    const { page } = await open(sampleReport)
    await page.getByLabel('Document').selectOption({ label: 'RFC 9700' })

    await expect.poll(async () => await breaches(page).count()).toBe(4)
    expect(await rows(page).count()).toBe(
      sampleReport.outcomes.filter(({ unit }) => unit.proves.some(({ document }) => document === 'rfc9700')).length,
    )
    expect(new URL(page.url()).hash).toBe('#document=rfc9700')
  })

  test('by kind', async () => {
    const { page } = await open(sampleReport)
    await page.getByLabel('Kind').selectOption('property')

    await expect.poll(async () => await rows(page).count()).toBe(5)
    expect(await breaches(page).count()).toBe(1)
  })

  test('by text, wherever it stands', async () => {
    const { page } = await open(sampleReport)
    await page.getByLabel('Text').fill('  Verifier ')

    await expect.poll(async () => await rows(page).count()).toBe(4)
    expect(await breaches(page).locator('h3').allTextContents()).toEqual([
      'The server accepts a verifier only where the authorization request had a challenge',
    ])
    expect(await page.locator('#units .folder:visible').count()).toBe(2)
    expect(new URL(page.url()).hash).toBe('#text=verifier')
  })

  test('by all at once, and is given up by one button', async () => {
    const { page } = await open(sampleReport)
    await page.getByRole('checkbox', { name: 'failed' }).check()
    await page.getByLabel('Document').selectOption('rfc9700')
    await page.getByLabel('Text').fill('pages-are-not-framed')
    await expect.poll(async () => await rows(page).count()).toBe(1)

    await page.getByRole('button', { name: 'Show all' }).click()
    await expect.poll(async () => await rows(page).count()).toBe(71)
    expect(await breaches(page).count()).toBe(8)
    expect(new URL(page.url()).hash).toBe('')
  })

  test('is kept by the address', async () => {
    const { page, trouble } = await open(sampleReport, {}, '#verdict=fail&document=rfc6749&kind=check&text=code%20is')

    expect(await page.getByRole('checkbox', { name: 'failed' }).isChecked()).toBe(true)
    expect(await page.getByLabel('Text').inputValue()).toBe('code is')
    expect(await rows(page).count()).toBe(0)
    await page.getByLabel('Text').fill('')
    await expect.poll(async () => await rows(page).count()).toBeGreaterThan(0)
    const before = await rows(page).count()
    await page.reload()
    expect(await rows(page).count()).toBe(before)
    expect(trouble).toEqual([])
  })

  test('takes an address that somebody else has made for what it is', async () => {
    const { page, trouble } = await open(
      sampleReport,
      {},
      '#verdict=x,fail&document=__proto__&kind=%3Cimg%20src=x%20onerror=owned()%3E&text=%00',
    )

    expect(await page.getByLabel('Document').inputValue()).toBe('')
    expect(await rows(page).count()).toBe(0)
    expect(trouble).toEqual([])
  })

  test('opens the folders that it finds something in', async () => {
    const { page } = await open(manyUnits(1000))
    expect(await rows(page).count()).toBe(0)

    await page.getByLabel('Text').fill('number-070')
    await expect.poll(async () => await rows(page).count()).toBe(10)
    await page.getByLabel('Text').fill('')
    await expect.poll(async () => await rows(page).count()).toBe(0)
  })
})

/** A report of so many units that all passed, ten to a folder. */
function manyUnits(count: number): Report {
  const [passed] = outcomes.filter(({ verdict }) => verdict.state === 'pass')
  if (passed === undefined) throw new Error('the sample has no unit that passed')
  return reportOf(
    Array.from({ length: count }, (_, at): Outcome => {
      const number = String(at).padStart(4, '0')
      return {
        ...passed,
        unit: {
          ...passed.unit,
          id: `many/folder-${number.slice(0, 3)}/number-${number.slice(0, 3)}-${number.slice(3)}`,
        },
      }
    }),
  )
}

describe('a run that did not get far', () => {
  const problem = {
    code: 'TARGET_FILE_INVALID',
    message: 'target.yaml:1:1: this\ntarget.yaml:2:1: that',
    hint: 'correct it',
  }
  const target = { issuer: '', file: 'target.yaml', capabilities: [] }

  test('shows why, and no empty tables', async () => {
    const { page, trouble } = await open({ ...reportOf([]), target, problem })

    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('target.yaml')
    expect(await page.locator('.warning p').allInnerTexts()).toEqual([
      'Not run:',
      'target.yaml:1:1: this',
      'target.yaml:2:1: that',
      'Correct it.',
    ])
    expect(await page.locator('main').innerText()).toBe('Findings\n\nNothing was judged.')
    expect(await page.locator('form, nav, table').count()).toBe(0)
    expect(trouble).toEqual([])
  })

  test('shows what it had found until then', async () => {
    const { page } = await open({ ...sampleReport, problem })

    expect(await page.locator('.warning').first().innerText()).toMatch(/^Broken off:\n/)
    expect(await breaches(page).count()).toBe(8)
  })
})

test('every link within the page leads somewhere', async () => {
  const { page } = await open(sampleReport)
  const dangling = await page.evaluate(
    '[...document.querySelectorAll(\'a[href^="#"]\')].map((a) => a.hash.slice(1)).filter((id) => document.getElementById(decodeURIComponent(id)) === null)',
  )
  expect(dangling).toEqual([])
})

test('headings stand in order', async () => {
  const { page } = await open(sampleReport)
  const levels = await page.evaluate<number[]>(
    "[...document.querySelectorAll('h1, h2, h3, h4')].map((one) => Number(one.tagName[1]))",
  )
  expect(levels.filter((level) => level === 1)).toHaveLength(1)
  expect(levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1)).toEqual([])
})

describe('a hostile target', () => {
  test('runs nothing, asks for nothing and says nothing', async () => {
    const { page, trouble } = await open(hostileReport)
    await openAll(page)
    for (const link of await page.locator('.breach a').all()) await link.hover({ force: true })
    await page.mouse.move(200, 400)

    expect(await page.evaluate('window.owned')).toBeUndefined()
    expect(trouble).toEqual([])
    expect(await page.locator('script').count()).toBe(1)
    expect(
      await page
        .locator('img, iframe, object, embed, base, [onerror], [onload], [onfocus], [onmouseover], [style]')
        .count(),
    ).toBe(0)
    const addresses = await page.evaluate<string[]>(
      "[...document.querySelectorAll('[href]')].map((one) => one.protocol ?? '')",
    )
    expect(addresses).not.toContain('javascript:')
    expect(await page.locator('main').textContent()).toContain('<script>window.owned = 1</script>')
  })

  test('turns no text around and hides none', async () => {
    const { page } = await open(hostileReport)
    const text = await page.evaluate<string>('document.documentElement.textContent')
    expect(text).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
    expect(text).toContain('safe\\u{202e}gnp.exe')
  })

  test.each([360, 1280])('does not break the layout at %i px', async (width) => {
    const { page } = await open(hostileReport, { viewport: { width, height: 900 } })
    expect(await isScrolledSideways(page)).toBe(false)
    await openAll(page)
    expect(await isScrolledSideways(page)).toBe(false)
  })

  test('finds the policy of the page in force, should it ever get markup in', async () => {
    const { page, trouble } = await open(sampleReport)
    await page.evaluate(
      "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.owned = 1\"><style>body{color:red}</style>')",
    )
    await page.evaluate(
      "document.body.append(Object.assign(document.createElement('script'), { text: 'window.owned = 2' }))",
    )
    await expect
      .poll(() => trouble.filter((one) => one.includes('Content Security Policy')).length)
      .toBeGreaterThanOrEqual(3)
    expect(await page.evaluate('window.owned')).toBeUndefined()
  })
})

test('a report stays small enough to open, whatever the evidence', () => {
  const megabyte = 'x'.repeat(1024 * 1024)
  const failed = outcomes.find(({ verdict }) => verdict.state === 'fail')
  if (failed?.verdict.state !== 'fail') throw new Error('the sample has no unit that failed')
  const [finding] = failed.verdict.findings
  const [exchange] = finding.evidence
  if (exchange?.response === undefined) throw new Error('the sample has a finding without evidence')
  const heavy = { ...exchange, response: { ...exchange.response, body: megabyte as typeof exchange.response.body } }
  const evidence = Array.from({ length: 40 }, () => heavy)
  const many = Array.from({ length: 300 }, (_, at): Outcome => ({
    ...failed,
    unit: { ...failed.unit, id: `many/${at}` },
    verdict: {
      state: 'fail',
      findings: [{ ...finding, unit: `many/${at}`, requirement: `many/${at % 60}`, evidence }],
    },
  }))

  expect(renderHtml(reportOf(many)).length).toBeLessThan(12_000_000)
})

describe.each(['light', 'dark'] as const)('in the %s scheme', (colorScheme) => {
  test.each([
    ['wide', 1280, sampleReport],
    ['narrow', 360, sampleReport],
    ['hostile', 1280, hostileReport],
    ['clean', 1280, reportOf(outcomes.filter(({ verdict }) => verdict.state === 'pass'))],
  ])('a %s page is accessible', async (_, width, report) => {
    const { page } = await open(report, { colorScheme, viewport: { width, height: 900 } })
    await openAll(page)
    await page.evaluate(axe)
    const { violations } = await page.evaluate<AxeResults>('axe.run()')
    expect(
      violations.map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .map(({ html, failureSummary }) => `${html} ${failureSummary}`)
            .slice(0, 3)
            .join('\n')}`,
      ),
    ).toEqual([])
  })
})

test('nothing is cut off on a phone', async () => {
  const { page } = await open(sampleReport, { viewport: { width: 360, height: 740 } })
  await openAll(page)
  expect(await isScrolledSideways(page)).toBe(false)
})
