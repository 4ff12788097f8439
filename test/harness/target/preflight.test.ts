import { expect, test } from 'vitest'
import { startEmbedded } from '../../../cli/embedded.ts'
import { Redactor } from '../../../core/redact.ts'
import { HttpClient } from '../../../harness/client/http.ts'
import { openTarget } from '../../../harness/target/open.ts'
import { assertClientsKnown } from '../../../harness/target/preflight.ts'
import { Secret } from '../../../harness/target/secret.ts'
import type { ClientAccount } from '../../../harness/target/target.ts'
import { failureOf, serveProvider } from './serve.ts'

const http = () => new HttpClient({ timeoutMs: 5000, redactor: new Redactor() })

/** The clients of the embedded server, one of them told wrongly in its target file. */
async function preflightWith(change: (client: ClientAccount) => ClientAccount) {
  const server = await startEmbedded()
  try {
    const { target } = await openTarget(server.settings)
    await assertClientsKnown({ ...target, clients: target.clients.map(change) }, http())
  } finally {
    await server.close()
  }
}

test('a target file that the server agrees with passes', async () => {
  await expect(preflightWith((client) => client)).resolves.toBeUndefined()
})

test('a certified server agrees with the clients that it registered', async () => {
  await using server = await serveProvider()
  const { target, close } = await openTarget({ issuer: server.origin, registration: {} })
  expect(target.clients.length).toBeGreaterThan(1)
  await expect(assertClientsKnown(target, http())).resolves.toBeUndefined()
  await close()
})

test.each([
  ['secret', { client_secret: new Secret('not this one') }, /refuses the client post-client: .*client_secret/],
  ['way of authenticating', { token_endpoint_auth_method: 'none' }, /refuses the client post-client/],
  [
    'redirection URI',
    { redirect_uris: ['https://rp.example/elsewhere'] },
    /request of post-client with status 400: .*\/elsewhere/,
  ],
] as const)('a wrong %s is told, not blamed on the server', async (_, wrong, told) => {
  const failure = await failureOf(
    preflightWith((client) => (client.client_id === 'post-client' ? { ...client, ...wrong } : client)),
    'no origin',
  )
  expect(failure).toMatch(/^CLIENT_REFUSED: /)
  expect(failure).toMatch(told)
  expect(failure.split('\n')).toHaveLength(1)
  expect(failure).not.toContain('not this one')
  expect(failure).toContain('--no-preflight')
})

test('a client that nobody knows is named, with all that the server refuses of it', async () => {
  const failure = await failureOf(
    preflightWith((client) => (client.client_id === 'jwt-client' ? { ...client, client_id: 'stranger' } : client)),
    'no origin',
  )
  expect(failure).toContain('refuses the client stranger')
  expect(failure).toContain('request of stranger')
})
