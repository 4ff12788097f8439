import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import type { RunEvent } from '../../../harness/runner/events.ts'
import { terminalReporter, type Screen } from '../../../harness/reports/terminal.ts'
import { columnsOf, cutAt, wrap } from '../../../harness/reports/terminal/wrap.ts'
import { hostileReport } from '../../fixtures/hostile-report.ts'
import { eventsOf, issuer, load, outcomes, reportOf, sampleReport } from '../../fixtures/sample-report.ts'

const written = () => ['.assay/report.json', '.assay/report.html']

/** A screen that keeps all that is written on it. */
function paper(isTTY: boolean, columns = 80): Screen & { readonly text: () => string } {
  let text = ''
  return { isTTY, columns, write: (more) => (text += more), text: () => text }
}

/** A clock that moves on by so many milliseconds whenever it is asked. */
function ticking(stepMs: number): () => number {
  let now = 0
  return () => (now += stepMs)
}

const visible = (text: string) => text.replaceAll('\u001B', '␛').replaceAll('\r', '␍\n')

test('a person reads what broke, where the specification says so and how to see it again', async () => {
  const screen = paper(false)
  await terminalReporter(screen, { written, environment: {} }).onReport?.(sampleReport)

  await expect(screen.text()).toMatchFileSnapshot('golden/sample.txt')
  expect(
    screen
      .text()
      .split('\n')
      .filter((line) => columnsOf(line) > 80),
  ).toEqual([])
})

test('a clean run ends in one green sentence', async () => {
  const screen = paper(true)
  const clean = outcomes.filter(({ verdict }) => verdict.state === 'pass')
  await terminalReporter(screen, { environment: {} }).onReport?.(reportOf(clean))

  await expect(visible(screen.text())).toMatchFileSnapshot('golden/clean.txt')
})

test('where nothing was found but not all was judged, it says so in red', async () => {
  const screen = paper(true)
  const silent = outcomes.filter(({ verdict }) => verdict.state === 'untestable' || verdict.state === 'broken')
  await terminalReporter(screen, { environment: {} }).onReport?.(
    reportOf(silent, { state: 'not-run', because: 'k6 is not installed' }),
  )

  await expect(visible(screen.text())).toMatchFileSnapshot('golden/silent.txt')
})

test('a run that was interrupted before it began is not called clean', async () => {
  const screen = paper(false)
  await terminalReporter(screen, { environment: {} }).onReport?.({ ...reportOf([]), interrupted: true })

  expect(screen.text()).toMatch(/\nInterrupted: this is what was done until then\.\nNothing was judged, in .+\n/)
  expect(screen.text()).not.toContain('Nothing was found')
})

test.each([
  ['it is piped', false, {}],
  ['NO_COLOR is set', true, { NO_COLOR: '1' }],
  ['the terminal is dumb', true, { TERM: 'dumb' }],
])('nothing is coloured where %s', async (_, isTTY, environment) => {
  const screen = paper(isTTY)
  await terminalReporter(screen, { environment }).onReport?.(sampleReport)

  expect(screen.text()).not.toContain('\u001B')
})

test('a terminal shows what a pipe gets, in colours', async () => {
  const screen = paper(true)
  await terminalReporter(screen, { environment: {} }).onReport?.(sampleReport)
  expect(screen.text()).toContain('\u001B[31m')

  const plain = paper(false)
  await terminalReporter(plain, { environment: {} }).onReport?.(sampleReport)
  expect(stripVTControlCharacters(screen.text())).toBe(plain.text())
})

const progress: readonly RunEvent[] = [
  ...eventsOf(outcomes.slice(0, 30)).slice(0, -1),
  ...[12, 13, 14, 15].map((elapsed): RunEvent => ({
    type: 'load-progress',
    scenarios: ['introspection', 'refresh'],
    elapsed,
    of: 60,
  })),
  { type: 'load-finished', result: load },
  { type: 'run-finished', interrupted: false },
]

test('a terminal has one line of progress, drawn again and erased at the end', async () => {
  const screen = paper(true, 60)
  const reporter = terminalReporter(screen, { environment: {}, now: ticking(40) })
  for (const event of progress) reporter.onEvent?.(event)

  expect(screen.text()).not.toContain('\n')
  expect(screen.text().endsWith('\r\u001B[2K')).toBe(true)
  await expect(visible(screen.text())).toMatchFileSnapshot('golden/progress-on-a-terminal.txt')
})

test('a pipe gets a plain line every few seconds', async () => {
  const screen = paper(false)
  const reporter = terminalReporter(screen, { environment: {}, now: ticking(900) })
  for (const event of progress) reporter.onEvent?.(event)

  await expect(screen.text()).toMatchFileSnapshot('golden/progress-in-a-pipe.txt')
})

test('nothing of a hostile target reaches the terminal as it is', async () => {
  const screen = paper(false)
  const reporter = terminalReporter(screen, { environment: {}, now: ticking(10_000) })
  reporter.onEvent?.({
    type: 'load-progress',
    scenarios: ['\u001B[2Jevil\u202E'],
    elapsed: 1,
    of: 2,
  })
  await reporter.onReport?.(hostileReport)

  expect(screen.text()).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
  expect(screen.text()).toContain('\\u{1b}[2J')
  expect(screen.text()).toContain('\\u{202e}')
  expect(screen.text().length).toBeLessThan(100_000)
  expect(
    screen
      .text()
      .split('\n')
      .filter((line) => columnsOf(line) > 80),
  ).toEqual([])
})

test('a narrow terminal is kept to', async () => {
  const screen = paper(true, 48)
  await terminalReporter(screen, { environment: { NO_COLOR: '1' } }).onReport?.(sampleReport)

  expect(screen.text()).toContain(issuer.slice(0, 30))
  expect(
    screen
      .text()
      .split('\n')
      .filter((line) => columnsOf(line) > 48),
  ).toEqual([])
})

test('lines are broken at spaces, in long words only where there is no other way', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
  expect(wrap('', 10)).toEqual([''])
  expect(wrap('a/very/long/path/to/somewhere', 12)).toEqual(['a/very/long/', 'path/to/', 'somewhere'])
  expect(wrap('x'.repeat(25), 10)).toEqual(['x'.repeat(10), 'x'.repeat(10), 'x'.repeat(5)])
  expect(wrap('漢字漢字', 4)).toEqual(['漢字', '漢字'])
})

test('columns are counted as a terminal counts them', () => {
  expect(columnsOf('abc')).toBe(3)
  expect(columnsOf('漢字')).toBe(4)
  expect(columnsOf('e\u0301')).toBe(1)
  expect(columnsOf('🔥')).toBe(2)
  expect(cutAt('漢字漢字', 5)).toBe('漢字')
})
