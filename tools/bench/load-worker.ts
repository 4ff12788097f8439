import { startEmbedded } from '../../cli/embedded.ts'
import { whyNot } from '../../cli/invariants.ts'
import { steady, type Story } from '../../core/story.ts'
import { findEngine } from '../../harness/load/engine.ts'
import { runLoad, scriptPath } from '../../harness/load/run.ts'
import { openTarget } from '../../harness/target/open.ts'
import type { Target } from '../../harness/target/target.ts'
import { stories } from '../../scenarios/stories.ts'
import { recorder } from './tape.ts'

/** What a worker does, one after the other: it prepares a story, and then presses it again and again. */
export type Order =
  | { readonly what: 'prepare'; readonly story: string }
  | { readonly what: 'press'; readonly seconds: number }

/** What came of it. */
export interface Told {
  /** Whether there is anything to press. */
  readonly isReady: boolean
  readonly pair?: Pair
}

/** What the story and the barest script came to, one right after the other. */
export interface Pair {
  readonly told: Pressed
  readonly barest: Pressed
}

const catalogue: Readonly<Record<string, Story>> = stories

/** No longer tape is played: by then everything has come that comes. */
const longestTape = 400

/** More requests a second than k6 can make on one core: it is measured at its limit, where what it does is what it costs. */
const beyondLimit = 20_000

const users = 20

const secondsToWakeUp = 2

interface Prepared {
  readonly story: string
  readonly target: Target
  readonly perIteration: number
}

/**
 * A real server answers once, and what it said is played back from then on: it would be at its limit long before k6, and a
 * generator that waits costs more for each request, as much as the machine makes of it. What is random comes out wrong then
 * (a nonce), and is counted as such, which takes a microsecond.
 */
async function prepare(story: string): Promise<Prepared | undefined> {
  const tape = await recorder()
  const recorded = await record(story, tape)
  if (recorded === undefined) return undefined
  const { target, recording } = recorded
  tape.playBack(recording)
  return { story, target, perIteration: recording.perIteration }
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

async function pressed({ story, target, perIteration }: Prepared, seconds: number): Promise<Pair> {
  const shape = { rate: beyondLimit / perIteration, seconds, vus: users }
  // This process has slept since its last turn, and answers slowly at first: a generator that waits costs more.
  await press(target, story, scriptPath('main.ts'), { ...shape, seconds: secondsToWakeUp })
  return {
    told: await press(target, story, scriptPath('main.ts'), shape),
    barest: await press(target, story, scriptPath('bare.ts'), shape),
  }
}

export type Pressed = Awaited<ReturnType<typeof press>>

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

let prepared: Prepared | undefined

async function obey(order: Order): Promise<Told> {
  if (order.what === 'prepare') prepared = await prepare(order.story)
  if (prepared === undefined) return { isReady: false }
  return order.what === 'prepare' ? { isReady: true } : { isReady: true, pair: await pressed(prepared, order.seconds) }
}

process.on('message', (order: Order) => void obey(order).then((told) => process.send?.(told)))
// The tape would be played for ever.
process.once('disconnect', () => process.exit())
