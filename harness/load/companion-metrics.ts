import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Tidings } from '../../core/story.ts'
import type { Observer } from './testimony.ts'
import { middleOf } from '../../core/histogram.ts'

/** What a companion tells Prometheus of itself, and of what it hears. */
export interface CompanionMetrics extends Required<Observer> {
  onTidings(tidings: Tidings): void
  /** How many processes of the run are there, and how many have ended. */
  onProcesses(arrived: number, ended: number): void
  /** In the text format of Prometheus. */
  text(): Promise<string>
}

/** In seconds: an answer from memory takes a millisecond, one that hashes a password half a second. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Counts in a registry of its own, for so many processes. */
export function companionMetrics(expected: number): CompanionMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const { tidings, iterations, failures, duration, samples, values, repeated, claims, processes } = metersIn(registry)
  processes.set({ state: 'expected' }, expected)
  return {
    onTidings: ({ scenario, region = '', seconds }) => {
      tidings.inc({ scenario, region })
      for (const [, told, failed, latencies] of seconds) {
        iterations.inc({ scenario, region }, told)
        failures.inc({ scenario, region }, failed)
        for (const [bucket, count] of latencies) {
          for (let at = 0; at < count; at++) duration.observe({ scenario, region }, middleOf(bucket) / 1000)
        }
      }
    },
    onValue: (kind, isNew) => {
      values.inc({ kind })
      repeated.inc({ kind }, isNew ? 0 : 1)
    },
    onSample: (kind, isValid) => samples.inc({ kind, verdict: isValid ? 'verified' : 'rejected' }),
    onClaim: (kind, claim, held) => claims.inc({ kind, claim, verdict: held ? 'right' : 'wrong' }),
    onProcesses: (arrived, ended) => {
      processes.set({ state: 'arrived' }, arrived)
      processes.set({ state: 'ended' }, ended)
    },
    text: async () => await registry.metrics(),
  }
}

function metersIn(registry: Registry) {
  const registers = [registry]
  const counter = <const L extends string>(name: string, help: string, ...labelNames: readonly L[]) =>
    new Counter<L>({ name, help, labelNames: [...labelNames], registers })
  return {
    tidings: counter(
      'assay_load_tidings_total',
      'Times that virtual users told what they had seen.',
      'scenario',
      'region',
    ),
    iterations: counter('assay_load_iterations_total', 'Iterations that ended.', 'scenario', 'region'),
    failures: counter('assay_load_failures_total', 'Iterations that did not come to their end.', 'scenario', 'region'),
    samples: counter('assay_load_samples_total', 'Sampled tokens, by what came of verifying them.', 'kind', 'verdict'),
    values: counter('assay_load_values_total', 'Values that must never come twice, as they were seen.', 'kind'),
    repeated: counter('assay_load_values_repeated_total', 'Those of them that had been seen before.', 'kind'),
    claims: counter(
      'assay_load_claims_total',
      'Claims that say for whom a token is, by whether it is for them.',
      'kind',
      'claim',
      'verdict',
    ),
    duration: new Histogram({
      name: 'assay_load_request_duration_seconds',
      help: 'Time from a request of a virtual user to its answer.',
      labelNames: ['scenario', 'region'],
      buckets,
      registers,
    }),
    processes: new Gauge({
      name: 'assay_load_processes',
      help: 'Processes of the run: those that are expected, that have arrived and that have ended.',
      labelNames: ['state'],
      registers,
    }),
  }
}
