import { decodeProtectedHeader, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { managementOf, registeredAccount, softwareStatement } from '../../../harness/client/registration.ts'
import { Untestable } from '../../../harness/error.ts'
import { Secret } from '../../../harness/target/secret.ts'

const answer = (body: object) => ({
  status: 201,
  headers: [],
  body: JSON.stringify(body),
  truncated: false,
  url: '',
})

describe('how a registration is managed', () => {
  const endpoint = 'https://as.example/register'

  test('stands in its answer', () => {
    const told = { registration_client_uri: 'https://as.example/register/1', registration_access_token: 'secret' }
    expect(managementOf(answer(told), endpoint)).toEqual({ uri: told.registration_client_uri, token: 'secret' })
  })

  test.each([
    { registration_client_uri: 'https://evil.example/register/1', registration_access_token: 'secret' },
    { registration_client_uri: '/register/1', registration_access_token: 'secret' },
    { registration_client_uri: 'https://as.example/register/1' },
    {},
  ])('is not known by %j', (told) => {
    expect(managementOf(answer(told), endpoint)).toBeUndefined()
  })
})

describe('the client of a registration', () => {
  test('is what the server says, and what was asked for where it does not say', () => {
    const { client_secret: secret, ...account } = registeredAccount(
      answer({ client_id: 'c', client_secret: 's', token_endpoint_auth_method: 'client_secret_post', scope: 'openid' }),
      { redirect_uris: ['https://rp.example/cb'] },
    )
    expect(secret?.reveal()).toBe('s')
    expect(account).toEqual({
      client_id: 'c',
      token_endpoint_auth_method: 'client_secret_post',
      redirect_uris: ['https://rp.example/cb'],
      grant_types: ['authorization_code'],
      scope: 'openid',
    })
  })

  test('is nobody where there is no client_id', () => {
    expect(() => registeredAccount(answer({ error: 'invalid_client_metadata' }), {})).toThrow(Untestable)
  })
})

describe('a software statement', () => {
  test('is signed by the publisher of the target file, or by whatever key it is told', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const other = await generateKeyPair('ES256', { extractable: true })
    const key = { ...(await exportJWK(privateKey)), alg: 'ES256', kid: 'k' }
    const registration = {
      software_publisher: { issuer: 'https://publisher.example', private_key: new Secret(JSON.stringify(key)) },
    }
    const right = await softwareStatement({ registration }, { client_name: 'Assay' })
    const { payload } = await jwtVerify(right, publicKey)
    expect(payload).toEqual({ iss: 'https://publisher.example', client_name: 'Assay' })
    expect(decodeProtectedHeader(right)).toEqual({ alg: 'ES256', kid: 'k' })

    const forged = await softwareStatement(
      { registration },
      { iss: undefined },
      { key: { ...(await exportJWK(other.privateKey)), alg: 'ES256' }, header: { typ: 'x' } },
    )
    expect((await jwtVerify(forged, other.publicKey)).payload).toEqual({})
    expect(decodeProtectedHeader(forged)).toEqual({ alg: 'ES256', typ: 'x' })
  })

  test('needs a publisher', async () => {
    await expect(softwareStatement({}, {})).rejects.toThrow(Untestable)
  })
})
