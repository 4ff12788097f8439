import { setTimeout as delay } from 'node:timers/promises'
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { findProgram } from '../programs.ts'
import { decodeForm } from '../../core/wire/form.ts'
import type { LoginHints } from '../target/target.ts'
import type { HttpClient, HttpResponse } from './http.ts'
import { accepting, refusing } from './login-form.ts'
import type { Arrival, Journey, Start, UserAgent } from './user-agent.ts'

/** No sign-in takes more pages, and no page longer to settle, in milliseconds. */
const pagesAtMost = 12
const settleMs = 10_000

const quietFlags = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

/** One Chromium for all agents of this process; it ends with the last of them. */
const shared: { browser?: Promise<Browser>; users: number } = { users: 0 }

/** A real browser, for pages that need JavaScript. The same journey and the same record as the one without. */
export function browserAgent({ http, login }: { readonly http: HttpClient; readonly login: LoginHints }): UserAgent {
  let context: BrowserContext | undefined
  let holds = false
  const open = async (): Promise<BrowserContext> => {
    if (!holds) shared.users += 1
    holds = true
    shared.browser ??= chromium.launch({
      executablePath: findProgram('chromium'),
      args: [...quietFlags, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
    })
    context ??= await (await shared.browser).newContext({ extraHTTPHeaders: { ...login.headers }, acceptDownloads: false, serviceWorkers: 'block' })
    return context
  }
  const forget = () => {
    void context?.close().catch(() => undefined)
    context = undefined
  }
  return {
    arrive: async (start, journey) => {
      const page = await (await open()).newPage()
      try {
        return await travel(page, start, journey, http, login)
      } finally {
        await page.close().catch(() => undefined)
      }
    },
    forget,
    close: async () => {
      forget()
      if (!holds) return
      holds = false
      shared.users -= 1
      if (shared.users > 0) return
      const { browser } = shared
      delete shared.browser
      await (await browser)?.close()
    },
  }
}

async function travel(page: Page, start: Start, journey: Journey, http: HttpClient, login: LoginHints): Promise<Arrival> {
  const { origin } = new URL(typeof start === 'string' ? start : start.url)
  const departure = watchDepartures(page, origin, http)
  await begin(page, start)
  let passwords = 0
  for (let turn = 0; turn < pagesAtMost; turn++) {
    const left = await settled(page, departure)
    if (left !== undefined) return left
    const landing = departure.lastPage
    if (landing !== undefined) journey.onPage?.(landing)
    const button = await fillIn(page, journey, login)
    if (button === 'nothing to do') {
      return landing === undefined ? { kind: 'stuck', because: 'the target showed no page' } : { kind: 'page', status: landing.status, response: landing }
    }
    if (button.signsIn && ++passwords > 2) {
      return { kind: 'stuck', because: `the target refuses the password of ${journey.person?.username}; check it under users in the target file` }
    }
    departure.moved = false
    await button.press().catch(() => undefined)
  }
  return { kind: 'stuck', because: `the sign-in did not end after ${pagesAtMost} pages; name its fields under login in the target file` }
}

interface Departure {
  arrival?: Arrival
  lastPage?: HttpResponse
  /** True once a page came since the last button was pressed. */
  moved: boolean
}

/** Notes every document that is loaded, and the redirect or form that would leave the server; that one is never fetched. */
function watchDepartures(page: Page, origin: string, http: HttpClient): Departure {
  const departure: Departure = { moved: false }
  const outside = (url: string, base: string) => !URL.canParse(url, base) || new URL(url, base).origin !== origin
  page.on('response', (response) => {
    const request = response.request()
    if (!request.isNavigationRequest() || request.frame() !== page.mainFrame()) return
    departure.moved = true
    void (async () => {
      const headers = (await response.headersArray()).map(({ name, value }) => [name, value] as const)
      const location = await response.headerValue('location')
      const redirects = location !== null && response.status() >= 300 && response.status() < 400
      if (redirects && outside(location, response.url())) departure.arrival ??= { kind: 'redirect', location, status: response.status() }
      const body = redirects ? '' : await response.text().catch(() => '')
      const seen: HttpResponse = { status: response.status(), headers, body, truncated: false, url: response.url() }
      const sent = request.postData()
      http.note({ method: request.method(), url: request.url(), headers: Object.entries(await request.allHeaders()), ...(sent !== null && { body: sent }) }, seen)
      if (!redirects) departure.lastPage = seen
    })().catch(() => undefined)
  })
  void page.route(
    (url) => url.origin !== origin,
    async (route) => {
      const request = route.request()
      if (request.isNavigationRequest() && departure.arrival === undefined) {
        departure.arrival =
          request.method() === 'POST'
            ? { kind: 'form_post', action: request.url(), params: decodeForm(request.postData() ?? '') }
            : { kind: 'redirect', location: request.url(), status: 200 }
      }
      await route.abort()
    },
  )
  return departure
}

async function begin(page: Page, start: Start) {
  const options = { waitUntil: 'domcontentloaded', timeout: settleMs } as const
  if (typeof start === 'string') {
    await page.goto(start, options).catch(() => undefined)
    return
  }
  // A browser posts a form only from a page: one of the server's own origin, so that its cookies go along.
  const { origin } = new URL(start.url)
  await page.goto(`${origin}/favicon.ico`, options).catch(() => undefined)
  const inputs = decodeForm(start.form).map(([name, value]) => `<input type="hidden" name="${quoted(name)}" value="${quoted(value)}">`)
  await page.setContent(`<form method="post" action="${quoted(start.url)}">${inputs.join('')}<button>go</button></form>`, options)
  await page.locator('button').click({ timeout: settleMs, noWaitAfter: true })
}

const quoted = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')

/** Waits until the browser was sent away, or a page has come and its scripts have had their turn. */
async function settled(page: Page, departure: Departure): Promise<Arrival | undefined> {
  const until = performance.now() + settleMs
  while (performance.now() < until) {
    if (departure.arrival !== undefined) return departure.arrival
    if (departure.moved) {
      await page.waitForLoadState('load', { timeout: settleMs }).catch(() => undefined)
      await delay(150)
      return departure.arrival
    }
    await delay(20)
  }
  return departure.arrival
}

type Step = 'nothing to do' | { readonly signsIn: boolean; readonly press: () => Promise<void> }

/** Fills what the page asks for and finds the button that brings the person on. */
async function fillIn(page: Page, { person, decide = 'accept' }: Journey, { selectors }: LoginHints): Promise<Step> {
  const password = page.locator(selectors.password ?? 'input[type="password" i]').first()
  const username = page
    .locator(selectors.username ?? 'input[autocomplete~="username" i], input[type="email" i], input[name*="user" i]:not([type="hidden" i]), input[name*="login" i]:not([type="hidden" i]), input[type="text" i], input:not([type])')
    .first()
  const signsIn = await password.isVisible().catch(() => false)
  if (person !== undefined && (await username.isVisible().catch(() => false))) await username.fill(person.username)
  if (person !== undefined && signsIn) await password.fill(person.password.reveal())
  const hint = signsIn ? selectors.submit : selectors.consent
  const button = hint === undefined || decide === 'deny' ? await chooseButton(page, decide === 'deny' && !signsIn) : page.locator(hint).first()
  return button === undefined ? 'nothing to do' : { signsIn, press: async () => await button.click({ timeout: settleMs, noWaitAfter: true }) }
}

async function chooseButton(page: Page, refuse: boolean): Promise<Locator | undefined> {
  const candidates = page.locator(refuse ? 'button, input[type="submit" i], a[href]' : 'form button, form input[type="submit" i], button')
  const willing: Locator[] = []
  for (const candidate of (await candidates.all()).slice(0, 50)) {
    const label = `${await candidate.innerText().catch(() => '')} ${(await candidate.getAttribute('value')) ?? ''} ${(await candidate.getAttribute('name')) ?? ''}`
    if (!(await candidate.isVisible())) continue
    if (refusing.test(label) === refuse) {
      if (refuse || accepting.test(label)) return candidate
      willing.push(candidate)
    }
  }
  return willing[0]
}
