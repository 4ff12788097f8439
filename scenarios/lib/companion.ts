import { sleep } from 'k6'
import http from 'k6/http'
import { Counter } from 'k6/metrics'
import { bucketOf } from '../../core/histogram.ts'
import {
  iterationsOf,
  type Sample,
  type SecondSeen,
  secondsOf,
  type Tidings,
  type UniqueKind,
} from '../../core/story.ts'
import { currentScenario, ownShare, plan } from './plan.ts'

/** What is sent to the companion is none of a scenario's requests. */
const apart = { scenario: 'assay', name: 'companion' }

const undelivered = new Counter('assay_undelivered')

/**
 * How long what a virtual user has seen is kept before it is told, in milliseconds: a virtual user that comes often tells
 * soon; one that comes now and then would tell of each single iteration.
 */
const tellAfter = { often: 1000, rarely: 4000 }

/** In characters: where a virtual user has so much to have read it tells sooner, and nothing is read that is longer. */
const readAtOnce = 1024 * 1024

/** Who comes sooner than this after the last time comes often, in milliseconds. */
const often = 250

/** What this virtual user has seen of one scenario and not yet told. */
export interface Ledger {
  latency(milliseconds: number): void
  /** An invariant was looked at. */
  look(invariant: string): void
  unique(kind: UniqueKind, value: string, owner: string): void
  sample(sample: Sample): void
  /** What somebody else is to read, behind the line that says what it is. */
  read(head: string, text: string): void
  /** An iteration is over, and the next one may come soon; tells what there is when it is time to. */
  close(isWell: boolean, comesSoon: boolean): void
}

/** Is told how often an invariant was looked at since it was told the last time. */
export type OnLooks = (invariant: string, times: number) => void

const ledgers = new Map<string, Ledger>()

/** The ledger of the scenario that runs; of a story that is run once it needs no asking which that is. */
export function ledgerOf(story: string, onLooks: OnLooks): Ledger {
  const name = soleName.get(story) ?? currentScenario().name
  const known = ledgers.get(name)
  if (known !== undefined) return known
  const made = newLedger(name, story, onLooks)
  ledgers.set(name, made)
  return made
}

const soleName = new Map(
  plan.scenarios
    .filter(({ story }) => plan.scenarios.filter((other) => other.story === story).length === 1)
    .map(({ story, name }) => [story, name]),
)

function newLedger(scenario: string, story: string, onLooks: OnLooks): Ledger {
  const planned = plan.scenarios.find(({ name }) => name === scenario)
  const { after = 0 } = planned ?? {}
  const milliseconds = planned === undefined ? 0 : (secondsOf(planned) - after) * 1000
  const end = currentScenario().startTime + milliseconds
  // Its turn comes so often, on average: until it has come again nobody knows better.
  const usualPause = planned === undefined ? 0 : (planned.vus * milliseconds) / Math.max(1, iterationsOf(planned))
  let [told, closed] = [Date.now(), Date.now()]
  let [iterations, failures, second] = [0, 0, 0]
  let latencies = new Map<number, number>()
  const looks = new Map<string, { times: number }>()
  let seconds: SecondSeen[] = []
  let seen: (readonly [UniqueKind, string, string])[] = []
  let samples: Sample[] = []
  let toRead: string[] = []
  let toReadLength = 0
  const turnPage = () => {
    if (iterations > 0) seconds.push([second, iterations, failures, [...latencies]])
    ;[iterations, failures, second, latencies] = [0, 0, 0, new Map<number, number>()]
  }
  const tell = () => {
    turnPage()
    for (const [invariant, look] of looks) {
      if (look.times > 0) onLooks(invariant, look.times)
      look.times = 0
    }
    const region = plan.share.region === undefined ? {} : { region: plan.share.region }
    send({ scenario, story, ...region, seconds, unique: seen, samples }, toRead)
    ;[seconds, seen, samples, toRead, toReadLength] = [[], [], [], [], 0]
  }
  return {
    latency: (milliseconds) => {
      const bucket = bucketOf(milliseconds)
      latencies.set(bucket, (latencies.get(bucket) ?? 0) + 1)
    },
    look: (invariant) => {
      const known = looks.get(invariant)
      if (known !== undefined) {
        known.times += 1
        return
      }
      // The first look is told at once: a run that is soon interrupted has seen something.
      onLooks(invariant, 1)
      looks.set(invariant, { times: 0 })
    },
    unique: (kind, value, owner) => seen.push([kind, value, owner]),
    sample: (sample) => samples.push(sample),
    read: (head, text) => {
      if (text.length > readAtOnce) return
      toRead.push(head, text)
      toReadLength += text.length
    },
    close: (isWell, comesSoon) => {
      const now = Date.now()
      iterations += 1
      if (!isWell) failures += 1
      if (second === 0) second = Math.floor(now / 1000)
      else if (now >= 1000 * (second + 1)) turnPage()
      const pause = Math.max(usualPause, now - closed)
      closed = now
      const isTime = now - told >= (pause < often ? tellAfter.often : tellAfter.rarely)
      const isDue = isTime || toReadLength > readAtOnce
      // Nobody calls a virtual user when all is over: who may not come again keeps nothing back.
      const comesAgain = comesSoon && now + 3 * pause + 20 < end
      if (!isDue && comesAgain) return
      told = now
      tell()
    },
  }
}

/** What is to be read stands behind the rest in lines: as JSON it would take longer to write and to read. */
function send(tidings: Tidings, toRead: readonly string[]): void {
  // To join them takes k6 far longer: it makes room for them bit by bit, and moves what it has each time.
  const body = Reflect.apply(String.prototype.concat, JSON.stringify(tidings), toRead)
  const { status } = http.post(`${plan.companion}/tidings`, body, { tags: apart })
  if (status !== 204) undelivered.add(1)
}

/** Waits until all processes of the run are there, and gives the time when they begin, in milliseconds since the epoch. */
export function assembled(): number {
  const params = { tags: apart, responseType: 'text', timeout: '1h' } as const
  for (let tries = 0; tries < triesAtMost; tries++) {
    const { status, body } = http.post(`${plan.companion}/assembly`, JSON.stringify(ownShare()), params)
    if (status === 200) return Number(body)
    if (status !== 0 && status < 500) break
    sleep(1)
  }
  throw new Error('the companion cannot be had, and nothing begins without it')
}

/** It may start after those whom it serves: how often it is looked for, a second apart. */
const triesAtMost = 120

/** Says that this process comes to its end. */
export const farewell = () => void http.post(`${plan.companion}/end`, JSON.stringify(ownShare()), { tags: apart })

/** Things that k6 cannot make and the companion can, some at a time. */
interface Stock {
  readonly things: string[]
  /** How many there were when they were fetched, and when that was, in milliseconds since the epoch. */
  readonly count: number
  readonly at: number
}

const stocks = new Map<string, Stock>()

/** How many are fetched at once: a few for whoever comes for the first time, and twice as many each time after that. */
const fetched = { atFirst: 2, atMost: 200 }

/** How long they are kept, in milliseconds: they say when they were made. */
const keepFor = 45_000

/** The next of such things: what this virtual user still has, or the first of what it fetches. */
export function drawn(path: string): string {
  const next = freshStock(path).things.pop()
  if (next === undefined) throw new Error(`the companion gave no ${path}`)
  return next
}

function freshStock(path: string): Stock {
  const known = stocks.get(path)
  if (known !== undefined && known.things.length > 0 && Date.now() - known.at < keepFor) return known
  const count = known === undefined ? fetched.atFirst : Math.min(fetched.atMost, known.count * 2)
  const { status, body } = http.post(`${plan.companion}/${path}?count=${count}`, '', {
    tags: apart,
    responseType: 'text',
  })
  if (status !== 200) throw new Error(`the companion gave no ${path}: ${body || status}`)
  const stock = { things: body.split('\n'), count, at: Date.now() }
  stocks.set(path, stock)
  return stock
}
