import type { Environment } from '../programs.ts'

/** How k6 is told to hand its figures to Prometheus as it runs. */
export interface RemoteWrite {
  readonly args: readonly string[]
  /** k6's own variables: where to, how often, with which credentials. They may hold secrets. */
  readonly environment: Environment
}

const prefix = 'K6_PROMETHEUS_RW_'

/** What the user's variables say of it; nothing where `K6_PROMETHEUS_RW_SERVER_URL` is not set. */
export function remoteWrite(environment: Environment): RemoteWrite {
  const url = environment[`${prefix}SERVER_URL`]
  if (url === undefined || url === '') return { args: [], environment: {} }
  return {
    args: ['--out', 'experimental-prometheus-rw'],
    environment: Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith(prefix))),
  }
}

/** What k6 says each time that its figures did not arrive; it goes on without. */
export const undeliveredPattern = /^Failed to send the time series data to the endpoint/
