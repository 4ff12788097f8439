import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { stories } from '../../scenarios/stories.ts'
import { measureDistance } from './distance.ts'
import type { Order, Pair, Told } from './load-worker.ts'
import { quantile } from './measure.ts'
import { toldBy } from './told-by.ts'

/** What a scenario costs the generator. */
export interface ScenarioCost {
  /** What one core of it comes to. */
  readonly requestsPerSecond: number
  /** Processor time of k6 for each request of the scenario, whatever else it does among it, in the quickest round. */
  readonly generatorMicrosPerRequest: number
  /** How many times as much as by the barest script that makes the same requests. */
  readonly ofBareScript: number
  /** The quartiles of that, round by round. */
  readonly spread: readonly [lower: number, upper: number]
}

export interface LoadEffort {
  readonly rounds: number
  readonly seconds: number
  /** How many requests go each way from each distance. */
  readonly distances: number
  /** Only these; all where there are none. */
  readonly only: readonly string[]
}

export async function measureLoad(effort: LoadEffort, say: (line: string) => void) {
  const wanted = Object.keys(stories).filter((story) => effort.only.length === 0 || effort.only.includes(story))
  const workers: ChildProcess[] = []
  const measured: Measured[] = []
  try {
    for (const story of wanted) {
      say(`load: recording ${story}`)
      const worker = hired()
      workers.push(worker)
      const told = await obeyed(worker, { what: 'prepare', story })
      if (told.isReady) measured.push({ story, worker, pairs: [] })
    }
    // Round by round: whatever disturbs the machine for a while disturbs no story for all of its time.
    for (let round = 0; round <= effort.rounds; round++) {
      say(round === 0 ? 'load: warming up' : `load: round ${round} of ${effort.rounds}`)
      for (const one of measured) {
        const { pair } = await obeyed(one.worker, { what: 'press', seconds: effort.seconds })
        // The first round is slower, for Node only begins to compile then.
        if (round > 0 && pair !== undefined) one.pairs.push(pair)
      }
    }
  } finally {
    workers.forEach(dismiss)
  }
  say('load: distance')
  const scenarios = Object.fromEntries(measured.map(({ story, pairs }) => [story, costOf(pairs, effort.seconds)]))
  return { scenarios, distance: await measureDistance(effort.distances) }
}

/** A story, and the process that answers it and hears it: in one for all, each would be slower for what the others left. */
interface Measured {
  readonly story: string
  readonly worker: ChildProcess
  readonly pairs: Pair[]
}

const hired = (): ChildProcess =>
  fork(fileURLToPath(new URL('load-worker.ts', import.meta.url)), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })

function dismiss(worker: ChildProcess) {
  if (worker.connected) worker.disconnect()
}

async function obeyed(worker: ChildProcess, order: Order): Promise<Told> {
  worker.send(order)
  return (await toldBy(worker)) as Told
}

function costOf(pairs: readonly Pair[], seconds: number): ScenarioCost {
  const ratios = pairs.map(({ told, barest }) => told.micros / barest.micros).toSorted((a, b) => a - b)
  // Whatever else the machine does only adds to it.
  const least = (which: keyof Pair) => Math.min(...pairs.map((pair) => pair[which].micros))
  return {
    requestsPerSecond: Math.max(...pairs.map(({ told }) => told.requests)) / seconds,
    generatorMicrosPerRequest: least('told'),
    ofBareScript: least('told') / least('barest'),
    spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  }
}
