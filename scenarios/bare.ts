import { sleep } from 'k6'
import http, { type RefinedParams, type RefinedResponse } from 'k6/http'
import type { Options } from 'k6/options'
import { readyMark, summaryMark } from '../core/load-metrics.ts'
import type { EngineSummary, LoadPlan } from '../core/story.ts'
import { type Taken, type Tape, type TapedRequest, turnsKept } from '../core/tape.ts'
import { drawn } from './lib/companion.ts'

/**
 * The barest script that makes the requests of another: of the same methods and lengths, as many of them at once, with the
 * values that only answers can tell, and answered with as much by a server that plays them back. It looks at nothing that it
 * need not send on. What a story costs beyond this is the price of looking at what came.
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

/** A request as this virtual user makes it again and again: all of it that is always the same, and what it takes. */
interface Prepared {
  readonly method: string
  readonly url: string
  readonly body: string
  readonly params: RefinedParams<'text'>
  readonly taken: readonly Taken[]
  readonly drawnLength: number
}

/** What this virtual user sends in turn; prepared once, as the stories prepare theirs. */
let turns: readonly (readonly Prepared[])[] | undefined
let next = 0
let owed = 0

/** The answers of the last turns, each in the place of its number. */
const answers: (readonly RefinedResponse<'text'>[])[] = []

export function playBack(tape: Tape) {
  turns ??= turnsOf(tape)
  owed += tape.perIteration
  while (owed >= 1) {
    const turn = turns[next % turns.length] ?? []
    const first = turn[0]
    if (first === undefined) return
    answers[next % turnsKept] = turn.length === 1 ? [sent(first)] : http.batch(turn.map(ready))
    next += 1
    owed -= turn.length
  }
}

const sent = (request: Prepared): RefinedResponse<'text'> =>
  http.request(request.method, urlOf(request), bodyOf(request), request.params)

const ready = (request: Prepared) => ({
  method: request.method as 'POST',
  url: urlOf(request),
  body: bodyOf(request),
  params: request.params,
})

const urlOf = (request: Prepared): string => {
  const url = request.taken.length === 0 ? request.url : request.url + takenInto('path', request.taken)
  return request.drawnLength === 0 ? url : url + drawn('saml-requests/persistent').slice(0, request.drawnLength)
}

const bodyOf = (request: Prepared): string =>
  request.taken.length === 0 ? request.body : request.body + takenInto('body', request.taken)

function takenInto(into: Taken['into'], taken: readonly Taken[]): string {
  let values = ''
  for (let at = 0; at < taken.length; at++) {
    const one = taken[at]
    if (one?.into === into) values += valueOf(one)
  }
  return values
}

function valueOf(taken: Taken): string {
  const answer = answers[(next - taken.turnsBefore + turnsKept) % turnsKept]?.[taken.at]
  // Nothing came before the first turn.
  if (answer === undefined) return 'x'.repeat(taken.length)
  const text = taken.from === 'body' ? answer.body : (answer.headers['Location'] ?? '')
  const start = text.indexOf(taken.behind) + taken.behind.length
  return text.slice(start, start + taken.length)
}

function turnsOf(tape: Tape): readonly (readonly Prepared[])[] {
  let at = 0
  return tape.turns.map((turn) => turn.map((request) => prepared(request, at++)))
}

function prepared(request: TapedRequest, at: number): Prepared {
  const { method, pathLength, bodyLength, headersLength, taken, drawnLength = 0 } = request
  const lengthOf = (into: Taken['into']) => taken.reduce((sum, one) => sum + (one.into === into ? one.length : 0), 0)
  const path = `/${at}?`
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    ...(headersLength > 0 && { cookie: 'x'.repeat(headersLength) }),
  }
  return {
    method,
    url: plan.issuer + path + 'x'.repeat(Math.max(0, pathLength - path.length - lengthOf('path') - drawnLength)),
    body: 'x'.repeat(Math.max(0, bodyLength - lengthOf('body'))),
    params: { headers, redirects: 0, responseType: 'text', tags: { name: 'bare' } },
    taken,
    drawnLength,
  }
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
        failed: 0,
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
