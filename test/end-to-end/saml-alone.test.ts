import { expect, test } from 'vitest'
import { findingsOf } from '../../harness/reports/standing.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { assay, reportIn } from './assay.ts'
import { startRight } from './right-server.ts'
import { writeTarget } from './target-file.ts'

/** Nobody listens at its issuer: whoever looks there for anything fails. */
const fileFor = (origin: string) => `issuer: http://127.0.0.1:1
oauth: false
saml:
  metadata_url: ${origin}/saml/metadata
  service_providers:
    - entity_id: https://sp.example/saml
      acs_url: https://sp.example/saml/acs
    - entity_id: https://other-sp.example/saml
      acs_url: https://other-sp.example/saml/acs
users:
  - username: alice
    password: correct-horse
`

/** Runs a command on an identity provider for SAML alone. */
async function onIdentityProvider(...args: readonly string[]) {
  await using server = await startRight()
  const folder = temporaryFolder()
  writeTarget(folder, fileFor(new URL(server.issuer).origin))
  const ended = await assay([...args, 'target.yaml'], { folder })
  return { ...ended, report: reportIn(folder) }
}

test('a SAML identity provider that speaks no OAuth is checked for what it speaks', async () => {
  const { exit, report } = await onIdentityProvider('check', '--only', 'saml,oauth2/metadata')

  expect(exit).toBe(0)
  const states = (place: string) =>
    new Set(report.outcomes.filter(({ unit }) => unit.id.startsWith(place)).map(({ verdict }) => verdict.state))
  expect(report.outcomes.flatMap(findingsOf)).toEqual([])
  expect(states('saml/')).toContain('pass')
  expect(states('oauth2/')).toEqual(new Set(['inapplicable']))
})

test('and is pressed by sign-ons', async () => {
  const { exit, report } = await onIdentityProvider('load', '--rate', '5', '--seconds', '2')

  expect(exit).toBe(0)
  const { load } = report
  expect(load?.state === 'measured' && load.scenarios.map(({ scenario }) => scenario)).toEqual(['saml-sso'])
  expect(load?.state === 'measured' && load.scenarios[0]?.iterations).toBeGreaterThan(5)
})
