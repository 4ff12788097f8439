import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { checks } from '../../../conformance/checks.ts'
import { HarnessError } from '../../../harness/error.ts'
import { run } from '../../../harness/runner/run.ts'
import { parseTargetFile } from '../../../harness/target/load.ts'
import { identityProvider } from '../../fixtures/saml-message.ts'

const key = JSON.stringify(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }))

const file = (more: string, issuer = 'https://issuer.example') => `issuer: ${issuer}
saml:
  metadata_url: ${issuer}/saml
  service_providers:
    - entity_id: urn:sp
      acs_url: https://sp.example/acs
      ${more}
`

test('a service provider may have a key and further places', () => {
  const more = 'private_key: ${SP_KEY}\n      other_acs_urls: [https://sp.example/other]'
  const { settings, warnings } = parseTargetFile(file(more), 'target.yaml', { SP_KEY: key })
  const [provider] = settings.saml?.service_providers ?? []

  expect(provider).toMatchObject({
    entity_id: 'urn:sp',
    acs_url: 'https://sp.example/acs',
    other_acs_urls: ['https://sp.example/other'],
  })
  expect(provider?.private_key?.reveal()).toBe(key)
  expect(JSON.stringify(settings)).not.toContain(key)
  expect(warnings).toEqual([])
})

test('a key that stands in the file itself is taken with a warning', () => {
  const { warnings } = parseTargetFile(file(`private_key: '${key}'`), 'target.yaml', {})

  expect(warnings).toEqual([
    'target.yaml:7:20: the private_key itself stands in the file; write ${PRIVATE_KEY} in its place and export that variable',
  ])
})

test.each(['secret', '{}', '{"kty":"EC"}'])('a key that is none is refused: %s', (wrong) => {
  const parse = () => parseTargetFile(file(`private_key: '${wrong}'`), 'target.yaml', {})

  expect(parse).toThrow(HarnessError)
  expect(parse).toThrow('no private JWK')
})

test('units about SAML need no OAuth client, and say what else is missing', async () => {
  await using idp = await identityProvider()
  const units = checks.filter(({ id }) => id === 'saml/signature/assertion-is-signed')
  const verdictOf = async (more: Partial<typeof idp.target>) => {
    const [outcome] = await run(units, { ...idp.target, ...more }, { seed: 1, runs: 1 }, () => {})
    return outcome?.verdict
  }
  const { metadata_url = '' } = idp.target.saml ?? {}

  expect(await verdictOf({ clients: [] })).toEqual({ state: 'pass' })
  expect(await verdictOf({ users: [] })).toMatchObject({
    state: 'untestable',
    because: expect.stringContaining('under users') as string,
  })
  expect(await verdictOf({ saml: { metadata_url, service_providers: [] } })).toMatchObject({
    state: 'untestable',
    because: expect.stringContaining('under saml') as string,
  })
})
