import type { Browser, BrowserContext } from 'playwright-core'
import { HarnessError } from '../error.ts'
import { findProgram } from '../programs.ts'

/**
 * No program listens at port 1. Nothing that the browser asks for by itself arrives anywhere; what pages ask for is
 * answered by the harness.
 */
const noNetwork = { server: 'http://127.0.0.1:1' }

const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-site-isolation-trials',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
]

/** One Chromium for all agents of this process; it ends with the last of them. */
const shared: { browser?: Promise<Browser>; users: number } = { users: 0 }

/** A browser of its own, as far as cookies and storage go. */
export interface Profile {
  context(): Promise<BrowserContext>
  /** Drops cookies and storage. */
  forget(): void
  close(): Promise<void>
}

/** Starts Chromium when it is first needed. Throws a HarnessError `BROWSER_MISSING` where there is none that starts. */
export function newProfile(): Profile {
  let context: Promise<BrowserContext> | undefined
  let holds = false

  const open = async (): Promise<BrowserContext> => {
    const browser = await sharedBrowser()
    browser.once('disconnected', () => {
      context = undefined
    })
    return await browser.newContext({ acceptDownloads: false, serviceWorkers: 'block', locale: 'en' })
  }
  const drop = async () => {
    const dropped = context
    context = undefined
    await dropped?.then(async (opened) => await opened.close()).catch(() => undefined)
  }

  return {
    context: async () => {
      if (!holds) shared.users += 1
      holds = true
      context ??= open()
      try {
        return await context
      } catch (cause) {
        context = undefined
        throw cause
      }
    },
    forget: () => void drop(),
    close: async () => {
      await drop()
      if (!holds) return
      holds = false
      shared.users -= 1
      if (shared.users > 0) return
      const { browser } = shared
      delete shared.browser
      await browser?.then(async (running) => await running.close()).catch(() => undefined)
    },
  }
}

async function sharedBrowser(): Promise<Browser> {
  if (shared.browser !== undefined) return await shared.browser
  const browser = launch()
  const forget = () => {
    if (shared.browser === browser) delete shared.browser
  }
  shared.browser = browser
  try {
    const running = await browser
    running.once('disconnected', forget)
    return running
  } catch (cause) {
    forget()
    throw cause
  }
}

async function launch(): Promise<Browser> {
  const executablePath = findProgram('chromium')
  // Loaded on demand: it takes longer than all the rest, and most targets need no browser.
  const { chromium } = await import('playwright-core')
  try {
    return await chromium.launch({
      executablePath,
      args: [...flags, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
      proxy: noNetwork,
      // Whoever runs the harness decides what an interrupt means.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    })
  } catch (cause) {
    throw new HarnessError('BROWSER_MISSING', 'Chromium did not start', {
      hint: 'run `npm run setup`, or name another Chromium in CHROMIUM_BIN',
      cause,
    })
  }
}
