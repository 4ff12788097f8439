import { Redactor } from '../../core/redact.ts'
import { HttpClient } from '../client/http.ts'
import { capabilitiesOf } from './capabilities.ts'
import { discover, type Discovered } from './discovery.ts'
import { withPatternsApart } from './redirect-patterns.ts'
import { registerClients } from './registration.ts'
import type { TargetSettings } from './settings.ts'
import type { Target } from './target.ts'

export interface OpenTarget {
  readonly target: Target
  /** Removes the clients that were registered for this run and returns the `client_id` of each that stays; never throws. */
  close(): Promise<readonly string[]>
}

const defaults = { concurrency: 8, timeout_ms: 10_000 }

/** The same server, at which no clients are registered for the run. */
export const withoutRegistration = ({ registration, ...settings }: TargetSettings): TargetSettings => ({
  ...settings,
  ...(registration !== undefined && { registration: { ...registration, clients: false } }),
})

/**
 * Turns what the target file says into a server that can be tested: discovers it, and registers clients where it is asked
 * to. The signal ends the discovery; a registration goes on, for whoever breaks it off leaves clients behind.
 */
export async function openTarget(settings: TargetSettings, signal?: AbortSignal): Promise<OpenTarget> {
  const limits = { ...defaults, ...settings.limits }
  const options = { timeoutMs: limits.timeout_ms, redactor: new Redactor() }
  const discovering = new HttpClient({ ...options, ...(signal !== undefined && { signal }) })
  const { metadata, metadataUrl, oauthMetadata } =
    settings.oauth === false
      ? nothingPublished(settings)
      : await discover(settings.issuer, discovering, settings.metadata_url)
  const http = new HttpClient(options)
  const registered =
    settings.registration === undefined || settings.registration.clients === false
      ? undefined
      : await registerClients(metadata, settings.registration, http)
  const target: Target = {
    issuer: settings.issuer,
    ...(settings.oauth === false && { oauth: false }),
    metadata,
    metadataUrl,
    capabilities: capabilitiesOf(metadata, {
      clock: settings.clock_url !== undefined,
      saml: settings.saml !== undefined,
      oauthMetadata,
      softwarePublisher: settings.registration?.software_publisher !== undefined,
    }),
    claims: new Set(settings.claims),
    clients: [...(settings.clients ?? []), ...(registered?.clients ?? [])].map(withPatternsApart),
    users: settings.users ?? [],
    ...(settings.registration !== undefined && { registration: settings.registration }),
    login: {
      browser: settings.login?.browser ?? false,
      selectors: settings.login?.selectors ?? {},
      headers: settings.login?.headers ?? {},
    },
    authorizedHosts: settings.authorized_hosts ?? [],
    ...(settings.clock_url !== undefined && { clockUrl: settings.clock_url }),
    ...(settings.control !== undefined && { control: settings.control }),
    ...(settings.saml !== undefined && { saml: settings.saml }),
    limits,
  }
  return { target, close: async () => (await registered?.remove()) ?? [] }
}

/** A SAML identity provider has metadata of its own, which units fetch that are about SAML. */
const nothingPublished = ({ issuer }: Pick<TargetSettings, 'issuer'>): Discovered => ({
  metadata: { issuer },
  metadataUrl: '',
  oauthMetadata: false,
})
