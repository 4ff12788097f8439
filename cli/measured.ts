import type { Story } from '../core/story.ts'
import { HarnessError } from '../harness/error.ts'
import { provideEngine } from '../harness/load/engine.ts'
import { scriptPath } from '../harness/load/run.ts'
import { assertTargetAuthorized } from '../harness/target/authorized.ts'
import { type OpenTarget, openTarget } from '../harness/target/open.ts'
import { stories } from '../scenarios/stories.ts'
import { choiceOr, type Io, measureOr, wholeOr } from './command.ts'
import type { ExitCode } from './exit-codes.ts'
import { interruptible } from './interruption.ts'
import { whyNot } from './invariants.ts'
import { storyNames } from './load-order.ts'
import { type Choice, openSubject, type Subject } from './subject.ts'

const catalogue: Readonly<Record<string, Story>> = stories

/** What every command takes that measures a scenario. */
export const measuringOptions = {
  scenario: choiceOr('--scenario <name>', 'measure by this scenario', storyNames, 'client-credentials'),
  seed: wholeOr(
    '--seed <number>',
    'let chance decide as it did with this seed',
    { atLeast: 0, atMost: 2 ** 31 - 1 },
    1,
  ),
}

/** What a comparison takes beside that. */
export const blockOptions = {
  rate: measureOr(
    '--rate <number>',
    'begin so many iterations a second: what the servers bear with ease',
    { atLeast: 1, atMost: 2000 },
    50,
  ),
  block: measureOr(
    '--block <seconds>',
    'press one side for so long before it is the turn of the other',
    {
      atLeast: 0.5,
      atMost: 600,
    },
    2,
  ),
  pairs: wholeOr(
    '--pairs <number>',
    'end after so many pairs of blocks, decided or not',
    { atLeast: 10, atMost: 1000 },
    40,
  ),
  margin: measureOr('--margin <percent>', 'let the second be worse by so much', { atLeast: 0.1, atMost: 1000 }, 10),
}

/**
 * How many iterations of a story may be on their way at once where it is compared: as many as there are if most take half
 * as long again as is promised. A virtual user that comes seldom comes cold, and more of them are measured worse.
 */
export const usersFor = (story: string, rate: number): number =>
  Math.max(10, Math.ceil((rate * 1.5 * (catalogue[story]?.promise.p95 ?? 1000)) / 1000))

/** What a measurement works with: servers that may be loaded, and k6. */
export interface Measuring {
  readonly subjects: readonly { readonly subject: Subject; readonly target: OpenTarget['target'] }[]
  readonly engine: { readonly path: string; readonly version: string }
  readonly script: string
  readonly stories: typeof catalogue
  readonly signal: AbortSignal
}

/** Opens servers to be measured, and closes them whatever comes. Throws where one may not be loaded or cannot tell the story. */
export async function measuring(
  choices: readonly Choice[],
  story: string,
  io: Io,
  work: (measuring: Measuring) => Promise<ExitCode>,
): Promise<ExitCode> {
  const interruption = interruptible(io)
  const closing: (() => Promise<unknown>)[] = []
  try {
    const subjects: Measuring['subjects'][number][] = []
    for (const choice of choices) {
      const subject = await openSubject(choice, io)
      closing.push(subject.close)
      for (const warning of subject.warnings) io.error.write(`warning: ${warning}\n`)
      const { target, close } = await openTarget(subject.settings, interruption.signal)
      closing.push(close)
      assertTargetAuthorized(target, 'load')
      const obstacle = whyNot(catalogue[story] ?? { needs: [] }, target)
      if (obstacle !== undefined)
        throw new HarnessError('USAGE', `${target.issuer} cannot be measured by ${story}: ${obstacle.because}`, {
          hint: 'name another scenario, or complete the target file',
        })
      subjects.push({ subject, target })
    }
    const { environment } = io
    const engine = await provideEngine((line) => io.error.write(`${line}\n`), {
      environment,
      signal: interruption.signal,
    })
    if (engine.state === 'missing')
      throw new HarnessError('LOAD_ENGINE_MISSING', 'there is no k6', { hint: engine.because })
    return await work({
      subjects,
      engine,
      script: scriptPath('main.ts'),
      stories: catalogue,
      signal: interruption.signal,
    })
  } finally {
    interruption.end()
    for (const close of closing.toReversed()) await close()
  }
}
