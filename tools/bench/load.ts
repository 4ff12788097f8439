import { startEmbedded } from '../../cli/embedded.ts'
import { whyNot } from '../../cli/invariants.ts'
import { steady, type Story } from '../../core/story.ts'
import { findEngine } from '../../harness/load/engine.ts'
import { runLoad, scriptPath } from '../../harness/load/run.ts'
import { openTarget } from '../../harness/target/open.ts'
import type { Target } from '../../harness/target/target.ts'
import { stories } from '../../scenarios/stories.ts'
import { measureDistance } from './distance.ts'
import { quantile } from './measure.ts'
import { recorder } from './tape.ts'

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

const catalogue: Readonly<Record<string, Story>> = stories

/** No longer tape is played: by then everything has come that comes. */
const longestTape = 400

/** More requests a second than k6 can make on one core: it is measured at its limit, where what it does is what it costs. */
const beyondLimit = 20_000

const users = 20

export async function measureLoad(effort: LoadEffort, say: (line: string) => void) {
  const wanted = Object.keys(catalogue).filter((story) => effort.only.length === 0 || effort.only.includes(story))
  const prepared: Prepared[] = []
  try {
    for (const story of wanted) {
      say(`load: recording ${story}`)
      const one = await prepare(story)
      if (one !== undefined) prepared.push(one)
    }
    // Round by round: whatever disturbs the machine for a while disturbs no story for all of its time.
    for (let round = 0; round <= effort.rounds; round++) {
      say(round === 0 ? 'load: warming up' : `load: round ${round} of ${effort.rounds}`)
      for (const one of prepared) {
        const pair = await pressed(one, effort.seconds)
        // The first round is slower, for Node only begins to compile then.
        if (round > 0) one.pairs.push(pair)
      }
    }
  } finally {
    for (const { tape } of prepared) await tape.close()
  }
  say('load: distance')
  const scenarios = Object.fromEntries(prepared.map(({ story, pairs }) => [story, costOf(pairs, effort.seconds)]))
  return { scenarios, distance: await measureDistance(effort.distances) }
}

interface Prepared {
  readonly story: string
  readonly target: Target
  readonly perIteration: number
  readonly tape: Awaited<ReturnType<typeof recorder>>
  readonly pairs: Pair[]
}

/**
 * A real server answers once, and what it said is played back from then on: it would be at its limit long before k6, and a
 * generator that waits costs more for each request, as much as the machine makes of it. What is random comes out wrong then
 * (a nonce), and is counted as such, which takes a microsecond.
 */
async function prepare(story: string): Promise<Prepared | undefined> {
  const tape = await recorder()
  try {
    const recorded = await record(story, tape)
    if (recorded !== undefined) {
      const { target, recording } = recorded
      tape.playBack(recording)
      return { story, target, perIteration: recording.perIteration, tape, pairs: [] }
    }
  } catch (error) {
    await tape.close()
    throw error
  }
  await tape.close()
  return undefined
}

async function record(story: string, tape: Awaited<ReturnType<typeof recorder>>) {
  const server = await startEmbedded({}, { origin: tape.origin })
  const passages = tape.record(server.port)
  const { target: whole, close } = await openTarget(server.settings)
  try {
    // Signing is another matter than what a script costs: nobody does it here.
    const { clients, saml } = whole
    const target = {
      ...whole,
      clients: clients.filter((one) => !one.token_endpoint_auth_method.endsWith('_jwt')),
      ...(saml !== undefined && {
        saml: { ...saml, service_providers: saml.service_providers.filter((one) => one.private_key === undefined) },
      }),
    }
    if (catalogue[story] === undefined || whyNot(catalogue[story], target) !== undefined) return undefined
    const { requests, iterations } = await press(target, story, scriptPath('main.ts'), { rate: 10, seconds: 6, vus: 1 })
    // What comes first arranges what comes then; a single user sends at once only what the story has it send at once.
    const usual = passages.slice(Math.floor(passages.length / 3)).slice(0, longestTape)
    return { target, recording: { passages, usual, perIteration: requests / iterations } }
  } finally {
    await close()
    await server.close()
  }
}

/** What the story and the barest script came to, one right after the other. */
type Pair = readonly [told: Pressed, barest: Pressed]

async function pressed({ story, target, perIteration }: Prepared, seconds: number): Promise<Pair> {
  const shape = { rate: beyondLimit / perIteration, seconds, vus: users }
  return [
    await press(target, story, scriptPath('main.ts'), shape),
    await press(target, story, scriptPath('bare.ts'), shape),
  ]
}

function costOf(pairs: readonly Pair[], seconds: number): ScenarioCost {
  const ratios = pairs.map(([told, barest]) => told.micros / barest.micros).toSorted((a, b) => a - b)
  // Whatever else the machine does only adds to it.
  const least = (which: 0 | 1) => Math.min(...pairs.map((pair) => pair[which].micros))
  return {
    requestsPerSecond: Math.max(...pairs.map(([{ requests }]) => requests)) / seconds,
    generatorMicrosPerRequest: least(0),
    ofBareScript: least(0) / least(1),
    spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  }
}

type Pressed = Awaited<ReturnType<typeof press>>

interface Shape {
  readonly rate: number
  readonly seconds: number
  readonly vus: number
}

/** One core is k6's, and the other is left to whoever answers. */
const oneAtATime = { GOMAXPROCS: '1' }

async function press(target: Target, story: string, script: string, { rate, seconds, vus }: Shape) {
  const engine = await findEngine()
  if (engine.state === 'missing') throw new Error(engine.because)
  const parts = [{ scenarios: [steady(story, rate, seconds, vus)] }]
  const options = { engine, script, stories: catalogue, parts, environment: oneAtATime }
  const result = await runLoad(target, options, () => {})
  if (result.state === 'not-run') throw new Error(result.because)
  const [measured] = result.scenarios
  if (measured === undefined || measured.requests === 0) throw new Error(`${story} made no request`)
  const { requests, iterations } = measured
  return { requests, iterations, micros: ((result.generator.processorSeconds ?? Number.NaN) * 1e6) / requests }
}
