import type { Options, Scenario } from 'k6/options'
import { metricOf } from '../core/load-metrics.ts'
import type { ScenarioPlan } from '../core/story.ts'
import { plan } from './lib/plan.ts'
import { stories, type StoryName } from './stories.ts'

export { authorizationCode } from './authorization-code.ts'
export { clientCredentials } from './client-credentials.ts'
export { introspection } from './introspection.ts'
export { refresh } from './refresh.ts'

/** The function of each story, by the name under which it is exported here. */
const functions: Readonly<Record<StoryName, string>> = {
  'authorization-code': 'authorizationCode',
  'client-credentials': 'clientCredentials',
  introspection: 'introspection',
  refresh: 'refresh',
}

/** Longer than any iteration takes, so that one on its way is not cut off and counted as a failure, in seconds. */
const gracefulStop = '10s'

const scenarioOf = ({ story, rate, seconds, vus }: ScenarioPlan): Scenario => ({
  executor: 'constant-arrival-rate',
  exec: functions[story as StoryName],
  rate,
  timeUnit: '1s',
  duration: `${seconds}s`,
  preAllocatedVUs: vus,
  maxVUs: vus,
  gracefulStop,
})

/** k6 tells apart in its summary only what a threshold names; these hold always. */
const told = plan.scenarios.flatMap(({ story }) => [
  [`http_req_duration{scenario:${story}}`, ['max>=0']] as const,
  [`http_reqs{scenario:${story}}`, ['count>=0']] as const,
  [`iterations{scenario:${story}}`, ['count>=0']] as const,
  [`dropped_iterations{scenario:${story}}`, ['count>=0']] as const,
  [`http_req_failed{scenario:${story}}`, ['rate>=0']] as const,
])

export const options: Options = {
  scenarios: Object.fromEntries(plan.scenarios.map((one) => [one.story, scenarioOf(one)])),
  thresholds: Object.fromEntries(told.map(([name, bounds]) => [name, [...bounds]])),
  summaryTrendStats: ['min', 'avg', 'p(50)', 'p(75)', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)', 'max', 'count'],
  systemTags: ['status', 'name', 'scenario', 'expected_response', 'error_code', 'method'],
  userAgent: 'assay',
}

interface Summary {
  readonly metrics: Readonly<Record<string, { readonly values: Readonly<Record<string, number>> }>>
  readonly state: { readonly testRunDurationMs: number }
}

/** Only figures leave the process: the plan, which holds secrets, does not. */
export function handleSummary({ metrics, state }: Summary) {
  const valuesOf = (name: string) => metrics[name]?.values ?? {}
  const scenarios = plan.scenarios.map(({ story, seconds }) => ({
    story,
    // An interruption makes it shorter than it was planned.
    seconds: Math.min(seconds, state.testRunDurationMs / 1000),
    requests: valuesOf(`http_reqs{scenario:${story}}`)['count'] ?? 0,
    iterations: valuesOf(`iterations{scenario:${story}}`)['count'] ?? 0,
    completed: valuesOf(metricOf(story, 'completed'))['count'] ?? 0,
    droppedIterations: valuesOf(`dropped_iterations{scenario:${story}}`)['count'] ?? 0,
    latency: valuesOf(`http_req_duration{scenario:${story}}`),
    invariants: Object.keys(stories[story as StoryName].invariants).map((name) => {
      const { passes = 0, fails = 0 } = valuesOf(metricOf(story, name))
      return { name, observed: passes + fails, broken: fails }
    }),
  }))
  return {
    stdout: `\nassay-summary ${JSON.stringify({ scenarios, exceptions: valuesOf('assay_exceptions')['count'] ?? 0 })}\n`,
  }
}
