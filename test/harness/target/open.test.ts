import { expect, test } from 'vitest'
import { startEmbedded } from '../../../cli/embedded.ts'
import { openTarget } from '../../../harness/target/open.ts'
import { failureOf, serveJson, serveProvider } from './serve.ts'

test('the embedded server is opened with all that it can do', async () => {
  const server = await startEmbedded()
  try {
    const { target, close } = await openTarget(server.settings)
    expect(target).toMatchObject({
      issuer: server.issuer,
      limits: { concurrency: 8, timeout_ms: 10_000 },
      login: { browser: false },
      clockUrl: `${server.issuer}/clock`,
      control: { rotate_keys: { url: `${server.issuer}/rotate-keys` } },
    })
    expect([...target.capabilities]).toEqual(
      expect.arrayContaining([
        'authorization_code',
        'client_credentials',
        'refresh_token',
        'openid',
        'clock',
        'oauth_metadata',
      ]),
    )
    expect(await close()).toEqual([])
  } finally {
    await server.close()
  }
})

test('clients are registered where the file asks for it, beside those that it names, and removed at the end', async () => {
  await using server = await serveProvider()
  const { target, close } = await openTarget({
    issuer: server.origin,
    registration: {},
    clients: [
      { client_id: 'own', token_endpoint_auth_method: 'none', redirect_uris: [], grant_types: ['authorization_code'] },
    ],
    limits: { concurrency: 2 },
  })
  expect(target.clients.map(({ client_id }) => client_id)).toEqual([
    'own',
    ...Array.from({ length: 5 }, () => expect.any(String)),
  ])
  expect(target.limits).toEqual({ concurrency: 2, timeout_ms: 10_000 })
  expect(target.capabilities.has('registration')).toBe(true)

  expect(await close()).toEqual([])
  for (const { client_id } of target.clients) expect(await server.knows(client_id)).toBe(false)
})

test('a server without registration_endpoint is told apart', async () => {
  await using server = await serveJson((origin) => ({
    '/.well-known/openid-configuration': { issuer: origin, token_endpoint: `${origin}/token` },
  }))
  expect(await failureOf(openTarget({ issuer: server.origin, registration: {} }), server.origin)).toBe(
    'REGISTRATION_FAILED: the server publishes no registration_endpoint; remove registration from the target file and name clients instead',
  )
})
