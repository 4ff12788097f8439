import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { findProgram } from '../../harness/programs.ts'
import type { Workplace } from './command.ts'

/** Opens reports in a browser and watches what they do there. */
export interface ReportReader {
  /** Whatever of the target ran in the report of a folder, or was asked for by it; nothing where there is no report. */
  harmOf(workplace: Pick<Workplace, 'folder'>): Promise<readonly string[]>
  close(): Promise<void>
}

/** What could run when somebody touches it, and what somebody else would have to be asked for. */
const dangerous = `(() => {
  const own = (url) => url.startsWith('#') || url.startsWith('data:') || url.startsWith('https://')
  return [...document.querySelectorAll('*')].flatMap((element) => [...element.attributes]
    .filter(({ name, value }) => name.startsWith('on') || name === 'srcdoc' || (/^(?:href|src|action|formaction|data|xlink:href)$/.test(name) && !own(value)))
    .map(({ name, value }) => element.tagName + ' ' + name + '=' + value.slice(0, 80)))
    .concat([...document.querySelectorAll('iframe, object, embed, base, img, meta[http-equiv=refresh]')].map(({ tagName }) => tagName))
})()`

export async function openedReports(): Promise<ReportReader> {
  const root = process.getuid?.() === 0
  const browser = await chromium.launch({ executablePath: findProgram('chromium'), args: root ? ['--no-sandbox'] : [] })
  return {
    harmOf: async ({ folder }) => {
      const file = join(folder, '.assay', 'report.html')
      if (!existsSync(file)) return []
      const context = await browser.newContext()
      try {
        const page = await context.newPage()
        const trouble: string[] = []
        page.on('dialog', (dialog) => {
          trouble.push(`the report opens a dialog: ${dialog.message()}`)
          void dialog.dismiss()
        })
        page.on('console', (message) => trouble.push(`the report says ${message.text()}`))
        page.on('pageerror', (error) => trouble.push(`the report throws ${error.message}`))
        const address = pathToFileURL(file).href
        page.on('request', (request) => {
          if (request.url() !== address && !request.url().startsWith('data:'))
            trouble.push(`the report asks for ${request.url()}`)
        })
        await page.goto(address)
        await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        const found = await page.evaluate<readonly string[]>(dangerous)
        const isOwned = await page.evaluate("'owned' in window || 'polluted' in {}")
        return [
          ...trouble.slice(0, 5),
          ...found.slice(0, 5).map((one) => `the report has ${one}`),
          ...(isOwned === true ? ['something of the target ran in the report'] : []),
        ]
      } finally {
        await context.close()
      }
    },
    close: async () => await browser.close(),
  }
}
