import { describe, expect, test } from 'vitest'
import { invariantOutcomes, invariantRunner, invariantUnits } from '../../cli/invariants.ts'
import type { LoadResult, ScenarioResult } from '../../harness/load/result.ts'
import type { Target } from '../../harness/target/target.ts'
import { stories } from '../../scenarios/stories.ts'
import { steady } from '../../core/story.ts'
import { measuredLoad, scenarioResult } from '../fixtures/load-result.ts'
import { fakeEngine } from '../harness/load/fake-engine.ts'
import { targetAt } from '../harness/runner/units.ts'

const everything: Target['capabilities'] = new Set([
  'authorization_code',
  'client_credentials',
  'refresh_token',
  'introspection',
])
const forCode = targetAt('http://127.0.0.1:1', { capabilities: everything })
const target: Target = {
  ...forCode,
  clients: forCode.clients.map((client) => ({ ...client, grant_types: [...everything] })),
}

const scenario = (name: string, invariants: ScenarioResult['invariants']) => scenarioResult(name, { invariants })

const measured = (...scenarios: readonly ScenarioResult[]) => measuredLoad(scenarios)

/** What becomes of one invariant after a load. */
function verdictOn(id: string, load: LoadResult, at = target) {
  const outcome = invariantOutcomes(load, at).find(({ unit }) => unit.id === `scenarios/${id}`)
  return outcome?.verdict
}

const counted = (name: string, observed: number, broken: number) =>
  measured(scenario('client-credentials', [{ name, observed, broken }]))

test('each invariant of each story is a unit', () => {
  const named = Object.entries(stories).flatMap(([story, { invariants }]) =>
    Object.keys(invariants).map((invariant) => `${story}: ${invariant}`),
  )
  expect(invariantUnits.map(({ story, title }) => `${story}: ${title}`)).toEqual(named)
  expect(invariantUnits.map(({ id }) => id)).toContain(
    'scenarios/authorization-code/the-id-token-has-the-nonce-of-its-request',
  )
})

describe('an invariant', () => {
  const id = 'client-credentials/no-answer-may-be-stored'
  const name = 'no answer may be stored'

  test('that held passes', () => {
    expect(verdictOn(id, counted(name, 7, 0))).toEqual({ state: 'pass' })
  })

  test('that broke once fails, with the requirement that broke', () => {
    expect(verdictOn(id, counted(name, 7, 1))).toMatchObject({
      state: 'fail',
      findings: [
        {
          requirement: 'rfc6749/no-store',
          unit: `scenarios/${id}`,
          violation: 'wrong-value',
          expected: 'no answer may be stored, in every iteration',
          actual: 'broken 1 times of 7',
        },
      ],
    })
  })

  test('that was never looked at is no pass', () => {
    expect(verdictOn(id, counted(name, 0, 0))).toEqual({
      state: 'untestable',
      because: 'the load gave no occasion to look at it',
    })
  })

  test('that a lawful server need not let us see does not concern it', () => {
    const load = measured(
      scenario('refresh', [{ name: 'a rotated refresh token stays spent', observed: 0, broken: 0 }]),
    )
    expect(verdictOn('refresh/a-rotated-refresh-token-stays-spent', load)).toEqual({
      state: 'inapplicable',
      because:
        'the target has no public client, or does not rotate its refresh tokens, or the load was too short to see it',
    })
  })

  test('whose story was not told does not concern it', () => {
    const untold = { state: 'inapplicable', because: 'the scenario client-credentials was not run' }
    expect(verdictOn(id, measured())).toEqual(untold)
    expect(verdictOn(id, measured(scenario('client-credentials', [])))).toEqual(untold)
  })

  test('of a load that did not run is no pass', () => {
    expect(verdictOn(id, { state: 'not-run', because: 'there is no k6' })).toEqual({
      state: 'untestable',
      because: 'there is no k6',
    })
  })

  test('whose story the target lacks something for says what', () => {
    const poor = targetAt('http://127.0.0.1:1', { capabilities: new Set(['authorization_code']), users: [] })
    expect(verdictOn(id, measured(), poor)).toEqual({
      state: 'inapplicable',
      because: 'the metadata does not offer the client credentials grant',
    })
    expect(verdictOn('authorization-code/state-comes-back-unchanged', measured(), poor)).toEqual({
      state: 'untestable',
      because: 'it needs somebody who signs in; add one under users',
    })
  })

  test('does not concern a server that gives no client a secret', () => {
    const keysOnly = { ...target, capabilities: new Set([...everything, 'private_key_jwt'] as const), clients: [] }
    expect(verdictOn(id, measured(), keysOnly)).toEqual({
      state: 'inapplicable',
      because: 'load is made by clients with a secret, and the metadata lists no method for them',
    })
    const capabilities = new Set([...keysOnly.capabilities, 'client_secret_post'] as const)
    expect(verdictOn(id, measured(), { ...keysOnly, capabilities })).toMatchObject({ state: 'untestable' })
  })

  test('whose story registers clients does not concern a server whose target file says nothing of that', () => {
    const unit = 'registration/a-registration-is-answered-with-201'
    const load = measured(
      scenario('registration', [{ name: 'a registration is answered with 201', observed: 2, broken: 0 }]),
    )
    const capabilities = new Set([...everything, 'registration', 'client_secret_basic'] as const)
    expect(verdictOn(unit, load, { ...target, capabilities })).toEqual({
      state: 'inapplicable',
      because:
        'load registers clients only where the target file says registration: dynamic, or gives an initial_access_token',
    })
    expect(verdictOn(unit, load, { ...target, capabilities, registration: {} })).toEqual({ state: 'pass' })
  })

  test('of service providers needs no client, but somebody who signs in', () => {
    const name = 'RelayState comes back unchanged'
    const load = measured(scenario('saml-sso', [{ name, observed: 3, broken: 0 }]))
    const idp = targetAt('http://127.0.0.1:1', { capabilities: new Set(['saml_idp']), clients: [] })
    expect(verdictOn('saml-sso/relay-state-comes-back-unchanged', load, idp)).toEqual({ state: 'pass' })
    expect(verdictOn('saml-sso/relay-state-comes-back-unchanged', load, { ...idp, users: [] })).toEqual({
      state: 'untestable',
      because: 'it needs somebody who signs in; add one under users',
    })
  })
})

describe('a short load for some invariants', () => {
  const units = invariantUnits.filter(({ story }) => story === 'introspection')

  test('tells their stories and no others', async () => {
    const engine = fakeEngine(
      `say(plan.scenarios)`,
      `summary({ scenarios: [{ ...scenarioOf(plan.scenarios[0]), invariants: [{ name: 'a live token is active', observed: 2, broken: 2 }] }] })`,
    )
    const outcomes = await invariantRunner(engine)(units, target, 'firmly')
    expect(engine.said()).toEqual([steady('introspection', 30, 1, 6)])
    expect(outcomes.map(({ unit, verdict }) => [unit.id, verdict.state])).toEqual([
      ['scenarios/introspection/a-live-token-is-active', 'fail'],
      ['scenarios/introspection/an-unknown-token-is-inactive', 'untestable'],
      ['scenarios/introspection/a-revoked-token-is-inactive', 'inapplicable'],
    ])
  })

  test('starts nothing where the target offers nothing for them', async () => {
    const engine = fakeEngine('say("started")')
    const outcomes = await invariantRunner(engine)(
      units,
      targetAt('http://127.0.0.1:1', { capabilities: new Set() }),
      'gently',
    )
    expect(outcomes.map(({ verdict }) => verdict.state)).toEqual(['inapplicable', 'inapplicable', 'inapplicable'])
    expect(() => engine.said()).toThrow('ENOENT')
  })
})
