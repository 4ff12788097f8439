import { sleep } from 'k6'
import type { Options, Scenario } from 'k6/options'
import { cells, histogramOfCells } from '../core/histogram.ts'
import { brokenOf, metricOf, observedOf, readyMark, summaryMark } from '../core/load-metrics.ts'
import { type EngineScenario, type EngineSummary, type ScenarioPlan, secondsOf } from '../core/story.ts'
import { assembled, farewell } from './lib/companion.ts'
import { ownShare, plan } from './lib/plan.ts'
import { stories, type StoryName } from './stories.ts'

export { authorizationCode } from './authorization-code.ts'
export { clientCredentials } from './client-credentials.ts'
export { discovery } from './discovery.ts'
export { introspection } from './introspection.ts'
export { refresh } from './refresh.ts'
export { refreshStorm } from './refresh-storm.ts'
export { registration } from './registration.ts'
export { revocationStorm } from './revocation-storm.ts'
export { samlSso } from './saml-sso.ts'
export { userinfo } from './userinfo.ts'

/** The function of each story, by the name under which it is exported here. */
const functions: Readonly<Record<StoryName, string>> = {
  'authorization-code': 'authorizationCode',
  'client-credentials': 'clientCredentials',
  discovery: 'discovery',
  introspection: 'introspection',
  refresh: 'refresh',
  'refresh-storm': 'refreshStorm',
  registration: 'registration',
  'revocation-storm': 'revocationStorm',
  'saml-sso': 'samlSso',
  userinfo: 'userinfo',
}

/** Longer than any iteration takes, so that one on its way is not cut off and counted as a failure, in seconds. */
const usualGrace = 10

/** k6 knows whole rates only: what is a fraction in a second is whole enough in this many. */
const unit = 60

const scenarioOf = ({ story, stages, vus, after = 0, grace = usualGrace }: ScenarioPlan): Scenario => ({
  executor: 'ramping-arrival-rate',
  exec: functions[story as StoryName],
  startTime: `${after}s`,
  startRate: 0,
  timeUnit: `${unit}s`,
  stages: stages.map(({ rate, seconds }) => ({ target: Math.round(rate * unit), duration: `${seconds}s` })),
  preAllocatedVUs: vus,
  maxVUs: vus,
  gracefulStop: `${grace}s`,
})

const invariantsOf = (story: string): readonly string[] =>
  Object.entries(stories[story as StoryName].invariants).flatMap(([name, invariant]) =>
    'by' in invariant ? [] : [name],
  )

/** What is told of each scenario, and a bound that holds always: k6 tells apart in its summary only what a threshold names. */
const told = ({ story }: ScenarioPlan): readonly (readonly [metric: string, bound: string])[] => [
  ['http_req_duration', 'max>=0'],
  ['http_reqs', 'count>=0'],
  ['iterations', 'count>=0'],
  ['dropped_iterations', 'count>=0'],
  ['assay_throttled', 'count>=0'],
  ['assay_held_back', 'count>=0'],
  [metricOf(story, 'failed'), 'count>=0'],
  ...invariantsOf(story).flatMap((name) =>
    [observedOf(story, name), brokenOf(story, name)].map((metric) => [metric, 'count>=0'] as const),
  ),
]

const of = (metric: string, { name }: ScenarioPlan) => `${metric}{scenario:${name}}`

export const options: Options = {
  scenarios: Object.fromEntries(plan.scenarios.map((one) => [one.name, scenarioOf(one)])),
  thresholds: Object.fromEntries(
    plan.scenarios.flatMap((one) => told(one).map(([metric, bound]) => [of(metric, one), [bound]])),
  ),
  summaryTrendStats: ['count', 'avg', 'min', 'max', ...cells.map(({ at }) => at)],
  systemTags: ['status', 'name', 'scenario', 'expected_response', 'error_code', 'method'],
  ...(plan.share.region !== undefined && { tags: { region: plan.share.region } }),
  ...(plan.hosts !== undefined && { hosts: plan.hosts }),
  userAgent: 'assay',
  setupTimeout: '1h',
  discardResponseBodies: true,
}

/** By now the virtual users are made: all processes of a run wait for each other here. */
export function setup() {
  console.log(readyMark)
  const wait = assembled() - Date.now()
  if (wait > 0) sleep(wait / 1000)
}

export function teardown() {
  farewell()
}

interface Summary {
  readonly metrics: Readonly<Record<string, { readonly values: Readonly<Record<string, number>> }>>
  readonly state: { readonly testRunDurationMs: number }
}

/** Only figures leave the process: the plan, which holds secrets, does not. */
export function handleSummary({ metrics, state }: Summary) {
  const valuesOf = (name: string) => metrics[name]?.values ?? {}
  const scenarios = plan.scenarios.map((one): EngineScenario => {
    const count = (metric: string) => valuesOf(of(metric, one))['count'] ?? 0
    return {
      name: one.name,
      story: one.story,
      // An interruption makes it shorter than it was planned.
      seconds: Math.max(0, Math.min(secondsOf(one), state.testRunDurationMs / 1000) - (one.after ?? 0)),
      requests: count('http_reqs'),
      iterations: count('iterations'),
      failed: count(metricOf(one.story, 'failed')),
      droppedIterations: count('dropped_iterations'),
      throttled: count('assay_throttled'),
      heldBack: count('assay_held_back'),
      latency: histogramOfCells(valuesOf(of('http_req_duration', one))),
      invariants: invariantsOf(one.story).map((name) => {
        const broken = count(brokenOf(one.story, name))
        // A virtual user that was cut off has counted what broke and not yet how often it looked.
        return { name, observed: Math.max(broken, count(observedOf(one.story, name))), broken }
      }),
    }
  })
  const ended: EngineSummary = {
    share: ownShare(),
    scenarios,
    exceptions: valuesOf('assay_exceptions')['count'] ?? 0,
    undelivered: valuesOf('assay_undelivered')['count'] ?? 0,
  }
  return { stdout: `\n${summaryMark}${JSON.stringify(ended)}\n` }
}
