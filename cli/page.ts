import { Page } from '../harness/reports/terminal/page.ts'
import { painter } from '../harness/reports/terminal/paint.ts'
import type { Io } from './command.ts'

/** Wider lines are hard to read. */
const widest = 80

/** A page for whoever reads standard output: lines that fit on a terminal, and whole ones in a pipe. */
export function pageFor({ out, environment }: Io): Page {
  const isTerminal = out.isTTY === true
  const width = isTerminal ? Math.min(widest, out.columns ?? widest) : Number.POSITIVE_INFINITY
  return new Page(width, painter(isTerminal, environment))
}
