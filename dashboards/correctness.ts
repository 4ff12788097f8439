import type { Story } from '../core/story.ts'
import { stories } from '../scenarios/stories.ts'
import {
  anyInvariantBroken,
  exceptions,
  invariantBroken,
  invariantObserved,
  iterations,
  ofStories,
  requests,
  watchedInvariants,
} from './k6-series.ts'
import { type Panel, rate, type Row, sumBy, sumOrZero } from './panel.ts'

const figures: readonly Panel[] = [
  {
    kind: 'figure',
    title: 'Invariants broken',
    description: 'How many of the invariants that the load stories hold did not hold at least once in this run.',
    unit: 'short',
    width: 6,
    wrongFrom: 1,
    queries: [
      { expr: `count(${anyInvariantBroken} > 0) or 0 * count(${anyInvariantBroken})`, legend: 'invariants broken' },
    ],
  },
  {
    kind: 'figure',
    title: 'Iterations that threw',
    description: 'Faults of the scripts or answers that nobody expected, since the run began. They measure nothing.',
    unit: 'short',
    width: 6,
    wrongFrom: 1,
    queries: [{ expr: sumOrZero(undefined, exceptions, iterations), legend: 'iterations that threw' }],
  },
  {
    kind: 'figure',
    title: 'Faults of the server',
    description: 'Requests that the server answered with 5xx, in the time that is shown.',
    unit: 'short',
    width: 6,
    wrongFrom: 1,
    queries: [
      { expr: 'sum(increase(assay_http_requests_total{status=~"5.."}[$__range]))', legend: 'faults of the server' },
    ],
  },
  {
    kind: 'figure',
    title: 'Replays denied',
    description:
      'Attempts to use a spent code or refresh token, in the time that is shown. The load stories make some on purpose.',
    unit: 'short',
    width: 6,
    queries: [{ expr: 'sum(increase(assay_replays_total[$__range]))', legend: 'replays denied' }],
  },
]

/** No run has so many iterations that one of them is a smaller share. */
const leastShare = 1e-9

const watched = Object.entries<Story>(stories).filter(([, told]) => watchedInvariants(told).length > 0)

const invariants = watched.map(([story, told]): Panel => ({
  kind: 'lines',
  title: `Invariants broken, ${story}`,
  description: `The share of iterations in which what must hold did not, while ${told.title}.`,
  unit: 'percentunit',
  width: 12,
  wrongFrom: leastShare,
  queries: watchedInvariants(told).map((name) => ({
    expr: `sum(${invariantBroken(story, name)}) / sum(${invariantObserved(story, name)})`,
    legend: name,
  })),
}))

/** Where a run is spread over a cluster, its companion lets itself be asked. */
const besideK6: Panel = {
  kind: 'lines',
  title: 'Invariants broken, beside k6',
  description:
    'What the companion of a distributed run found wrong: claims of tokens and of SAML responses, values that came twice, and signatures.',
  unit: 'short',
  width: 12,
  wrongFrom: 1,
  queries: [
    {
      expr: sumOrZero('kind, claim', 'assay_load_claims_total{verdict="wrong"}', 'assay_load_claims_total'),
      legend: '{{claim}} of a {{kind}} is wrong',
    },
    { expr: 'sum by (kind) (assay_load_values_repeated_total)', legend: '{{kind}} came twice' },
    {
      expr: sumOrZero('kind', 'assay_load_samples_total{verdict="rejected"}', 'assay_load_samples_total'),
      legend: '{{kind}} is not valid',
    },
  ],
}

/** Whether it is right, however fast it is. */
export const correctness: Row = {
  title: 'Correctness',
  panels: [
    ...figures,
    ...invariants,
    besideK6,
    {
      kind: 'lines',
      title: 'Replays denied, by credential',
      description:
        'Attempts to use a spent code or refresh token. A burst of them is an attack, or a client that retries.',
      unit: 'ops',
      width: 6,
      queries: [{ expr: sumBy('credential', rate('assay_replays_total')), legend: '{{credential}}' }],
    },
    {
      kind: 'lines',
      title: 'OAuth errors',
      description: 'Errors that clients were told of, by their code.',
      unit: 'ops',
      width: 6,
      queries: [{ expr: sumBy('error', rate('assay_oauth_errors_total')), legend: '{{error}}' }],
    },
    {
      kind: 'lines',
      title: 'Faults of the server, by endpoint',
      description: 'Requests answered with 5xx.',
      unit: 'ops',
      width: 6,
      queries: [{ expr: sumBy('endpoint', rate('assay_http_requests_total{status=~"5.."}')), legend: '{{endpoint}}' }],
    },
    {
      kind: 'lines',
      title: 'Unexpected answers',
      description:
        'Requests of a load story that were answered with 5xx, or not at all, since the run began. Where something is refused that ought to be granted, an invariant breaks.',
      unit: 'short',
      width: 6,
      wrongFrom: 1,
      queries: [
        {
          expr: sumOrZero('scenario', `${requests}{${ofStories},status=~"0|5.."}`, `${requests}{${ofStories}}`),
          legend: '{{scenario}}',
        },
      ],
    },
  ],
}
