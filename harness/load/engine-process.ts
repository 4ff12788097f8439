import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { exceptionPattern, readyMark, summaryMark } from '../../core/load-metrics.ts'
import type { LoadPlan } from '../../core/story.ts'
import type { Environment } from '../programs.ts'
import { type Usage, watchProcess } from './process-watch.ts'
import { remoteWrite, undeliveredPattern } from './remote-write.ts'

/** What one process of k6 is to do. */
export interface EngineTask {
  readonly path: string
  /** The text of it, all in one. */
  readonly script: string
  readonly plan: LoadPlan
  /** Which part of each scenario's iterations it does, as k6 writes it: `1/3:2/3`, of `0,1/3,2/3,1`. */
  readonly segment?: { readonly own: string; readonly all: string }
  /** From its start until it should have ended, in seconds. */
  readonly seconds: number
  /** It is given this much longer than that, or than it is told to stop, before it is killed, in milliseconds. */
  readonly graceMs: number
  /** How long it may take until its virtual users are made, in milliseconds; {@link startMsFor} unless said. */
  readonly startMs?: number
  /** In MiB; where it holds more it is killed. */
  readonly memory: number
  /** What else k6 is told by its environment. */
  readonly environment?: Environment
  readonly signal?: AbortSignal
  /** When all processes of the run began, in milliseconds since the epoch; nothing where they wait for each other. */
  readonly begins: () => number | undefined
}

/** What became of it. */
export interface EngineOutput {
  readonly code: number | null
  /** What its last line says, where there is one. */
  readonly summary: string | undefined
  /** Why k6 did not run to its end. */
  readonly failure?: string
  readonly exceptions: readonly string[]
  /** How often Prometheus did not take the figures. */
  readonly undelivered: number
  readonly lastWords: string
  /** Seconds of one processor that it used, and the largest share of all processors; nothing where nobody tells. */
  readonly processorSeconds?: number
  readonly busiest?: number
  readonly course: Usage['course']
}

/** No line that the scripts print is longer, in characters; of a longer one the rest is not read. */
const longestLine = 1_000_000

/** More of a line than anybody is told: a secret in it must be whole to be known, before the line is cut. */
const keptOfLine = 10_000

/**
 * How long the scripts may take until they are read and their virtual users made, in milliseconds: k6 reads some syntax
 * again and again, without end.
 */
const startMsFor = (users: number) => 120_000 + 100 * users

const lookEveryMs = 100

/** Runs k6 to its end, which comes, whatever its script does. */
export async function runEngine(task: EngineTask): Promise<EngineOutput> {
  const figures = remoteWrite(process.env)
  const child = spawn(task.path, argumentsOf(task, figures.args), {
    stdio: ['pipe', 'pipe', 'pipe'],
    // In a group of its own: a terminal would interrupt it too, and at the second interruption k6 gives no figures.
    detached: hasGroups,
    env: environmentFor(task, { ...figures.environment, ...task.environment }),
  })
  // Whoever does not read it ends without figures, which is told.
  child.stdin.on('error', () => {}).end(task.script)
  const output: Changeable<EngineOutput> = {
    code: null,
    summary: undefined,
    exceptions: [],
    undelivered: 0,
    lastWords: '',
    course: [],
  }
  const kill = () => send(child, 'SIGKILL')
  const giveUp = (failure: string) => {
    output.failure ??= `${failure} and was killed`
    kill()
  }
  const timers = limitsOf(task, giveUp)
  hear(child, output, () => clearTimeout(timers.starting))
  const watch = watchProcess(child.pid, {
    memory: task.memory,
    onExcess: () => giveUp(`k6 held more than ${task.memory} MiB`),
    hasBegun: () => Date.now() >= (task.begins() ?? Number.POSITIVE_INFINITY),
  })
  let stopping: ReturnType<typeof setTimeout> | undefined
  const stop = () => {
    send(child, 'SIGINT')
    stopping = setTimeout(kill, task.graceMs)
  }
  task.signal?.addEventListener('abort', stop, { once: true })
  if (task.signal?.aborted === true) stop()
  running.add(kill)
  try {
    output.code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
  } catch (error) {
    output.failure = `k6 could not be started: ${error instanceof Error ? error.message : String(error)}`
  } finally {
    Object.assign(output, watch.end())
    clearInterval(timers.looking)
    for (const timer of [timers.starting, stopping]) clearTimeout(timer)
    task.signal?.removeEventListener('abort', stop)
    running.delete(kill)
  }
  return output
}

const hasGroups = process.platform !== 'win32'

/** Whatever it has started is meant too: what is named as k6 may be a script that runs it. */
function send(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || !hasGroups) return void child.kill(signal)
  try {
    process.kill(-child.pid, signal)
  } catch {
    // All of them have ended.
  }
}

/** Kills what would otherwise outlive this process. */
const running = new Set<() => void>()
process.once('exit', () => running.forEach((kill) => kill()))

/** Gives it up where it does not begin, or does not end. */
function limitsOf({ plan, startMs, begins, seconds, graceMs }: EngineTask, giveUp: (failure: string) => void) {
  const allowance = startMs ?? startMsFor(plan.scenarios.reduce((sum, { vus }) => sum + vus, 0))
  const starting = setTimeout(
    () => giveUp('k6 did not get through its scripts: see whether they use syntax that it cannot read'),
    allowance,
  )
  const spawned = Date.now()
  const looking = setInterval(() => {
    // While it waits for others it is they who are late; if they never come, they are given up, and it with them.
    const begun = begins() ?? spawned + allowance
    if (Date.now() > begun + seconds * 1000 + graceMs) giveUp('k6 did not end in time')
  }, lookEveryMs)
  return { starting, looking }
}

/** Takes down what it prints, as far as anybody wants to know. */
function hear({ stdout, stderr }: ChildOutput, output: Changeable<EngineOutput>, onReady: () => void): void {
  forEachLine(stdout, (line) => {
    if (line.startsWith(summaryMark)) output.summary ??= line.slice(summaryMark.length)
  })
  forEachLine(stderr, (line) => {
    if (line.startsWith(readyMark)) return onReady()
    const exception = exceptionPattern.exec(line)?.[1]
    if (exception !== undefined && output.exceptions.length < 10)
      output.exceptions = [...output.exceptions, exception.slice(0, keptOfLine)]
    if (undeliveredPattern.test(line)) output.undelivered += 1
    if (line.trim() !== '') output.lastWords = line.slice(0, keptOfLine)
  })
}

type ChildOutput = Pick<ChildProcessByStdio<Writable, Readable, Readable>, 'stdout' | 'stderr'>

type Changeable<T> = { -readonly [Name in keyof T]: T[Name] }

const argumentsOf = ({ segment }: EngineTask, figures: readonly string[]): readonly string[] => [
  'run',
  '--quiet',
  '--no-usage-report',
  '--log-format=raw',
  ...(segment === undefined
    ? []
    : [`--execution-segment=${segment.own}`, `--execution-segment-sequence=${segment.all}`]),
  ...figures,
  '-',
]

/** Nothing of ours but the plan: k6 takes settings, and could be told secrets, by variables. */
/**
 * k6 holds little, and makes much of what it throws away: with Go's usual settings it looks through all that it holds so
 * often that this takes a sixth of its time. It does so as often as ever once it holds half of what it may.
 */
const collecting = (memory: number): Environment => ({ GOGC: '400', GOMEMLIMIT: `${Math.floor(memory / 2)}MiB` })

const environmentFor = ({ plan, memory }: EngineTask, more: Environment) => ({
  PATH: process.env['PATH'],
  ...collecting(memory),
  HOME: process.env['HOME'],
  K6_AUTO_EXTENSION_RESOLUTION: 'false',
  ...more,
  ASSAY_PLAN: JSON.stringify(plan),
})

function forEachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void) {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = (lines.pop() ?? '').slice(0, longestLine)
    for (const line of lines) onLine(line)
  })
  stream.on('end', () => onLine(rest))
}
