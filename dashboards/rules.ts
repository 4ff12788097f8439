import type { Story } from '../core/story.ts'
import { stories } from '../scenarios/stories.ts'
import {
  invariantBroken,
  invariantObserved,
  ofStories,
  requestTimes,
  storyQuantile,
  watchedInvariants,
} from './k6-series.ts'

interface RecordingRule {
  readonly record: string
  readonly expr: string
  readonly labels?: Readonly<Record<string, string>>
}

interface AlertingRule {
  readonly alert: string
  readonly expr: string
  /** How long it must have been so; at once where it does not say. */
  readonly for?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: { readonly summary: string; readonly description: string }
}

/** A file of rules as Prometheus reads it. */
export interface RuleFile<Rule extends RecordingRule | AlertingRule> {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[]
}

const latencyOf = (quantile: string) => `assay:load_latency_seconds:${quantile}`
const brokenShare = 'assay:invariant_broken:ratio'

/** What k6 measures under names that do not depend on the story: alerts are made of these. */
export const recordings: RuleFile<RecordingRule> = {
  groups: [
    {
      name: 'assay-load-latency',
      rules: (['0.95', '0.99'] as const).map((quantile) => ({
        record: latencyOf(`p${quantile.slice(2)}`),
        expr: storyQuantile(Number(quantile), `rate(${requestTimes}{${ofStories}}[1m])`),
      })),
    },
    {
      name: 'assay-invariants',
      rules: Object.entries<Story>(stories).flatMap(([story, told]) =>
        watchedInvariants(told).map((invariant) => ({
          record: brokenShare,
          expr: `sum by (scenario) (${invariantBroken(story, invariant)}) / sum by (scenario) (${invariantObserved(story, invariant)})`,
          labels: { invariant },
        })),
      ),
    },
  ],
}

/** The load stories replay one code in ten and one refresh token in twenty: only what is far above is an attack. */
const replayBurst = (credential: string, grantType: string): AlertingRule => {
  const replays = `sum(rate(assay_replays_total{credential="${credential}"}[5m]))`
  const redeemed = `sum(rate(assay_tokens_issued_total{grant_type="${grantType}"}[5m]))`
  const name = `${credential.replace('_', ' ')}s`
  return {
    alert: 'ReplayBurst',
    expr: `${replays} / (${replays} + ${redeemed}) > 0.2 and ${replays} > 0.1`,
    labels: { severity: 'warning', credential },
    annotations: {
      summary: `spent ${name} are presented again and again`,
      description: `{{ $value | humanizePercentage }} of the ${name} that are presented are spent: somebody has stolen some, or a client retries what it must not.`,
    },
  }
}

const promises = Object.entries(stories).flatMap(([story, { promise }]) =>
  Object.entries(promise).map(([quantile, milliseconds]): AlertingRule => ({
    alert: 'LatencyPromiseBroken',
    expr: `${latencyOf(quantile)}{scenario="${story}"} > ${milliseconds / 1000}`,
    for: '1m',
    labels: { severity: 'warning', story, quantile },
    annotations: {
      summary: `${story} is slower than promised`,
      description: `The ${quantile} of all requests of ${story} is {{ $value | humanizeDuration }}; ${milliseconds} ms are promised.`,
    },
  })),
)

export const alerts: RuleFile<AlertingRule> = {
  groups: [
    {
      name: 'assay-server',
      rules: [
        {
          alert: 'ServerDown',
          expr: 'up{job="assay"} == 0',
          for: '30s',
          labels: { severity: 'critical' },
          annotations: {
            summary: 'the server cannot be reached',
            description: '{{ $labels.instance }} did not answer the last scrapes.',
          },
        },
        {
          alert: 'HighErrorRatio',
          expr: 'sum(rate(assay_http_requests_total{status=~"5.."}[5m])) / sum(rate(assay_http_requests_total[5m])) > 0.01',
          for: '1m',
          labels: { severity: 'critical' },
          annotations: {
            summary: 'the server has faults of its own',
            description: '{{ $value | humanizePercentage }} of the requests are answered with 5xx.',
          },
        },
        replayBurst('code', 'authorization_code'),
        replayBurst('refresh_token', 'refresh_token'),
      ],
    },
    {
      name: 'assay-load',
      rules: [
        {
          alert: 'InvariantBroken',
          expr: `${brokenShare} > 0`,
          labels: { severity: 'critical' },
          annotations: {
            summary: 'under load the server gets something wrong',
            description:
              'In {{ $value | humanizePercentage }} of the iterations of {{ $labels.scenario }} that looked, this did not hold: {{ $labels.invariant }}.',
          },
        },
        ...promises,
      ],
    },
  ],
}
