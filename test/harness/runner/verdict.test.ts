import { expect, test } from 'vitest'
import { rfc6749 } from '../../../core/spec/rfc6749.ts'
import { type CheckDefinition, collectChecks } from '../../../harness/check.ts'
import { Inapplicable, Untestable } from '../../../harness/error.ts'
import { run } from '../../../harness/runner/run.ts'
import { openTarget } from '../../../harness/target/open.ts'
import { serveJson } from '../target/serve.ts'

/** What becomes of checks that end in these ways at a server that does nothing. */
async function verdictsOf(ends: Readonly<Record<string, CheckDefinition['run']>>) {
  await using server = await serveJson((origin) => ({
    '/.well-known/openid-configuration': { issuer: origin, token_endpoint: `${origin}/token` },
  }))
  const { target } = await openTarget({
    issuer: server.origin,
    clients: [
      { client_id: 'own', token_endpoint_auth_method: 'client_secret_basic', redirect_uris: [], grant_types: [] },
    ],
  })
  const definitions = Object.entries(ends).map(([name, end]) => [
    name,
    { proves: [rfc6749.tokenResponse], run: end } satisfies CheckDefinition,
  ])
  const checks = collectChecks({ place: Object.fromEntries(definitions) as Record<string, CheckDefinition> })
  const outcomes = await run(checks, target, { seed: 1, runs: 1 }, () => {})
  return Object.fromEntries(outcomes.map(({ unit, verdict }) => [unit.id.replace('place/', ''), verdict]))
}

test('how a check ends decides whose matter it is', async () => {
  const verdicts = await verdictsOf({
    ends: async () => {},
    finds: async ({ expect: judge }) => judge.that(false, { expected: 'one thing', actual: 'another' }),
    lacks: async () => {
      throw new Untestable('nobody is there')
    },
    'does not concern': async () => {
      throw new Inapplicable('the server need not do it')
    },
    breaks: async () => {
      throw new TypeError('our own fault')
    },
  })

  expect(verdicts).toMatchObject({
    ends: { state: 'pass' },
    finds: { state: 'fail', findings: [{ requirement: rfc6749.tokenResponse.id, actual: 'another' }] },
    lacks: { state: 'untestable', because: 'nobody is there' },
    'does not concern': { state: 'inapplicable', because: 'the server need not do it' },
    breaks: { state: 'broken', error: { message: 'our own fault' } },
  })
})

test('a breach stands, whatever the check says afterwards', async () => {
  const verdicts = await verdictsOf({
    finds: async ({ expect: judge }) => {
      judge.that(false, { expected: 'one thing', actual: 'another' })
      throw new Inapplicable('the server need not do it')
    },
  })

  expect(verdicts['finds']?.state).toBe('fail')
})
