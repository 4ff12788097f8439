import { describe, expect, test } from 'vitest'
import { client, person, revealed } from '../../../tools/known-bugs/accounts.ts'

const kind = { grantTypes: ['authorization_code', 'client_credentials'], scope: 'read' }

describe('the accounts of a fixture', () => {
  test('are told with their secrets and public keys, and without a private key', async () => {
    const [basic, keyed] = [await client('client_secret_basic', kind), await client('private_key_jwt', kind)]
    const alice = person('alice')

    const told = revealed([basic, keyed], [alice])

    expect(told.users).toEqual([{ username: 'alice', password: alice.password.reveal() }])
    expect(told.clients.map(({ client_secret: secret }) => secret)).toEqual([
      basic.account.client_secret?.reveal(),
      undefined,
    ])
    expect(told.clients[1]?.jwks?.keys).toEqual([
      { kty: 'RSA', n: expect.any(String), e: 'AQAB', kid: 'assay', alg: 'RS256', use: 'sig' },
    ])
    expect(JSON.stringify(told)).not.toContain('private_key"')
  })

  test('have other secrets every time', async () => {
    const [one, other] = [await client('client_secret_post', kind), await client('client_secret_post', kind)]

    expect(one.account.client_secret?.reveal()).not.toBe(other.account.client_secret?.reveal())
  })

  test('let no public client speak for itself', async () => {
    const { account } = await client('none', kind)

    expect(account.grant_types).toEqual(['authorization_code'])
    expect(account.client_secret).toBeUndefined()
  })
})
