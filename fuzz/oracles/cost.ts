import { cwe } from '../../core/spec/cwe.ts'
import { NoAnswer } from '../../harness/client/http.ts'
import { Untestable } from '../../harness/error.ts'
import type { Expect } from '../../harness/expect.ts'
import { isCrash } from './answers.ts'

/** The least time that an input of a length took, in milliseconds. */
export interface Sample {
  readonly length: number
  readonly milliseconds: number
}

/** Whatever is faster than this has cost nobody anything, in milliseconds. */
const worthTelling = 120

/** Twice the length takes three times as long: what is sorted takes hardly more than twice, and a square four times. */
const steepest = Math.log2(3)

/**
 * How time grows with length over two doublings, as its power: 1 for what is in proportion, 2 for a square. The last
 * doubling alone has to show it, too. What as many harmless characters take is no time of the input's own, and what is less
 * than a sixteenth of the longest is lost in noise, so nothing comes out above 2 that comes of small times.
 */
export function powerOf(input: readonly Sample[], harmless: readonly Sample[]): number {
  const [first, second, third] = input.map(
    ({ milliseconds }, at) => milliseconds - (harmless[at]?.milliseconds ?? Number.POSITIVE_INFINITY),
  )
  if (first === undefined || second === undefined || third === undefined || third <= 0) return 0
  const times = (time: number) => third / Math.max(time, third / 16)
  return Math.min(Math.log2(times(second)), Math.log2(times(first)) / 2)
}

/** Whether the least times of three lengths, each twice the one before it, are out of all proportion. */
export function isOutOfProportion(input: readonly Sample[], harmless: readonly Sample[]): boolean {
  const [most, mostOfHarmless] = [input.at(-1)?.milliseconds ?? 0, harmless.at(-1)?.milliseconds ?? 0]
  return most - mostOfHarmless >= worthTelling && most >= 4 * mostOfHarmless && powerOf(input, harmless) >= steepest
}

/** An input that can be sent at any length, and as many harmless characters in its place. */
export interface Growing {
  readonly send: (length: number) => Promise<{ readonly status: number }>
  readonly sendHarmless: (length: number) => Promise<{ readonly status: number }>
  /** The longest that is tried. */
  readonly longest: number
}

/** Lengths to try: some where time may double with each character, and few where it grows as a power. */
const lengths = [16, 24, 28, 30, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 24_576, 61_440]

/**
 * Makes an input longer until the server says that it is too long, fails over it, or takes long; what looks like a fault is
 * tried again, beside as many harmless characters, before it is one.
 */
export async function judgeCost(expect: Expect, growing: Growing): Promise<void> {
  const turn = lastTurn.then(async () => await judgeGrowth(expect, growing))
  lastTurn = turn.catch(() => undefined)
  await turn
}

/** One after the other: a server that is kept busy by one input is slow for all others, and they are not to blame. */
let lastTurn: Promise<unknown> = Promise.resolve()

async function judgeGrowth(expect: Expect, growing: Growing): Promise<void> {
  for (const length of lengths.filter((one) => one <= growing.longest)) {
    const trial = await tried(growing.send, length)
    if (trial.kind === 'declined') return
    if (trial.kind === 'failed') return await judgeFailure(expect, growing, length, trial)
    if (trial.milliseconds < worthTelling || !(await isSlowAgain(growing, length))) continue
    if ((await judgeTime(expect, growing, await shortestSlow(growing.send, length))) === 'slow') return
  }
}

/** Whether an input takes long a second time, and as many harmless characters do not: a server may be slow all in all. */
async function isSlowAgain({ send, sendHarmless }: Growing, length: number): Promise<boolean> {
  const [harmless, again] = [await tried(sendHarmless, length), await tried(send, length)]
  return (
    again.kind === 'answered' &&
    harmless.kind === 'answered' &&
    again.milliseconds - harmless.milliseconds >= worthTelling
  )
}

/** Half of a length, and half of that, for as long as it takes much longer than has to be seen. */
async function shortestSlow(send: Growing['send'], length: number): Promise<number> {
  const half = Math.floor(length / 2)
  const trial = await tried(send, half)
  return trial.kind === 'answered' && trial.milliseconds >= 2 * worthTelling ? await shortestSlow(send, half) : length
}

type Trial =
  | { readonly kind: 'answered'; readonly milliseconds: number }
  /** Too long for the server, or too much at the moment. */
  | { readonly kind: 'declined' }
  | { readonly kind: 'failed'; readonly how: string; readonly isSilent: boolean }

const declining: ReadonlySet<number> = new Set([413, 414, 429, 431, 503])

async function tried(send: Growing['send'], length: number): Promise<Trial> {
  const started = performance.now()
  try {
    const answer = await send(length)
    if (declining.has(answer.status)) return { kind: 'declined' }
    if (isCrash(answer)) return { kind: 'failed', how: `status ${answer.status}`, isSilent: false }
    return { kind: 'answered', milliseconds: performance.now() - started }
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    return { kind: 'failed', how: error.message.replace(/^.*: /s, ''), isSilent: true }
  }
}

/** A failure is one where it comes again, while what is harmless is answered before and after. */
async function judgeFailure(expect: Expect, growing: Growing, length: number, first: Trial) {
  // Whoever closes the connection before a long request was read to its end may do so.
  const harmless = first.kind === 'failed' && first.isSilent ? length : 16
  if (!(await isBack(growing, harmless))) return
  const again = await tried(growing.send, length)
  if (!(await isBack(growing, harmless)) || again.kind !== 'failed') return
  expect.that(
    false,
    { violation: 'crashed', expected: 'an answer that is no failure of the server', actual: again.how },
    cwe.failuresHandled,
  )
}

/** Whether the server answers what is harmless; where it answers nothing at all any more, nobody can judge. */
async function isBack({ sendHarmless }: Growing, length: number): Promise<boolean> {
  for (let left = 3; left > 0; left -= 1) {
    const { kind } = await tried(sendHarmless, length)
    if (kind === 'answered') return true
  }
  const { kind } = await tried(sendHarmless, 16)
  if (kind === 'failed')
    throw new Untestable(
      'the server fails over what is harmless as well, after it was sent a long input; see whether it still runs',
    )
  return false
}

/** How often the three lengths are measured; once less where that alone takes seconds. */
const repetitions = 4

async function judgeTime(expect: Expect, growing: Growing, length: number): Promise<'slow' | 'fast'> {
  const first = await measured(growing, length)
  if (first === undefined || !isOutOfProportion(first.input, first.harmless)) return 'fast'
  const second = await measured(growing, length)
  if (second === undefined || !isOutOfProportion(second.input, second.harmless)) return 'fast'
  expect.that(
    false,
    {
      violation: 'accepted',
      expected: 'at most twice the time for twice the length, or a refusal of what is too long',
      actual: `${second.input.map(said).join(', ')}, and ${said(second.harmless.at(-1))} that are harmless`,
    },
    cwe.workInProportion,
  )
  return 'slow'
}

const said = (sample: Sample | undefined) =>
  sample === undefined ? 'nothing' : `${Math.round(sample.milliseconds)} ms for ${sample.length} characters`

interface Measured {
  readonly input: readonly Sample[]
  readonly harmless: readonly Sample[]
}

/** The least times of a length, its half and its quarter; nothing where one of them is not answered. */
async function measured({ send, sendHarmless }: Growing, length: number): Promise<Measured | undefined> {
  const sizes = [length / 4, length / 2, length].map(Math.floor)
  const least = { input: new Map<number, number>(), harmless: new Map<number, number>() }
  let left = repetitions
  while (left > 0) {
    left -= 1
    for (const size of sizes) {
      // Whichever goes first has no advantage of it in the end.
      const turns = [['input', send] as const, ['harmless', sendHarmless] as const]
      for (const [which, sender] of left % 2 === 0 ? turns : turns.toReversed()) {
        const trial = await tried(sender, size)
        if (trial.kind !== 'answered') return undefined
        least[which].set(size, Math.min(least[which].get(size) ?? Number.POSITIVE_INFINITY, trial.milliseconds))
        if (trial.milliseconds > 4 * worthTelling) left = Math.min(left, 2)
      }
    }
  }
  const samplesOf = (times: ReadonlyMap<number, number>) =>
    sizes.map((size): Sample => ({ length: size, milliseconds: times.get(size) ?? 0 }))
  return { input: samplesOf(least.input), harmless: samplesOf(least.harmless) }
}
