import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { discover } from '../../../harness/target/discovery.ts'
import { draftFor, draftTargetFile, environmentNeeded, schemaReference } from '../../../harness/target/init.ts'
import { parseTargetFile } from '../../../harness/target/load.ts'
import { newHttp, serveJson, serveProvider } from './serve.ts'

const key = JSON.stringify({ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' })

/** Reads a draft as a user would who exported what it asks for. */
function readDraft(draft: string) {
  const environment = Object.fromEntries(
    environmentNeeded(draft).map((name) => [name, name.endsWith('_KEY') ? key : randomBytes(12).toString('hex')]),
  )
  return parseTargetFile(draft, 'target.yaml', environment)
}

const issuer = 'https://issuer.example/tenant'
const found = (metadata: Readonly<Record<string, unknown>>) => ({
  metadata: { issuer, ...metadata },
  metadataUrl: `${issuer}/.well-known/openid-configuration`,
  oauthMetadata: false,
})

test('a server that registers clients is told to', async () => {
  await using server = await serveProvider()
  const http = newHttp()
  const draft = await draftFor(server.origin, http, { schema: './target.schema.json' })
  const { settings, warnings } = readDraft(draft)

  expect(draft.split('\n')[0]).toBe('# yaml-language-server: $schema=./target.schema.json')
  expect(settings).toMatchObject({
    issuer: server.origin,
    registration: {},
    users: [{ username: 'alice' }, { username: 'bob' }],
  })
  expect(settings.clients).toBeUndefined()
  expect(environmentNeeded(draft)).toEqual(['ALICE_PASSWORD', 'BOB_PASSWORD'])
  expect(warnings).toEqual([])
  expect(http.exchanges.map(({ request, response }) => `${request.method} ${response?.status}`).slice(-2)).toEqual([
    'POST 201',
    'DELETE 204',
  ])
})

test('a server whose registration asks for a token gets client stanzas, and is told of the token', async () => {
  await using server = await serveProvider({ initialAccessToken: 'the-initial-token' })
  const draft = await draftFor(server.origin, newHttp())
  const { settings } = readDraft(draft)

  expect(settings.registration).toBeUndefined()
  expect(settings.clients?.map((client) => client.token_endpoint_auth_method)).toEqual([
    'client_secret_basic',
    'client_secret_post',
    'client_secret_jwt',
    'private_key_jwt',
    'none',
  ])
  expect(draft).toContain('#   initial_access_token: ${ASSAY_INITIAL_ACCESS_TOKEN}')
  expect(environmentNeeded(draft)).toEqual([
    'ASSAY_BASIC_SECRET',
    'ASSAY_POST_SECRET',
    'ASSAY_MAC_SECRET',
    'ASSAY_JWT_KEY',
    'ALICE_PASSWORD',
    'BOB_PASSWORD',
  ])
})

describe('a draft', () => {
  const metadata = {
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: 'https://tokens.example:8443/token',
    token_endpoint_auth_methods_supported: ['client_secret_post', 'tls_client_auth'],
    grant_types_supported: ['authorization_code', 'urn:other'],
    scopes_supported: ['openid', 'email', 'other'],
  }

  test('lists what the server offers and Assay knows', () => {
    const { settings } = readDraft(draftTargetFile(issuer, found(metadata), { registersFreely: false }))
    expect(settings.clients).toMatchObject([
      {
        client_id: 'assay-post',
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['authorization_code'],
        scope: 'openid email',
      },
    ])
  })

  test('leaves it to the user to authorize hosts, and the line for it is right once uncommented', () => {
    const draft = draftTargetFile(issuer, found(metadata), { registersFreely: false })
    expect(readDraft(draft).settings.authorized_hosts).toBeUndefined()
    expect(readDraft(draft.replace('# authorized_hosts', 'authorized_hosts')).settings.authorized_hosts).toEqual([
      'issuer.example',
      'tokens.example:8443',
    ])
  })

  test('has hints that are right once uncommented', () => {
    const draft = draftTargetFile(issuer, found(metadata), { registersFreely: true })
    const { settings } = readDraft(draft.replaceAll(/^# (?=(?:login|saml|limits):|  )/gm, ''))
    expect(settings).toMatchObject({
      login: { browser: true, selectors: { consent: 'button[name=accept]' } },
      saml: { service_providers: [{ entity_id: 'https://sp.example/saml' }] },
      limits: { concurrency: 8, timeout_ms: 10_000 },
    })
  })

  test('survives an issuer and metadata that would break out of YAML or refer to the environment', () => {
    const odd = 'https://issuer.example/${HOME}: #x, [y] "z"'.replaceAll(' ', '')
    const hostile = {
      registration_endpoint: 'https://a.example/\nissuer: https://evil.example',
      scopes_supported: ['openid\nissuer: x', 7],
      token_endpoint_auth_methods_supported: 'x',
      'evil\nissuer: https://evil.example_endpoint': 'https://b.example',
    }
    const draft = draftTargetFile(
      odd.replace('#', ''),
      { ...found(hostile) },
      { registersFreely: false, metadataUrl: 'https://issuer.example/$$' },
    )
    const { settings } = readDraft(draft)
    expect(settings.issuer).toBe(odd.replace('#', ''))
    expect(settings.metadata_url).toBe('https://issuer.example/$$')
    expect(settings.clients).toMatchObject([
      { token_endpoint_auth_method: 'client_secret_basic', grant_types: ['authorization_code'] },
    ])
  })
})

test('metadata at an unusual place is remembered', async () => {
  await using server = await serveJson((origin) => ({ '/meta': { issuer: origin, token_endpoint: `${origin}/token` } }))
  const draft = await draftFor(server.origin, newHttp(), { metadataUrl: `${server.origin}/meta` })
  const { settings } = readDraft(draft)
  expect(settings.metadata_url).toBe(`${server.origin}/meta`)
  expect((await discover(settings.issuer, newHttp(), settings.metadata_url)).metadataUrl).toBe(`${server.origin}/meta`)
})

test('the schema is named relative to the target file', () => {
  expect(schemaReference('target.yaml')).toBe('./harness/target/target.schema.json')
  expect(schemaReference('deploy/staging/target.yaml')).toBe('../../harness/target/target.schema.json')
})
