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
import { type Passage, player, recorder } from './tape.ts'

/** What a scenario costs the generator. */
export interface ScenarioCost {
  readonly requestsPerSecond: number
  /** Processor time of k6 for each request of the scenario, whatever else it does among it. */
  readonly generatorMicrosPerRequest: number
  /** How many times as much as by the barest script that makes the same requests, and the quartiles of that. */
  readonly ofBareScript: number
  readonly spread: readonly [lower: number, upper: number]
}

export interface LoadEffort {
  readonly rounds: number
  readonly seconds: number
  /** Requests a second, which all scenarios come to. */
  readonly rate: number
  /** How many requests go each way from each distance. */
  readonly distances: number
  /** Only these; all where there are none. */
  readonly only: readonly string[]
}

const catalogue: Readonly<Record<string, Story>> = stories

/** No longer tape is played: by then everything has come that comes. */
const longestTape = 400

export async function measureLoad(effort: LoadEffort, say: (line: string) => void) {
  const costs: Record<string, ScenarioCost> = {}
  for (const story of Object.keys(catalogue)) {
    if (effort.only.length > 0 && !effort.only.includes(story)) continue
    say(`load: ${story}`)
    const cost = await measureStory(story, effort)
    if (cost !== undefined) costs[story] = cost
  }
  say('load: distance')
  return { scenarios: costs, distance: await measureDistance(effort.distances) }
}

async function measureStory(story: string, effort: LoadEffort): Promise<ScenarioCost | undefined> {
  const proxy = await recorder()
  const server = await startEmbedded({}, { origin: proxy.origin })
  proxy.to(server.port)
  const { target: whole, close } = await openTarget(server.settings)
  try {
    // Signing is another matter than what a script costs: one client, by the method that needs none.
    const target = {
      ...whole,
      clients: whole.clients.filter((one) => !one.token_endpoint_auth_method.endsWith('_jwt')),
    }
    if (catalogue[story] === undefined || whyNot(catalogue[story], target) !== undefined) return undefined
    const first = await press(target, story, scriptPath('main.ts'), { rate: 10, seconds: 6, vus: 1 })
    const perIteration = first.requests / first.iterations
    // What comes first arranges what comes then; a single user sends at once only what the story has it send at once.
    const passages = proxy.passages.slice(Math.floor(proxy.passages.length / 3)).slice(0, longestTape)
    return await measureBeside(target, story, { passages, perIteration }, effort)
  } finally {
    await close()
    await server.close()
    await proxy.close()
  }
}

interface Recorded {
  readonly passages: readonly Passage[]
  readonly perIteration: number
}

async function measureBeside(proxied: Target, story: string, { passages, perIteration }: Recorded, effort: LoadEffort) {
  const server = await startEmbedded({})
  const { target: whole, close } = await openTarget(server.settings)
  const target = {
    ...whole,
    clients: whole.clients.filter((one) => !one.token_endpoint_auth_method.endsWith('_jwt')),
  }
  const playing = await player(passages, perIteration)
  const bare: Target = { ...proxied, issuer: playing.origin, metadata: { issuer: playing.origin } }
  const shape = { rate: effort.rate / perIteration, seconds: effort.seconds, vus: 20 }
  const [told, barest]: [number[], number[]] = [[], []]
  let requests = 0
  try {
    for (let round = 0; round < effort.rounds; round++) {
      const one = await press(target, story, scriptPath('main.ts'), shape)
      told.push(one.micros)
      requests += one.requests
      // A server that cannot do more presses the generator less: a request costs it more then, whatever the script does.
      const sameRate = { ...shape, rate: one.requests / effort.seconds / perIteration }
      barest.push((await press(bare, story, scriptPath('bare.ts'), sameRate)).micros)
    }
  } finally {
    await playing.close()
    await close()
    await server.close()
  }
  const ratios = told.map((micros, at) => micros / (barest[at] ?? Number.NaN)).toSorted((a, b) => a - b)
  return {
    requestsPerSecond: requests / effort.rounds / effort.seconds,
    generatorMicrosPerRequest: quantile(
      told.toSorted((a, b) => a - b),
      0.5,
    ),
    ofBareScript: quantile(ratios, 0.5),
    spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)] as const,
  }
}

interface Shape {
  readonly rate: number
  readonly seconds: number
  readonly vus: number
}

/** A generator on several cores mostly looks for work at rates that servers bear here, and that hides what scripts cost. */
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
