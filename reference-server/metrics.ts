import { readFileSync } from 'node:fs'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { OAuthErrorCode } from './oauth-error.ts'
import { credentials, grantTypes, type Observation, type Observe } from './observe.ts'
import type { ReferenceServer } from './server.ts'

/** The figures of one server, and of the process that it runs in. */
export interface Metrics {
  readonly observe: Observe
  /** Starts the counts of a server's routes at zero, and asks its store how much it holds whenever it is scraped. */
  watch(server: Pick<ReferenceServer, 'routes' | 'entries'>): void
  readonly contentType: string
  /** In the text format of Prometheus. */
  text(): Promise<string>
}

/** In seconds: an answer from memory takes a fraction of a millisecond, one that signs with RSA several. */
const buckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** RFC 6749 §5.2. They are counted from zero, so that none is told from unknown; other errors appear with their first. */
const tokenErrors: readonly OAuthErrorCode[] = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
]

/** Counts what a server does, in a registry of its own. Node only. */
export function serverMetrics(): Metrics {
  const registry = new Registry()
  const counts = countersIn(registry)
  const ofProcess = processRegistry()
  return {
    observe: (observation) => record(counts, observation),
    watch: ({ routes, entries }) => {
      for (const { method, path: endpoint } of routes) {
        counts.duration.zero({ endpoint, method })
        counts.requests.inc({ endpoint, method, status: 500 }, 0)
      }
      registerStore(registry, entries)
    },
    contentType: registry.contentType,
    text: async () => `${await registry.metrics()}\n${await ofProcess.metrics()}`,
  }
}

function countersIn(registry: Registry) {
  const registers = [registry]
  const counts = {
    duration: new Histogram({
      name: 'assay_http_request_duration_seconds',
      help: 'Time from a request to its answer, the reading of its body included and the writing of the answer not.',
      labelNames: ['endpoint', 'method'],
      buckets,
      registers,
    }),
    requests: new Counter({
      name: 'assay_http_requests_total',
      help: 'Requests answered.',
      labelNames: ['endpoint', 'method', 'status'],
      registers,
    }),
    tokens: new Counter({
      name: 'assay_tokens_issued_total',
      help: 'Token responses that granted something.',
      labelNames: ['grant_type'],
      registers,
    }),
    errors: new Counter({
      name: 'assay_oauth_errors_total',
      help: 'Errors that a client was told of, by the code that it was told.',
      labelNames: ['endpoint', 'error'],
      registers,
    }),
    replays: new Counter({
      name: 'assay_replays_total',
      help: 'Attempts to use a spent authorization code or refresh token, denied.',
      labelNames: ['credential'],
      registers,
    }),
  }
  for (const grantType of grantTypes) counts.tokens.inc({ grant_type: grantType }, 0)
  for (const error of tokenErrors) counts.errors.inc({ endpoint: '/token', error }, 0)
  for (const credential of credentials) counts.replays.inc({ credential }, 0)
  return counts
}

function record(counts: ReturnType<typeof countersIn>, observation: Observation): void {
  const { endpoint } = observation
  switch (observation.type) {
    case 'answered': {
      const { method, status, seconds } = observation
      counts.duration.observe({ endpoint, method }, seconds)
      counts.requests.inc({ endpoint, method, status })
      return
    }
    case 'issued':
      counts.tokens.inc({ grant_type: observation.grantType })
      return
    case 'denied':
      counts.errors.inc({ endpoint, error: observation.error })
      return
    case 'replayed':
      counts.replays.inc({ credential: observation.credential })
  }
}

function registerStore(registry: Registry, entries: ReferenceServer['entries']): void {
  const held = new Gauge({
    name: 'assay_store_entries',
    help: 'What the store holds, spent and expired entries that it has not yet dropped among them.',
    labelNames: ['kind'],
    registers: [registry],
    collect: () => {
      for (const [kind, count] of Object.entries(entries())) held.set({ kind }, count)
    },
  })
}

let shared: Registry | undefined

/** What concerns the process is measured once, however many servers run in it, and only where somebody wants to know. */
function processRegistry(): Registry {
  if (shared !== undefined) return shared
  shared = new Registry()
  collectDefaultMetrics({ register: shared })
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly version: string
  }
  new Gauge({
    name: 'assay_build_info',
    help: 'Which Assay runs on which Node; always 1.',
    labelNames: ['version', 'node'],
    registers: [shared],
  }).set({ version, node: process.version }, 1)
  return shared
}
