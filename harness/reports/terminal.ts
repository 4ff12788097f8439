import { printable } from '../printable.ts'
import type { Reporter } from './report.ts'
import { painter } from './terminal/paint.ts'
import { trackProgress } from './terminal/progress.ts'
import { summarize } from './terminal/summary.ts'
import { cutAt } from './terminal/wrap.ts'

/** Where a person reads: what standard output and standard error are. */
export interface Screen {
  readonly isTTY?: boolean
  /** How wide it is, in characters. */
  readonly columns?: number
  write(text: string): unknown
}

export interface TerminalOptions {
  /** The reports that were written when the run is over, as paths. */
  readonly written?: () => readonly string[]
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Milliseconds from any moment on. */
  readonly now?: () => number
}

/** Wider lines are hard to read. */
const widest = 80

/** How often the line of progress is drawn again, and how often it is printed where it cannot be, in milliseconds. */
const everyMs = { drawn: 100, printed: 5000 }

const eraseLine = '\r\u001B[2K'

/** Tells a person how a run goes on, and what it found. */
export function terminalReporter(screen: Screen, options: TerminalOptions = {}): Reporter {
  const { written = () => [], environment = process.env, now = () => performance.now() } = options
  const isTerminal = screen.isTTY === true
  const isRedrawn = isTerminal && environment['TERM'] !== 'dumb'
  const paint = painter(isTerminal, environment)
  const width = () => Math.min(widest, Math.max(40, screen.columns ?? widest))
  const track = trackProgress(now)
  let shownAt = isRedrawn ? Number.NEGATIVE_INFINITY : now()
  let isDrawn = false

  const erase = () => {
    if (isDrawn) screen.write(eraseLine)
    isDrawn = false
  }

  return {
    onEvent(event) {
      const line = track(event)
      if (event.type === 'run-finished') erase()
      if (line === undefined || now() - shownAt < (isRedrawn ? everyMs.drawn : everyMs.printed)) return
      shownAt = now()
      const shown = cutAt(printable(line), width() - 1)
      screen.write(isRedrawn ? `${eraseLine}${paint('dim', shown)}` : `${shown}\n`)
      isDrawn = isRedrawn
    },

    onReport(report) {
      erase()
      screen.write(summarize(report, { width: width(), paint, written: written() }))
    },
  }
}
