import { stories } from '../scenarios/stories.ts'
import { droppedIterations, iterations, ofStories, requests, requestTimes, storyQuantile } from './k6-series.ts'
import { type Panel, rate, type Row, sumBy, sumOrZero } from './panel.ts'

const quantiles = [
  { name: 'p50', quantile: 0.5 },
  { name: 'p95', quantile: 0.95 },
  { name: 'p99', quantile: 0.99 },
] as const

/** What nobody asks for is left out: it has no quantile. */
const atServer = quantiles.map(({ name, quantile }): Panel => ({
  kind: 'lines',
  title: `Latency at the server, ${name}`,
  description: `From a request to its answer as the server measures it, for each endpoint that is asked.`,
  unit: 's',
  width: 8,
  queries: [
    {
      expr: `histogram_quantile(${quantile}, ${sumBy('endpoint, le', rate('assay_http_request_duration_seconds_bucket'))}) >= 0`,
      legend: '{{endpoint}}',
    },
  ],
}))

const atClient: Panel = {
  kind: 'lines',
  title: 'Latency at the client',
  description: 'From a request to its answer as k6 measures it, for all requests of a load story together.',
  unit: 's',
  width: 12,
  queries: quantiles.map(({ name, quantile }) => ({
    expr: storyQuantile(quantile, rate(`${requestTimes}{${ofStories}}`)),
    legend: `{{scenario}} ${name}`,
  })),
}

const promised: Panel = {
  kind: 'lines',
  title: 'Latency at the client, as a share of what is promised',
  description: 'Each load story promises a p95 and a p99 for all its requests. Above 100 % the promise is broken.',
  unit: 'percentunit',
  width: 12,
  wrongFrom: 1,
  queries: Object.entries(stories).flatMap(([story, { promise }]) =>
    ([quantiles[1], quantiles[2]] as const).map(({ name, quantile }) => ({
      expr: `${storyQuantile(quantile, rate(`${requestTimes}{scenario="${story}"}`))} / ${promise[name] / 1000}`,
      legend: `{{scenario}} ${name}`,
    })),
  ),
}

/** How long it takes and how much there is of it. */
export const latency: Row = {
  title: 'Latency',
  panels: [
    ...atServer,
    atClient,
    promised,
    {
      kind: 'lines',
      title: 'Requests answered',
      description: 'By the server, for each endpoint, whatever the answer was.',
      unit: 'reqps',
      width: 8,
      queries: [{ expr: sumBy('endpoint', rate('assay_http_requests_total')), legend: '{{endpoint}}' }],
    },
    {
      kind: 'lines',
      title: 'Tokens issued',
      description: 'Token responses that granted something, for each grant type.',
      unit: 'ops',
      width: 8,
      queries: [{ expr: sumBy('grant_type', rate('assay_tokens_issued_total')), legend: '{{grant_type}}' }],
    },
    {
      kind: 'lines',
      title: 'Error ratio',
      description:
        'The share of requests that the server answers with a fault of its own (5xx), for each endpoint that is asked.',
      unit: 'percentunit',
      width: 8,
      queries: [
        {
          expr: `${sumBy('endpoint', rate('assay_http_requests_total{status=~"5.."}'))} / ${sumBy('endpoint', rate('assay_http_requests_total'))} >= 0`,
          legend: '{{endpoint}}',
        },
      ],
    },
    {
      kind: 'lines',
      title: 'Requests sent',
      description: 'By k6, for each load story.',
      unit: 'reqps',
      width: 12,
      queries: [{ expr: sumBy('scenario', rate(`${requests}{${ofStories}}`)), legend: '{{scenario}}' }],
    },
    {
      kind: 'lines',
      title: 'Iterations dropped',
      description:
        'Arrivals that found no virtual user free, since the run began. Where there are any, the load was less than was asked for, and the latencies are better than they ought to be.',
      unit: 'short',
      width: 12,
      wrongFrom: 1,
      queries: [{ expr: sumOrZero('scenario', droppedIterations, iterations), legend: '{{scenario}}' }],
    },
  ],
}
