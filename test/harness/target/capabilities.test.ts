import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { capabilitiesOf, whyMissing } from '../../../harness/target/capabilities.ts'

const issuer = 'https://issuer.example'
const endpoints = { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` }
const nothing = { clock: false, saml: false, oauthMetadata: false }

describe('what metadata leaves out has the defaults of RFC 8414', () => {
  test('the code grant and client_secret_basic', () => {
    expect([...capabilitiesOf(endpoints, nothing)].toSorted()).toEqual(['authorization_code', 'client_secret_basic'])
  })

  test('a list that is there replaces the default', () => {
    const metadata = {
      ...endpoints,
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
    }
    expect([...capabilitiesOf(metadata, nothing)].toSorted()).toEqual([
      'client_credentials',
      'private_key_jwt',
      'public_client',
    ])
  })

  test('no code flow without the response type code', () => {
    expect(
      capabilitiesOf({ ...endpoints, response_types_supported: ['id_token'] }, nothing).has('authorization_code'),
    ).toBe(false)
  })

  test('no code flow where requests must be pushed or signed, unless that is said to be no must', () => {
    const offers = (more: Readonly<Record<string, unknown>>) =>
      capabilitiesOf({ ...endpoints, ...more }, nothing).has('authorization_code')
    for (const name of ['require_pushed_authorization_requests', 'require_signed_request_object']) {
      expect(offers({ [name]: true })).toBe(false)
      expect(offers({ [name]: false })).toBe(true)
      expect(offers({ [name]: 'true' })).toBe(true)
    }
  })

  test('PKCE by plain only where it is listed', () => {
    expect(
      capabilitiesOf({ ...endpoints, code_challenge_methods_supported: ['S256', 'plain'] }, nothing).has('plain_pkce'),
    ).toBe(true)
  })
})

test('the target file adds what metadata cannot say', () => {
  expect([...capabilitiesOf({ issuer }, { clock: true, saml: true, oauthMetadata: true })].toSorted()).toEqual([
    'client_secret_basic',
    'clock',
    'oauth_metadata',
    'saml_idp',
  ])
})

test('an OpenID Provider publishes keys and algorithms', () => {
  const provider = { ...endpoints, jwks_uri: `${issuer}/jwks`, id_token_signing_alg_values_supported: ['RS256'] }
  expect(capabilitiesOf(provider, nothing).has('openid')).toBe(true)
  expect(capabilitiesOf({ ...provider, jwks_uri: 'nowhere' }, nothing).has('openid')).toBe(false)
})

test('an endpoint that is no URL is no endpoint', () => {
  for (const url of ['/token', 'javascript:alert(1)', 'file:///etc/passwd', 'https://', 7, null, {}]) {
    expect(capabilitiesOf({ ...endpoints, introspection_endpoint: url }, nothing).has('introspection')).toBe(false)
  }
})

test('metadata of any types at all gives capabilities, each of which can be explained', () => {
  const names = [
    'authorization_endpoint',
    'token_endpoint',
    'jwks_uri',
    'grant_types_supported',
    'response_types_supported',
    'scopes_supported',
    'token_endpoint_auth_methods_supported',
    'code_challenge_methods_supported',
  ]
  const hostile = fc.record(
    Object.fromEntries(names.map((name) => [name, fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue()))])),
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(hostile, (metadata) => {
      for (const capability of capabilitiesOf({ ...metadata, issuer }, nothing))
        expect(whyMissing(capability)).toMatch(/^the /)
    }),
    { seed: 1, numRuns: 300 },
  )
})
