import { client, type FixtureClient, newSecret, person, revealed } from './accounts.ts'
import { freePort, startChild } from './child.ts'
import { startFixture } from './fixture.ts'
import type { Deployment } from './known-bug.ts'

const startMs = 60_000

const kind = {
  grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
  scope: 'openid offline_access',
}

/** Both servers want to be called by their token endpoint in client assertions. */
const calledBy = (audience: string, clients: readonly FixtureClient[]) =>
  clients.map(({ account }) => ({ ...account, assertion_audience: audience }))

/** The deployment of `fixtures/go/fosite`. */
export async function startFosite(server: string): Promise<Deployment> {
  const users = [person('alice'), person('bob')]
  const clients = [
    await client('client_secret_basic', kind),
    await client('client_secret_post', kind),
    await client('private_key_jwt', kind),
    await client('none', kind),
  ]
  const { issuer, close } = await startFixture(server, [], { clients, users, timeoutMs: startMs })
  return { settings: { issuer, users, clients: calledBy(`${issuer}/token`, clients) }, close }
}

/** Hydra with its store in memory. Nobody signs in: its sign-in page is an application of its own, which this one does without. */
export async function startHydra(server: string): Promise<Deployment> {
  const [port, adminPort, pages] = [await freePort(), await freePort(), await freePort()]
  const origin = `http://127.0.0.1:${port}`
  const clients = [await client('private_key_jwt', { ...kind, grantTypes: ['client_credentials'] })]
  const child = await startChild(server, ['serve', 'all', '--dangerous-force-http'], {
    environment: {
      DSN: 'memory',
      SECRETS_SYSTEM: newSecret().reveal(),
      URLS_SELF_ISSUER: `${origin}/`,
      URLS_SELF_PUBLIC: `${origin}/`,
      URLS_LOGIN: `http://127.0.0.1:${pages}/login`,
      URLS_CONSENT: `http://127.0.0.1:${pages}/consent`,
      SERVE_PUBLIC_HOST: '127.0.0.1',
      SERVE_PUBLIC_PORT: String(port),
      SERVE_ADMIN_HOST: '127.0.0.1',
      SERVE_ADMIN_PORT: String(adminPort),
      LOG_FORMAT: 'text',
      SQA_OPT_OUT: 'true',
    },
    ready: /Setting up http server/,
    timeoutMs: startMs,
  })
  try {
    await register(`http://127.0.0.1:${adminPort}/clients`, clients)
  } catch (error) {
    await child.close()
    throw error
  }
  return {
    settings: { issuer: `${origin}/`, clients: calledBy(`${origin}/oauth2/token`, clients) },
    close: async () => await child.close(),
  }
}

/** Its admin endpoint is there a moment after it is announced. */
async function register(endpoint: string, clients: readonly FixtureClient[]): Promise<void> {
  for (const one of revealed(clients, []).clients) {
    const response = await fetchSoon(endpoint, JSON.stringify({ ...one, response_types: [] }))
    if (response.status !== 201) throw new Error(`hydra registered no client: status ${response.status}`)
  }
}

async function fetchSoon(url: string, body: string): Promise<Response> {
  const deadline = Date.now() + startMs
  for (;;) {
    try {
      return await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

/** The deployment of `fixtures/go/dex`. */
export async function startDex(server: string): Promise<Deployment> {
  const users = [person('alice@people.example'), person('bob@people.example')]
  const clients = [
    await client('client_secret_basic', { ...kind, grantTypes: ['authorization_code', 'refresh_token'] }),
    await client('client_secret_post', { ...kind, grantTypes: ['authorization_code', 'refresh_token'] }),
  ]
  const { issuer, close } = await startFixture(server, [], { clients, users, timeoutMs: startMs })
  return {
    settings: {
      issuer,
      users,
      clients: clients.map(({ account }) => account),
      // A person has one refresh token for a client, so units side by side would take it from one another.
      limits: { concurrency: 1 },
    },
    close,
  }
}
