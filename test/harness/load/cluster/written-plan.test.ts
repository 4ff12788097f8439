import { describe, expect, test } from 'vitest'
import { resolveReferences } from '../../../../core/references.ts'
import { steady } from '../../../../core/story.ts'
import {
  assertByReference,
  companionTarget,
  planByReference,
  writtenIn,
} from '../../../../harness/load/cluster/written-plan.ts'
import { planFor } from '../../../../harness/load/plan.ts'
import { parseTargetFile } from '../../../../harness/target/load.ts'
import { failureOf } from '../../../cli/screen.ts'
import { targetAt } from '../../runner/units.ts'

const key = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'the-private-part' }
const environment = {
  APP_SECRET: 'with "quotes", $$ and ${OTHER}',
  APP_KEY: JSON.stringify(key, null, 2),
  ALICE: 'alice',
  ALICE_PASSWORD: 'none',
}

const file = [
  'issuer: https://as.example',
  'clients:',
  '  - client_id: app',
  '    client_secret: ${APP_SECRET}',
  '    grant_types: [client_credentials]',
  '  - client_id: cost$$app',
  '    private_key: ${APP_KEY}',
  '    token_endpoint_auth_method: private_key_jwt',
  '    grant_types: [client_credentials]',
  'users: [{ username: "${ALICE}@as.example", password: "${ALICE_PASSWORD}" }]',
  'login: { headers: { cookie: "${ALICE_PASSWORD}" } }',
  'registration: { initial_access_token: "${APP_SECRET}" }',
  'load: { rate: 5 }',
].join('\n')

const { settings } = parseTargetFile(file, 'target.yaml', environment)
const { clients = [], users = [] } = settings
const plan = planFor(targetAt('https://as.example', { clients, users }), {
  scenarios: [steady('client-credentials', 1, 1, 1)],
  share: { index: 0, of: 1 },
  companion: 'http://companion/$',
})
const written = planByReference(plan, writtenIn(file, environment))

describe('a plan by reference', () => {
  test('has what the target file says by reference as it stands there, and no value', () => {
    expect(written.client.client_secret).toBe('${APP_SECRET}')
    expect(written.services.map((one) => one.private_key)).toEqual([undefined, '${APP_KEY}'])
    expect(written.users).toEqual([{ username: '${ALICE}@as.example', password: '${ALICE_PASSWORD}' }])
    expect(JSON.stringify(written)).not.toMatch(/the-private-part|quotes/)
  })

  test('names every variable that it refers to', () => {
    expect(written.references).toEqual(['ALICE', 'ALICE_PASSWORD', 'APP_KEY', 'APP_SECRET'])
  })

  test('comes to the plan where its references are resolved once, as k6 does', () => {
    const resolved = (value: unknown, member = ''): unknown => {
      if (Array.isArray(value)) return value.map((one) => resolved(one, member))
      if (typeof value === 'object' && value !== null)
        return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, resolved(one, name)]))
      if (typeof value !== 'string') return value
      const { text } = resolveReferences(value, environment)
      return member === 'private_key' ? (JSON.parse(text) as unknown) : text
    }
    const { references: _, ...rest } = written
    expect(resolved(rest)).toEqual(plan)
  })
})

describe('a secret that stands in the file itself', () => {
  test.each([
    ['client_secret: ${APP_SECRET}', 'client_secret: in-the-file', 'the client_secret of app'],
    ['private_key: ${APP_KEY}', `private_key: '${JSON.stringify(key)}'`, 'the private_key of cost$app'],
    ['password: "${ALICE_PASSWORD}"', 'password: in-the-file', 'the password of alice@as.example'],
    ['initial_access_token: "${APP_SECRET}"', 'initial_access_token: in-the-file', 'the initial_access_token'],
  ])('is refused: %s', (reference, plain, what) => {
    const other = file.replace(reference, plain)
    const read = parseTargetFile(other, 'target.yaml', environment)
    expect(failureOf(() => assertByReference(read.settings, writtenIn(other, environment)))).toBe(
      `USAGE: ${what} itself stands in the target file, and a cluster would show it; write a reference in its place, \${NAME}, and export that variable`,
    )
  })

  test('is none where all are references', () => {
    expect(() => assertByReference(settings, writtenIn(file, environment))).not.toThrow()
  })
})

test('a companion is given what it needs of a target file, as it is written', () => {
  const part = companionTarget(file)
  expect(Object.keys(part)).toEqual(['issuer', 'clients'])
  expect(JSON.stringify(part)).toContain('${APP_KEY}')
})
