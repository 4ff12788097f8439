import { expect, test } from 'vitest'
import { oauth21 } from '../../../core/spec/oauth21.ts'
import { oidcCore } from '../../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../../core/spec/rfc6749.ts'
import { collectReport } from '../../../harness/reports/build-report.ts'
import { brokenRequirements, silentUnits, standings } from '../../../harness/reports/standing.ts'
import { documents, eventsOf, issuer, load, outcomes, reportOf, sampleReport } from '../../fixtures/sample-report.ts'

const collector = () => collectReport({ version: '0.1.0', seed: 42, documents, target: { issuer, capabilities: [] } })

test('outcomes stand in the order of their units, whatever order they came in', () => {
  const ids = sampleReport.outcomes.map(({ unit }) => unit.id)
  expect(ids).toEqual(outcomes.map(({ unit }) => unit.id).toSorted())
  expect(ids[0]).not.toBe(
    eventsOf(outcomes).flatMap((event) => (event.type === 'unit-finished' ? event.outcome.unit.id : []))[0],
  )
})

test('the summary counts verdicts and findings', () => {
  expect(sampleReport.summary).toEqual({ pass: 52, fail: 12, inapplicable: 3, untestable: 3, broken: 1, findings: 14 })
  expect(sampleReport.interrupted).toBe(false)
  expect(sampleReport.milliseconds).toBe(83_400)
  expect(sampleReport.load).toBe(load)
})

test('at any moment there is a report of what is done so far', () => {
  const collected = collector()
  expect(collected.report()).toMatchObject({ interrupted: true, outcomes: [], requirements: [] })

  const [first, second] = eventsOf(outcomes)
  for (const event of [first, second]) if (event !== undefined) collected.onEvent(event)
  expect(collected.report()).toMatchObject({ interrupted: true, summary: { pass: 0, fail: 1, findings: 1 } })

  collected.onEvent({ type: 'run-finished', interrupted: true })
  expect(collected.report().interrupted).toBe(true)
})

test('a unit that was judged twice counts once, as it was judged last', () => {
  const collected = collector()
  const [one] = outcomes
  if (one === undefined) throw new Error('the sample has no outcome')
  const again = { ...one, verdict: { state: 'untestable' as const, because: 'the target went away' } }
  collected.onEvent({ type: 'unit-finished', outcome: one, done: 1, units: 1 })
  collected.onEvent({ type: 'unit-finished', outcome: again, done: 2, units: 1 })

  expect(collected.report().outcomes).toEqual([again])
})

test('requirements are those that a unit proves or a finding names, in the order of their documents', () => {
  const ids = sampleReport.requirements.map(({ id }) => id)
  expect(ids).toContain(rfc6749.noStore.id)
  expect(ids).not.toContain(rfc6749.csrfProtected.id)
  expect(new Set(ids).size).toBe(ids.length)
  const order = sampleReport.requirements.map(({ document }) => documents.findIndex(({ id }) => id === document))
  expect(order).toEqual(order.toSorted((a, b) => a - b))
  expect(sampleReport.requirements[0]).toMatchObject({
    title: 'The OAuth 2.0 Authorization Framework',
    url: 'https://www.rfc-editor.org/rfc/rfc6749',
  })
})

test('a requirement of a document that was not given is there all the same', () => {
  const collected = collectReport({ version: '0.1.0', seed: 1, documents: [], target: { issuer, capabilities: [] } })
  for (const event of eventsOf(outcomes)) collected.onEvent(event)

  expect(collected.report().requirements).toContainEqual({ ...oidcCore.idTokenNonce, title: 'oidc-core', url: '' })
})

test('findings are gathered by requirement, the heaviest first', () => {
  const levels = brokenRequirements(sampleReport).map(({ requirement }) => requirement.level)
  expect(levels).toEqual(['MUST', 'MUST', 'MUST', 'MUST', 'MUST', 'MUST', 'SHOULD NOT', 'SHOULD'])
  const noStore = brokenRequirements(sampleReport).find(({ requirement }) => requirement.id === rfc6749.noStore.id)
  expect(noStore?.findings).toHaveLength(7)
})

test('a requirement is kept only where a unit that proves it passed', () => {
  const of = standings(sampleReport)
  expect(of.get(rfc6749.codeSingleUse.id)).toBe('broken')
  expect(of.get(rfc6749.codeBoundToClient.id)).toBe('kept')
  expect(of.get(rfc6749.replayRevokes.id)).toBe('inapplicable')
  expect(of.get(rfc6749.accessDenied.id)).toBe('not judged')
  // Its only unit failed on another requirement.
  expect(of.get(rfc6749.tokenResponseJson.id)).toBe('not judged')
})

test('a requirement that does not bind the target is not kept, though a unit passed that proves it too', () => {
  const proves = [rfc6749.noStore, rfc6749.pragmaNoCache, oauth21.scopeReturned] as const
  const unit = { id: 'oauth2/some/check', kind: 'check', title: 'check', proves, needs: [] } as const
  const passed = reportOf([{ unit, verdict: { state: 'pass' }, milliseconds: 1 }])
  const standingsWhere = (...claims: readonly string[]) =>
    Object.fromEntries(standings({ ...passed, target: { ...passed.target, claims } }))

  expect(Object.fromEntries(standings(passed))).toEqual(standingsWhere())
  expect(standingsWhere()).toEqual({
    'rfc6749/no-store': 'kept',
    'rfc6749/pragma-no-cache': 'kept',
    'oauth2.1/scope-returned': 'inapplicable',
  })
  expect(standingsWhere('oauth2.1')).toEqual({
    'rfc6749/no-store': 'kept',
    'rfc6749/pragma-no-cache': 'inapplicable',
    'oauth2.1/scope-returned': 'kept',
  })
})

test('what neither passed nor failed is told with its reason', () => {
  expect(silentUnits(sampleReport).map(({ state }) => state)).toEqual([
    'untestable',
    'untestable',
    'broken',
    'untestable',
  ])
  expect(silentUnits(reportOf([]))).toEqual([])
})
