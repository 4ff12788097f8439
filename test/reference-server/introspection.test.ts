import { describe, expect, test } from 'vitest'
import type { Config } from '../../reference-server/config.ts'
import type { Client } from '../../reference-server/model.ts'
import { createServer } from '../../reference-server/server.ts'

const origin = 'https://as.example'
const scopes = ['api:read', 'api:introspect']

const service = (clientId: string, more: Partial<Client> = {}): Client => ({
  clientId,
  secret: `the secret of ${clientId}`,
  authMethod: 'client_secret_basic',
  redirectUris: [],
  grantTypes: ['client_credentials'],
  scopes,
  keys: [],
  applicationType: 'web',
  name: clientId,
  ...more,
})

const basic = ({ clientId, secret = '' }: Client) =>
  `Basic ${Buffer.from([clientId, secret].map(encodeURIComponent).join(':')).toString('base64')}`

async function started(config: Partial<Config>) {
  const server = await createServer({ origin, config: { scopes, ...config } })
  const post = async (path: string, authorization: string, form: Readonly<Record<string, string>>) => {
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
    const body = new URLSearchParams(form).toString()
    const answer = await server.fetch(new Request(origin + path, { method: 'POST', headers, body }))
    const text = await answer.text()
    return {
      status: answer.status,
      challenge: answer.headers.get('www-authenticate'),
      body: (text === '' ? undefined : JSON.parse(text)) as Readonly<Record<string, unknown>> | undefined,
    }
  }
  return {
    tokenOf: async (client: Client, scope = 'api:read') => {
      const { body } = await post('/token', basic(client), { grant_type: 'client_credentials', scope })
      return String(body?.['access_token'])
    },
    introspect: async (authorization: string, token: string) => await post('/introspect', authorization, { token }),
  }
}

describe('a token is told of', () => {
  const owner = service('owner')
  const resource = service('resource', { resource: origin })
  const elsewhere = service('elsewhere', { resource: 'https://elsewhere.example' })

  test('to its client and to the resource server that it is meant for, and to nobody else', async () => {
    const { tokenOf, introspect } = await started({ clients: [owner, resource, elsewhere] })
    const token = await tokenOf(owner)

    for (const caller of [owner, resource])
      expect((await introspect(basic(caller), token)).body).toMatchObject({ active: true, client_id: 'owner' })
    expect((await introspect(basic(elsewhere), token)).body).toEqual({ active: false })
  })

  test('without its name where that is the token itself', async () => {
    const { tokenOf, introspect } = await started({ clients: [owner], accessTokenFormat: 'opaque' })
    const token = await tokenOf(owner)
    const { body } = await introspect(basic(owner), token)

    expect(body).toMatchObject({ active: true, aud: origin })
    expect(JSON.stringify(body)).not.toContain(token)
  })
})

describe('a bearer token', () => {
  const owner = service('owner')
  const config = { clients: [owner], introspectionByBearer: true }

  test('with the scope for it authorizes its client', async () => {
    const { tokenOf, introspect } = await started(config)
    const token = await tokenOf(owner)

    expect(await introspect(`Bearer ${await tokenOf(owner, 'api:introspect')}`, token)).toMatchObject({
      status: 200,
      body: { active: true },
    })
  })

  test('that is wrong, or has another scope, is refused by 401', async () => {
    const { tokenOf, introspect } = await started(config)
    const token = await tokenOf(owner)

    for (const bearer of [token, 'nothing.that.was.issued'])
      expect(await introspect(`Bearer ${bearer}`, token)).toMatchObject({
        status: 401,
        challenge: expect.stringContaining('invalid_token') as string,
        body: undefined,
      })
  })

  test('is no credential where the operator does not let it be one', async () => {
    const { tokenOf, introspect } = await started({ clients: [owner] })
    const bearer = await tokenOf(owner, 'api:introspect')

    expect(await introspect(`Bearer ${bearer}`, bearer)).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    })
  })
})
