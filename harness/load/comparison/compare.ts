import type { ScenarioPlan } from '../../../core/story.ts'
import { HarnessError } from '../../error.ts'
import type { Target } from '../../target/target.ts'
import { type Assembly, assemblyOf } from '../assembly.ts'
import type { Remoteness } from '../distance.ts'
import type { LoadResult, ScenarioResult } from '../result.ts'
import { type LoadOptions, runLoad } from '../run.ts'
import { type Bar, judgePairs, type Pair, type Standing } from './judge.ts'
import { stolenBetween, ticks, usedBetween } from './machine.ts'
import { serverSeconds } from './server-cost.ts'
import { diceOf } from './statistics.ts'

/** One of two servers, or one of two ways to the same. */
export interface Side {
  readonly target: Target
  /** Where it tells Prometheus what it uses of processors. */
  readonly metricsUrl?: string
  /** How far it is to seem; where it is nothing is put between. */
  readonly distance?: Remoteness
}

export interface CompareOptions extends Pick<LoadOptions, 'engine' | 'script' | 'stories' | 'signal'> {
  readonly story: string
  /** Iterations begun per second: what the servers bear with ease, for a queue measures itself. */
  readonly rate: number
  readonly blockSeconds: number
  readonly vus: number
  /** After so many pairs it is looked whether that is enough, and after so many it ends in any case. */
  readonly pairsAtOnce: number
  readonly pairsAtMost: number
  readonly bar: Bar
  readonly seed: number
  /** Is told after each look. */
  readonly onLook?: (standings: readonly Standing[], pairs: number) => void
}

/** What comparing two servers came to. */
export interface Comparison {
  readonly story: string
  readonly rate: number
  readonly blockSeconds: number
  readonly pairs: readonly Pair[]
  readonly standings: readonly Standing[]
  /** What must hold under any load and did not, by side. */
  readonly broken: readonly { readonly side: 'first' | 'second'; readonly invariant: string; readonly times: number }[]
  readonly warnings: readonly string[]
}

/** Between two blocks, in seconds: what is still on its way comes home. */
const pause = 0.25

/** The quantiles that are compared. */
const quantiles = ['p50', 'p95', 'p99'] as const

/** A generator that uses more of all processors than this, or a machine of which more is taken away, says nothing of a server. */
const disturbedAbove = { generator: 0.8, stolen: 0.1 }

/**
 * Presses two servers in turns, in pairs of blocks whose order chance decides, and judges the second beside the first. It
 * goes on until each metric is decided, or the pairs are used up.
 */
export async function compare(first: Side, second: Side, options: CompareOptions): Promise<Comparison> {
  const dice = diceOf(options.seed)
  const looks = Math.ceil(options.pairsAtMost / options.pairsAtOnce)
  // Whoever looks more than once must be surer each time.
  const bar = { ...options.bar, alpha: options.bar.alpha / looks }
  const pairs: Pair[] = []
  const results: (readonly [LoadResult, LoadResult])[] = []
  let standings: readonly Standing[] = []
  while (pairs.length < options.pairsAtMost && options.signal?.aborted !== true) {
    const many = Math.min(options.pairsAtOnce, options.pairsAtMost - pairs.length)
    const order = Array.from({ length: many }, () => dice.roll(2) === 0)
    const round = await press(first, second, order, options)
    pairs.push(...round.pairs)
    results.push(round.results)
    standings = judgePairs(pairs, bar, options.seed)
    options.onLook?.(standings, pairs.length)
    if (standings.length > 0 && standings.every(({ verdict }) => verdict !== 'inconclusive')) break
  }
  return comparisonOf(options, { pairs, standings, results })
}

/**
 * Presses one server alone and judges it beside the second side of pairs that were stored: each of its blocks beside one of
 * those, which chance picks. What has changed on the machine since then is in the difference, as it is not where both are
 * pressed in turns.
 */
export async function compareWithStored(
  side: Side,
  stored: readonly Pair[],
  options: CompareOptions,
): Promise<Comparison> {
  const dice = diceOf(options.seed)
  const earlier = stored.flatMap(({ values, invalid }) =>
    invalid === undefined ? [Object.fromEntries(Object.entries(values).map(([metric, [, b]]) => [metric, b]))] : [],
  )
  const turn = options.blockSeconds + pause
  const blocks = Array.from({ length: options.pairsAtMost }, (_, at) => (at + 1) * turn)
  const seen = await pressSide(side, { warmUp: 0, blocks }, assemblyOf(1), options)
  const pairs = seen.blocks.map((block): Pair => {
    const invalid = disturbanceOf(block, seen.courses)
    const before = earlier.length === 0 ? {} : (earlier[dice.roll(earlier.length)] ?? {})
    return { values: valuesOf(before, metricsOf(block)), ...(invalid !== undefined && { invalid }) }
  })
  const standings = judgePairs(pairs, options.bar, options.seed)
  options.onLook?.(standings, pairs.length)
  return comparisonOf(options, { pairs, standings, results: [[undefined, seen.result]] })
}

interface Measured {
  readonly pairs: readonly Pair[]
  readonly standings: readonly Standing[]
  /** Of each round; nothing of a side that was measured at another time. */
  readonly results: readonly (readonly [first: LoadResult | undefined, second: LoadResult])[]
}

function comparisonOf(options: CompareOptions, { pairs, standings, results }: Measured): Comparison {
  const { story, rate, blockSeconds } = options
  const judged = Object.entries(options.stories[story]?.invariants ?? {}).flatMap(([name, { by }]) =>
    by ? [name] : [],
  )
  const sides = [
    ['first', results.flatMap(([first]) => first ?? [])],
    ['second', results.map(([, second]) => second)],
  ] as const
  const broken = sides.flatMap(([side, own]) => brokenIn(own, side, judged))
  const warnings = sides.flatMap(([side, own]) => [
    ...own.flatMap((one) => (one.state === 'measured' ? one.warnings : [])),
    ...lostBy(side, own),
  ])
  return { story, rate, blockSeconds, pairs, standings, broken, warnings: [...new Set(warnings)] }
}

/** What did not begin has no latency, and would have had a long one. */
function lostBy(side: string, results: readonly LoadResult[]): readonly string[] {
  const lost = results
    .flatMap((one) => (one.state === 'measured' ? one.scenarios : []))
    .reduce((sum, { droppedIterations }) => sum + droppedIterations, 0)
  return lost === 0
    ? []
    : [`${lost} iterations of the ${side} could not begin: it is slower than it looks, or the rate is too high for it`]
}

/** When each block begins, in seconds from the start of the round. */
interface Slots {
  readonly first: readonly number[]
  readonly second: readonly number[]
}

function slotsOf(order: readonly boolean[], blockSeconds: number): Slots {
  const turn = blockSeconds + pause
  // Each side warms up for a block.
  const start = 2 * turn
  const [earlier, later] = [
    order.map((_, at) => start + 2 * at * turn),
    order.map((_, at) => start + (2 * at + 1) * turn),
  ]
  const pick = (isEarly: (firstIsEarly: boolean) => boolean) =>
    order.map((firstIsEarly, at) => (isEarly(firstIsEarly) ? earlier[at] : later[at]) ?? 0)
  return { first: pick((is) => is), second: pick((is) => !is) }
}

async function press(first: Side, second: Side, order: readonly boolean[], options: CompareOptions) {
  const slots = slotsOf(order, options.blockSeconds)
  const assembly = assemblyOf(2)
  const warmUp = options.blockSeconds + pause
  const [a, b] = await together(options.signal, (signal) => [
    pressSide(first, { warmUp: 0, blocks: slots.first }, assembly, { ...options, signal }),
    pressSide(second, { warmUp, blocks: slots.second }, assembly, { ...options, signal }),
  ])
  const courses = [...a.courses, ...b.courses]
  const pairs = order.map((_, at): Pair => {
    const [one, other] = [a.blocks[at], b.blocks[at]]
    const invalid = [one, other].flatMap((block) => disturbanceOf(block, courses) ?? [])[0]
    return { values: valuesOf(metricsOf(one), metricsOf(other)), ...(invalid !== undefined && { invalid }) }
  })
  return { pairs, results: [a.result, b.result] as const }
}

/** Both at once. Where one fails the other, which may be waiting for it, is broken off before that is told. */
async function together<T>(
  signal: AbortSignal | undefined,
  start: (signal: AbortSignal) => readonly [Promise<T>, Promise<T>],
): Promise<readonly [T, T]> {
  const abandonment = new AbortController()
  const both = start(AbortSignal.any([abandonment.signal, ...(signal === undefined ? [] : [signal])]))
  const failures: unknown[] = []
  const failed = (error: unknown) => {
    failures.push(error)
    abandonment.abort()
  }
  await Promise.all(both.map(async (one) => await one.catch(failed)))
  if (failures.length > 0) throw failures[0]
  return await Promise.all(both)
}

/** What was seen of one block. */
interface Block {
  readonly from: number
  readonly to: number
  readonly stolen: number
  readonly result: ScenarioResult | undefined
  /** Seconds of one processor that the server used meanwhile. */
  readonly seconds: number | undefined
}

interface Turns {
  readonly warmUp: number
  readonly blocks: readonly number[]
}

async function pressSide(
  { target, metricsUrl, distance }: Side,
  turns: Turns,
  assembly: Assembly,
  options: CompareOptions,
) {
  const { story, rate, blockSeconds, vus } = options
  const block = (name: string, after: number): ScenarioPlan => ({
    name,
    story,
    stages: [
      { rate, seconds: 0 },
      { rate, seconds: blockSeconds },
    ],
    vus,
    after,
    grace: 1,
  })
  const scenarios = [block('warm-up', turns.warmUp), ...turns.blocks.map((after, at) => block(`block-${at}`, after))]
  let courses: readonly (readonly (readonly [number, number])[])[] = []
  const running = runLoad(
    target,
    {
      ...options,
      parts: [{ scenarios, ...(distance !== undefined && { distance }) }],
      assembly,
      onCourses: (told) => (courses = told),
    },
    () => {},
  )
  const looking = turns.blocks.map(async (after) => await watchBlock(after, { metricsUrl, assembly, options, running }))
  const result = await running
  if (result.state === 'not-run') throw new HarnessError('LOAD_ENGINE_FAILED', result.because, { hint: 'see above' })
  const seen = await Promise.all(looking)
  const blocks = seen.map((one, at): Block => ({
    ...one,
    result: result.scenarios.find(({ scenario }) => scenario === `block-${at}`),
  }))
  return { blocks, result, courses }
}

interface Watching {
  readonly metricsUrl: string | undefined
  readonly assembly: Assembly
  readonly options: CompareOptions
  readonly running: Promise<LoadResult>
}

/** Looks at the machine and at the server when a block begins and when it ends. */
async function watchBlock(after: number, { metricsUrl, assembly, options, running }: Watching) {
  const ended = running.then(
    () => true,
    () => true,
  )
  const begins = await Promise.race([assembly.arrived, ended.then(() => Date.now())])
  const from = begins + after * 1000
  const to = from + options.blockSeconds * 1000
  const until = async (time: number) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const due = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), time - Date.now())))
    await Promise.race([due, ended])
    clearTimeout(timer)
  }
  await until(from)
  const before = { ticks: ticks(), seconds: await serverSeconds(metricsUrl) }
  await until(to)
  const later = { ticks: ticks(), seconds: await serverSeconds(metricsUrl) }
  const seconds =
    before.seconds === undefined || later.seconds === undefined ? undefined : later.seconds - before.seconds
  return { from, to, stolen: stolenBetween(before.ticks, later.ticks), seconds }
}

/** Why a block says nothing of the server; nothing where it does. */
function disturbanceOf(block: Block | undefined, courses: readonly (readonly (readonly [number, number])[])[]) {
  if (block === undefined) return 'it was not run'
  const used = courses.reduce((sum, course) => sum + usedBetween(course, block.from, block.to), 0)
  if (used > disturbedAbove.generator) return `k6 used ${Math.round(used * 100)} % of all processors`
  if (block.stolen > disturbedAbove.stolen)
    return `${Math.round(block.stolen * 100)} % of the machine were taken away from it`
  return undefined
}

/** What was measured of a block, by metric. */
function metricsOf(block: Block | undefined): Readonly<Record<string, number>> {
  const cost = costOf(block)
  return {
    ...Object.fromEntries(
      quantiles.flatMap((name) => {
        const value = block?.result?.latency[name]
        return value === undefined ? [] : [[name, value] as const]
      }),
    ),
    ...(cost !== undefined && { 'server cpu': cost }),
  }
}

/** What both sides of a pair have. */
function valuesOf(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Readonly<Record<string, readonly [number, number]>> {
  return Object.fromEntries(
    Object.entries(one).flatMap(([metric, a]) => {
      const b = other[metric]
      return b === undefined ? [] : [[metric, [a, b]] as const]
    }),
  )
}

/** Milliseconds of one processor that a request cost the server. */
const costOf = (block: Block | undefined): number | undefined =>
  block?.seconds === undefined || block.result === undefined || block.result.requests === 0
    ? undefined
    : (block.seconds * 1000) / block.result.requests

/** What did not hold; what is judged of a story as a whole stands beside each of its blocks, and counts once. */
function brokenIn(results: readonly LoadResult[], side: 'first' | 'second', ofStory: readonly string[]) {
  const times = new Map<string, number>()
  for (const result of results) {
    const scenarios = result.state === 'measured' ? result.scenarios : []
    for (const [at, { invariants }] of scenarios.entries())
      for (const { name, broken } of invariants)
        if (broken > 0 && (at === 0 || !ofStory.includes(name))) times.set(name, (times.get(name) ?? 0) + broken)
  }
  return [...times].map(([invariant, count]) => ({ side, invariant, times: count }))
}
