import type { CDPSession } from 'playwright-core'
import { locateProgram } from '../programs.ts'
import { newProfile, type Profile } from './chromium.ts'

/** What a real browser makes of a reference; it goes nowhere, and nothing leaves the machine. */
export interface BrowserVerdict {
  /**
   * The URL that a Location header leads to, which the answer at `from` has; its octets come as Latin-1. Nothing where the
   * browser refuses, or hands over to another program.
   */
  follow(location: string, from: string): Promise<string | undefined>
  /** The URLs that forms of a page at `from` would be sent to, as their action is written there. */
  actions(written: readonly string[], from: string): Promise<readonly string[]>
  close(): Promise<void>
}

/** How long a browser may think about one reference, in milliseconds. */
const patience = 10_000

/** As much as is needed of the event that holds a request back until it is answered. */
interface Paused {
  readonly requestId: string
  readonly resourceType: string
  readonly request: { readonly url: string; readonly urlFragment?: string }
}

/** Starts Chromium when it is first asked. Throws a HarnessError `BROWSER_MISSING` where there is none that starts. */
export function browserVerdict(): BrowserVerdict {
  const profile = newProfile()
  let opened: Promise<Witness> | undefined
  let last: Promise<unknown> = Promise.resolve()
  /** One after the other: a tab is at one place at a time. */
  const inTurn = async <T>(ask: (witness: Witness) => Promise<T>): Promise<T> => {
    const before = last
    const answer = (async () => {
      await before.catch(() => undefined)
      return await ask(await (opened ??= openWitness(profile)))
    })()
    last = answer
    return await answer
  }
  return {
    follow: async (location, from) => await inTurn(async (witness) => await followed(witness, location, from)),
    actions: async (written, from) => await inTurn(async (witness) => await actionsOf(witness, written, from)),
    close: async () => await profile.close(),
  }
}

/** A tab of which every request is answered here. */
interface Witness {
  readonly session: CDPSession
  /** Answers the next requests of the tab, until it is replaced. */
  answer: (event: Paused) => Promise<void>
}

async function openWitness(profile: Profile): Promise<Witness> {
  const context = await profile.context()
  const tab = await context.newPage()
  const session = await context.newCDPSession(tab)
  const witness: Witness = { session, answer: async (event) => await refuse(session, event) }
  session.on('Fetch.requestPaused', (event) => void witness.answer(event).catch(() => undefined))
  await session.send('Page.enable')
  await session.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] })
  return witness
}

async function refuse(session: CDPSession, { requestId }: Paused): Promise<void> {
  await session.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
}

const withoutFragment = (url: string) => url.replace(/#.*$/s, '')

async function followed(witness: Witness, location: string, from: string): Promise<string | undefined> {
  const { session } = witness
  let redirected = false
  let to: string | undefined
  witness.answer = async (event) => {
    if (event.resourceType !== 'Document' || redirected) {
      if (event.resourceType === 'Document') to ??= `${event.request.url}${event.request.urlFragment ?? ''}`
      return await refuse(session, event)
    }
    redirected = true
    const headers = Buffer.from(`Location: ${location}\0Cache-Control: no-store`, 'latin1')
    await session.send('Fetch.fulfillRequest', {
      requestId: event.requestId,
      responseCode: 302,
      binaryResponseHeaders: headers.toString('base64'),
    })
  }
  await atMost(patience, session.send('Page.navigate', { url: withoutFragment(from) }))
  witness.answer = async (event) => await refuse(session, event)
  return to
}

/** A page without scripts of its own: what an action would run is not run. */
const emptyPage = {
  responseCode: 200,
  responseHeaders: [
    { name: 'Content-Type', value: 'text/html;charset=utf-8' },
    { name: 'Content-Security-Policy', value: "default-src 'none'" },
  ],
  body: Buffer.from('<!doctype html><form></form>').toString('base64'),
}

async function actionsOf(witness: Witness, written: readonly string[], from: string): Promise<readonly string[]> {
  const { session } = witness
  witness.answer = async (event) => {
    if (event.resourceType !== 'Document') return await refuse(session, event)
    await session.send('Fetch.fulfillRequest', { requestId: event.requestId, ...emptyPage })
  }
  await atMost(patience, session.send('Page.navigate', { url: withoutFragment(from) }))
  const { result } = await session.send('Runtime.evaluate', {
    returnByValue: true,
    expression: `${JSON.stringify(written)}.map((action) => {
      const form = document.createElement('form')
      form.setAttribute('action', action)
      return form.action
    })`,
  })
  const actions: unknown = result.value
  return Array.isArray(actions) ? actions.map(String) : []
}

async function atMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds)
  })
  await Promise.race([work.catch(() => undefined), late]).finally(() => clearTimeout(timer))
}

/** A verdict that several ask for, and its browser, which ends once nobody has asked for a while. */
const shared: { verdict?: BrowserVerdict; timer?: NodeJS.Timeout } = {}

/** How long a browser waits for the next question, in milliseconds. */
const idle = 1000

/** What was asked already. */
const known = new Map<string, Promise<string | undefined>>()
const knownAtMost = 1000

/**
 * Where a browser would go from a page, by a Location or by a form; an empty text where it goes nowhere, and nothing where
 * no browser is installed.
 */
export async function browserDestination(
  way: 'location' | 'action',
  written: string,
  from: string,
): Promise<string | undefined> {
  if (locateProgram('chromium') === undefined) return undefined
  const key = JSON.stringify([way, written, from])
  if (known.size >= knownAtMost) known.clear()
  const answer = known.get(key) ?? ask(way, written, from).catch(() => undefined)
  known.set(key, answer)
  return await answer
}

async function ask(way: 'location' | 'action', written: string, from: string): Promise<string | undefined> {
  clearTimeout(shared.timer)
  const verdict = (shared.verdict ??= browserVerdict())
  try {
    if (way === 'location') return (await verdict.follow(written, from)) ?? ''
    const [action = ''] = await verdict.actions([written], from)
    return action
  } finally {
    clearTimeout(shared.timer)
    shared.timer = setTimeout(() => {
      delete shared.verdict
      void verdict.close()
    }, idle)
  }
}
