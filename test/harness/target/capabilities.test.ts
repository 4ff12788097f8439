import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { capabilitiesOf, whyMissing } from '../../../harness/target/capabilities.ts'

const issuer = 'https://issuer.example'
const endpoints = { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` }
const nothing = { clock: false, saml: false, oauthMetadata: false, softwarePublisher: false }

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

describe('what is not listed is not claimed', () => {
  const claimed = (more: Readonly<Record<string, unknown>>) => capabilitiesOf({ ...endpoints, ...more }, nothing)

  test('response modes, whatever RFC 8414 says of a list that is absent', () => {
    expect(claimed({}).has('fragment_mode')).toBe(false)
    const some = claimed({ response_modes_supported: ['query', 'form_post', 'query.jwt'] })
    expect([some.has('query_mode'), some.has('fragment_mode'), some.has('form_post_mode')]).toEqual([true, false, true])
  })

  test('iss in responses is said by true alone', () => {
    const says = (value: unknown) =>
      claimed({ authorization_response_iss_parameter_supported: value }).has('response_iss')
    expect([true, false, 'true', 1, undefined].map(says)).toEqual([true, false, false, false, false])
  })

  test('the implicit grant, by its response type, and the password grant', () => {
    expect(claimed({}).has('implicit')).toBe(false)
    expect(claimed({ response_types_supported: ['code', 'token'] }).has('implicit')).toBe(true)
    expect(claimed({ response_types_supported: ['code', 'id_token token'] }).has('implicit')).toBe(false)
    expect(
      claimed({ response_types_supported: ['token'], grant_types_supported: ['authorization_code'] }).has('implicit'),
    ).toBe(false)
    expect(claimed({}).has('password_grant')).toBe(false)
    expect(claimed({ grant_types_supported: ['password'] }).has('password_grant')).toBe(true)
  })
})

test('the target file adds what metadata cannot say', () => {
  expect(
    [
      ...capabilitiesOf({ issuer }, { clock: true, saml: true, oauthMetadata: true, softwarePublisher: true }),
    ].toSorted(),
  ).toEqual(['client_secret_basic', 'clock', 'oauth_metadata', 'saml_idp'])
})

test('an OpenID Provider publishes keys and algorithms', () => {
  const provider = { ...endpoints, jwks_uri: `${issuer}/jwks`, id_token_signing_alg_values_supported: ['RS256'] }
  expect(capabilitiesOf(provider, nothing).has('openid')).toBe(true)
  expect(capabilitiesOf({ ...provider, jwks_uri: 'nowhere' }, nothing).has('openid')).toBe(false)
})

test('whatever stands there as signed metadata is to be judged', () => {
  for (const value of ['eyJ.eyJ.x', '', 7, null, {}])
    expect(capabilitiesOf({ ...endpoints, signed_metadata: value }, nothing).has('signed_metadata')).toBe(true)
  expect(capabilitiesOf(endpoints, nothing).has('signed_metadata')).toBe(false)
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
    'response_modes_supported',
    'scopes_supported',
    'token_endpoint_auth_methods_supported',
    'code_challenge_methods_supported',
    'response_modes_supported',
    'id_token_signing_alg_values_supported',
    'authorization_response_iss_parameter_supported',
    'signed_metadata',
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
