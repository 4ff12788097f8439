import { sleep } from 'k6'
import http from 'k6/http'
import type { Options } from 'k6/options'
import { readyMark, summaryMark } from '../core/load-metrics.ts'
import type { EngineSummary, LoadPlan } from '../core/story.ts'
import type { SizedRequest, Tape } from '../core/tape.ts'

/**
 * The barest script that makes the requests of another: of the same methods and lengths, as many of them at once, and
 * answered with as much, by a server that plays them back. What a story costs beyond this is the price of looking at what came.
 */
const plan = JSON.parse(__ENV['ASSAY_PLAN'] ?? '') as Pick<LoadPlan, 'scenarios' | 'companion' | 'issuer' | 'share'>

export const options: Options = {
  scenarios: Object.fromEntries(
    plan.scenarios.map(({ name, stages, vus }) => [
      name,
      {
        executor: 'ramping-arrival-rate',
        exec: 'playBack',
        startRate: 0,
        timeUnit: '60s',
        stages: stages.map(({ rate, seconds }) => ({ target: Math.round(rate * 60), duration: `${seconds}s` })),
        preAllocatedVUs: vus,
        maxVUs: vus,
      },
    ]),
  ),
  summaryTrendStats: ['count'],
  systemTags: ['status', 'name', 'scenario', 'expected_response', 'error_code', 'method'],
  userAgent: 'assay',
}

const asText = { responseType: 'text' } as const

export function setup(): Tape {
  console.log(readyMark)
  const tape = JSON.parse(http.get(`${plan.issuer}/tape`, asText).body) as Tape
  const wait = Number(http.post(`${plan.companion}/assembly`, JSON.stringify(plan.share), asText).body) - Date.now()
  if (wait > 0) sleep(wait / 1000)
  return tape
}

type Request = [method: string, url: string, body: string, params: object]

/** What this virtual user sends in turn; made once, as the stories make theirs. */
let turns: readonly (readonly Request[])[] | undefined
let next = 0
let owed = 0

export function playBack(tape: Tape) {
  turns ??= turnsOf(tape)
  for (owed += tape.perIteration; owed >= 1;) {
    const turn = turns[next++ % turns.length] ?? []
    const [first] = turn
    if (first === undefined) return
    if (turn.length === 1) http.request(...first)
    else http.batch([...turn])
    owed -= turn.length
  }
}

function turnsOf(tape: Tape): readonly (readonly Request[])[] {
  let at = 0
  return tape.turns.map((turn) => turn.map((sizes) => requestOf(sizes, at++)))
}

function requestOf([method, pathLength, bodyLength, headersLength]: SizedRequest, at: number): Request {
  const path = `/${at}`
  const query = pathLength > path.length ? `?${'x'.repeat(pathLength - path.length - 1)}` : ''
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    ...(headersLength > 0 && { cookie: 'x'.repeat(headersLength) }),
  }
  return [method, plan.issuer + path + query, 'x'.repeat(bodyLength), { headers, redirects: 0, tags: { name: 'bare' } }]
}

interface Counts {
  readonly metrics: Readonly<Record<string, { readonly values: Readonly<Record<string, number>> }>>
  readonly state: { readonly testRunDurationMs: number }
}

export function handleSummary({ metrics, state }: Counts) {
  const count = (name: string) => metrics[name]?.values['count'] ?? 0
  const [first] = plan.scenarios
  const ended: EngineSummary = {
    scenarios: [
      {
        name: first?.name ?? '',
        story: first?.story ?? '',
        seconds: state.testRunDurationMs / 1000,
        requests: count('http_reqs'),
        iterations: count('iterations'),
        completed: count('iterations'),
        droppedIterations: count('dropped_iterations'),
        throttled: 0,
        heldBack: 0,
        latency: { count: 0, sum: 0, min: 0, max: 0, buckets: [] },
        invariants: [],
      },
    ],
    exceptions: 0,
    undelivered: 0,
  }
  return { stdout: `\n${summaryMark}${JSON.stringify(ended)}\n` }
}
