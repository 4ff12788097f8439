import { expect, test } from 'vitest'
import type { Client } from '../../reference-server/model.ts'
import { catalogue } from '../../reference-server/mutants/catalogue.ts'
import { issuedCredentials } from '../../reference-server/rules/registration.ts'
import { refreshTokenIsSingleUse } from '../../reference-server/rules/refresh-token.ts'
import { newSecret } from '../../reference-server/rules/token-endpoint.ts'
import type { Swap } from '../../reference-server/rulebook.ts'
import { createServer } from '../../reference-server/server.ts'
import type { Store } from '../../reference-server/store.ts'

const origin = 'https://as.example'

const service: Client = {
  clientId: 'service',
  secret: 'the secret of the service',
  authMethod: 'client_secret_post',
  redirectUris: [],
  grantTypes: ['client_credentials'],
  scopes: ['api:read'],
  keys: [],
  applicationType: 'web',
  name: 'service',
}

const swapOf = (id: string): Swap => {
  const { swap } = catalogue.get(id) ?? {}
  if (swap === undefined) throw new Error(`there is no mutant ${id}`)
  return swap
}

/** A server at which one service gets tokens, revokes them and asks about them. */
async function started(swap: Swap = {}) {
  const server = await createServer({ origin, config: { scopes: ['api:read'], clients: [service] }, swap })
  const post = async (path: string, params: Readonly<Record<string, string>>) => {
    const { clientId, secret = '' } = service
    const body = new URLSearchParams({ client_id: clientId, client_secret: secret, ...params }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return await server.fetch(new Request(origin + path, { method: 'POST', headers, body }))
  }
  const membersOf = async (answer: Response) => (await answer.json()) as Readonly<Record<string, unknown>>
  return {
    newToken: async () =>
      String((await membersOf(await post('/token', { grant_type: 'client_credentials' })))['access_token']),
    isActive: async (token: string) => (await membersOf(await post('/introspect', { token })))['active'],
    revoke: async (token: string) => (await post('/revoke', { token })).status,
  }
}

test('a token that was asked about a moment ago is inactive once it is revoked, and no other is', async () => {
  const { newToken, isActive, revoke } = await started()
  const [token, other] = [await newToken(), await newToken()]
  expect(await isActive(token)).toBe(true)
  expect(await revoke(token)).toBe(200)
  expect(await isActive(token)).toBe(false)
  expect(await isActive(other)).toBe(true)
})

test('a server that caches what it found out calls it active still', async () => {
  const { newToken, isActive, revoke } = await started(swapOf('token-is-looked-up/remembers-for-two-seconds'))
  const token = await newToken()
  expect(await isActive(token)).toBe(true)
  await revoke(token)
  expect(await isActive(token)).toBe(true)
})

test('one that knows dead tokens by their beginning takes the others for dead as well', async () => {
  const { newToken, isActive, revoke } = await started(
    swapOf('token-is-looked-up/knows-dead-tokens-by-their-beginning'),
  )
  const [token, other] = [await newToken(), await newToken()]
  expect(await isActive(other)).toBe(true)
  await revoke(token)
  expect(await isActive(token)).toBe(false)
  expect(await isActive(other)).toBe(false)
})

/** How many different texts there are among so many. */
const different = (count: number, make: () => string) => new Set(Array.from({ length: count }, make)).size

test('of clients and tokens none is called like another, but by workers that count alike', () => {
  const numbered = swapOf('issued-credentials/numbers-clients-in-each-worker').issuedCredentials
  const dated = swapOf('issued-credentials/calls-a-client-by-the-second').issuedCredentials
  const forked = swapOf('new-secret/draws-access-tokens-alike-in-each-worker').newSecret
  const idBy = (issue: typeof numbered) => () =>
    (issue ?? issuedCredentials.apply)({}, 'client_secret_basic', newSecret.apply).clientId

  expect(different(32, idBy(issuedCredentials.apply))).toBe(32)
  expect(different(32, idBy(numbered))).toBe(16)
  expect(different(32, idBy(dated))).toBeLessThan(3)
  expect(different(32, () => newSecret.apply('access token'))).toBe(32)
  expect(different(32, () => forked?.('access token') ?? '')).toBe(16)
  expect(different(32, () => forked?.('refresh token') ?? '')).toBe(32)
})

test('a refresh token that comes twice at once is refused the second time, and is no failure but where transactions meet', async () => {
  const meeting = swapOf('refresh-token-is-single-use/fails-where-two-transactions-meet').refreshTokenIsSingleUse
  for (const [rule, refusal] of [
    [refreshTokenIsSingleUse.apply, 'already used'],
    [meeting, 'concurrent update'],
  ] as const) {
    const spent = new Set<string>()
    const store = {
      spendRefreshToken: async (value: string) => !spent.has(value) && spent.add(value).size > 0,
    } as Partial<Store> as Store
    const token = { value: 'a refresh token', grantId: 'a grant', clientId: 'app', scopes: [], expiresAt: 0 }
    const [first, second] = await Promise.allSettled([rule?.(token, true, store), rule?.(token, true, store)])
    expect(first.status).toBe('fulfilled')
    expect(second).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringContaining(refusal) as string },
    })
  }
})
