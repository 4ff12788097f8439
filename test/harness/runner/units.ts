import { rfc6749 } from '../../../core/spec/rfc6749.ts'
import { type Check, type CheckDefinition, collectChecks } from '../../../harness/check.ts'
import { type AnyProperty, collectProperties, type Property } from '../../../harness/property.ts'
import type { Outcome, RunEvent } from '../../../harness/runner/events.ts'
import { run, type RunOptions } from '../../../harness/runner/run.ts'
import { Secret } from '../../../harness/target/secret.ts'
import type { Target } from '../../../harness/target/target.ts'

export const clientSecret = 'the-secret-of-the-client'

/** A target of which nothing was discovered: an origin, a client and a person. */
export const targetAt = (origin: string, overrides: Partial<Target> = {}): Target => ({
  issuer: origin,
  metadata: { issuer: origin, token_endpoint: `${origin}/token` },
  metadataUrl: `${origin}/.well-known/openid-configuration`,
  capabilities: new Set(['client_credentials']),
  claims: new Set(),
  clients: [
    {
      client_id: 'own',
      client_secret: new Secret(clientSecret),
      token_endpoint_auth_method: 'client_secret_basic',
      redirect_uris: ['https://rp.example/cb'],
      grant_types: ['authorization_code', 'client_credentials'],
    },
  ],
  users: [{ username: 'alice', password: new Secret('the-password-of-alice') }],
  login: { browser: false, selectors: {}, headers: {} },
  authorizedHosts: [],
  limits: { concurrency: 8, timeout_ms: 5000 },
  ...overrides,
})

export const nobody = targetAt('http://127.0.0.1:1')

type Ends = CheckDefinition['run'] | Partial<CheckDefinition>

/** Checks that do these things, their ids in the order of their names. */
export const checksThat = (ends: Readonly<Record<string, Ends>>): readonly Check[] =>
  collectChecks({
    place: Object.fromEntries(
      Object.entries(ends).map(([name, end]): [string, CheckDefinition] => [
        name,
        { proves: [rfc6749.codeSingleUse], run: async () => {}, ...(typeof end === 'function' ? { run: end } : end) },
      ]),
    ),
  })

export const propertiesThat = (definitions: Readonly<Record<string, AnyProperty>>): readonly Property[] =>
  collectProperties({ place: definitions })

/** Runs units and tells what they came to, by their names, and what was said meanwhile. */
export async function runUnits(
  units: readonly (Check | Property)[],
  target: Target = nobody,
  options: Partial<RunOptions> = {},
) {
  const events: RunEvent[] = []
  const outcomes = await run(units, target, { seed: 1, runs: 20, ...options }, (event) => events.push(event))
  const nameOf = ({ unit }: Outcome) => unit.id.replace('place/', '')
  return {
    outcomes,
    events,
    order: outcomes.map(nameOf),
    verdicts: Object.fromEntries(outcomes.map((outcome) => [nameOf(outcome), outcome.verdict])),
  }
}
