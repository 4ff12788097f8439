import { setTimeout as delay } from 'node:timers/promises'
import type { Page as Tab } from 'playwright-core'
import { newProfile } from './chromium.ts'
import { hiddenAttribute, markAttribute } from './controls.ts'
import { bodyLimit, type HttpClient } from './http.ts'
import { directTraffic, type Traffic } from './page-traffic.ts'
import {
  baseOf,
  departureOf,
  firstHop,
  type Look,
  stuck,
  territoryOf,
  travel,
  type UserAgent,
  type UserAgentOptions,
  type Vehicle,
  type Way,
} from './user-agent.ts'
import type { Territory } from './navigation.ts'

/**
 * How long things may take, in milliseconds: a page until nothing moves, its scripts until they show something, one touch,
 * and a button until anything at all comes of it.
 */
const patience = { page: 20_000, scripts: 2000, touch: 3000, quiet: 600, button: 8000 }

/** A real browser, for pages that need JavaScript. The same journey and the same record as the one without. */
export function browserAgent({
  http,
  login,
  origins,
}: UserAgentOptions & { readonly http: Pick<HttpClient, 'send' | 'load'> }): UserAgent {
  const profile = newProfile()
  return {
    arrive: async (start, journey) => {
      const territory = territoryOf(start, journey, origins)
      const hop = firstHop(start)
      const context = await profile.context()
      const tab = await context.newPage()
      try {
        const { headers } = login
        const { person } = journey
        const traffic = await directTraffic(tab, context, { start: hop, territory, http, headers, person })
        return await travel(drive(tab, hop.url, traffic, territory), journey, login)
      } finally {
        await atMost(patience.touch, tab.close())
      }
    },
    forget: () => profile.forget(),
    close: async () => await profile.close(),
  }
}

function drive(tab: Tab, start: string, traffic: Traffic, territory: Territory): Vehicle {
  let pressed: number | undefined
  let before: string | undefined
  return {
    land: async (look) => {
      traffic.look = look
      if (pressed === undefined) {
        pressed = performance.now()
        open(tab, start)
      }
      const landing = await settle(tab, traffic, { pressed, before }, look)
      before = 'kind' in landing ? undefined : landing.page.html
      return landing
    },
    take: async (way) => {
      pressed = performance.now()
      await takeByHand(tab, way, traffic, territory)
    },
  }
}

const open = (tab: Tab, url: string) => void tab.goto(url, { waitUntil: 'commit', timeout: 0 }).catch(() => undefined)

/** When the last button was pressed, and the page as it stood then. */
interface Press {
  readonly pressed: number
  readonly before: string | undefined
}

/** Waits until the server has sent the browser away, or a page has come and its scripts have had their turn. */
async function settle(tab: Tab, traffic: Traffic, { pressed, before }: Press, look: Look): ReturnType<Vehicle['land']> {
  let quietSince: number | undefined
  for (;;) {
    if (traffic.arrival !== undefined) return traffic.arrival
    if (traffic.failure !== undefined) throw traffic.failure
    const now = performance.now()
    const late = now - pressed > patience.page
    if (late || isQuiet(traffic, pressed, now)) {
      const { document: response } = traffic
      if (response === undefined) return stuck('the target showed no page; open the address by hand to see why')
      const html = await snapshotOf(tab)
      if (html === undefined)
        return traffic.arrival ?? stuck('the scripts of the page do not come to an end; open it by hand')
      // A page that stands as it stood has not been answered yet, or the machine is busy.
      const isUntouched = traffic.lastMoved < pressed && html === before
      if (isUntouched && now - pressed < patience.button) {
        await delay(50)
        continue
      }
      quietSince ??= now
      const page = { response, html, scripted: true }
      const step = look(page)
      const mayChange = step.kind === 'nothing' && /<script/i.test(response.body)
      if (late || !mayChange || now - quietSince > patience.scripts) return traffic.arrival ?? { page, step }
    }
    await delay(50)
  }
}

/** A button may take its time before anything moves; afterwards nothing must. */
function isQuiet({ pending, lastMoved }: Traffic, pressed: number, now: number): boolean {
  if (pending > 0 || now - lastMoved < patience.quiet) return false
  return lastMoved >= pressed || now - pressed > patience.scripts
}

/** Numbers what can be acted on, says what is not seen, and returns the page as it stands, without what nobody reads. */
const snapshotScript = `(() => {
  let mark = 0
  for (const element of document.querySelectorAll('input, button, select, textarea, a[href], [role="button"]')) {
    if (++mark > 4000) break
    element.setAttribute('${markAttribute}', String(mark))
    element.toggleAttribute('${hiddenAttribute}', !element.checkVisibility({ visibilityProperty: true }))
  }
  const copy = document.documentElement.cloneNode(true)
  for (const element of copy.querySelectorAll('script, style, svg, link, noscript')) element.remove()
  return copy.outerHTML.slice(0, ${bodyLimit})
})()`

async function snapshotOf(tab: Tab): Promise<string | undefined> {
  const html = await atMost(patience.touch, tab.evaluate<unknown>(snapshotScript))
  return typeof html === 'string' ? html : undefined
}

async function takeByHand(tab: Tab, way: Way, traffic: Traffic, territory: Territory) {
  const { document: page } = traffic
  if (page === undefined) throw new TypeError('no page was shown')
  const element = (mark: string) => tab.locator(`[${markAttribute}="${mark}"]`).first()
  const timeout = patience.touch
  const press = way.kind === 'submit' ? way.byHand.press : way.press
  if (way.kind === 'follow' && press === undefined) {
    const left = departureOf(way, page, territory)
    if (left !== undefined) traffic.arrival ??= left
    else open(tab, new URL(way.href, baseOf(way, page.url)).href)
    return
  }
  try {
    const { type, check } = way.kind === 'submit' ? way.byHand : { type: [], check: [] }
    for (const [mark, text] of type) await element(mark).fill(text, { timeout })
    for (const mark of check) await element(mark).check({ timeout })
    const last = type.at(-1)
    if (press !== undefined) await click(tab, element(press))
    else if (last !== undefined) await element(last[0]).press('Enter', { timeout, noWaitAfter: true })
  } catch {
    // What the browser says of it may hold the password.
    traffic.arrival ??= stuck('the page does not let its fields be filled in; name them under login in the target file')
  }
}

/** What lies over a button keeps a hand from it, but not a script. */
async function click(tab: Tab, button: ReturnType<Tab['locator']>) {
  try {
    await button.click({ timeout: patience.touch, noWaitAfter: true })
  } catch {
    if (!tab.isClosed()) await button.dispatchEvent('click', {}, { timeout: patience.touch })
  }
}

/** The outcome, or nothing where there is none in time: a page that hangs answers nobody. */
async function atMost<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  const timer = new AbortController()
  const late = delay(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined)
  try {
    return await Promise.race([work.catch(() => undefined), late])
  } finally {
    timer.abort()
  }
}
