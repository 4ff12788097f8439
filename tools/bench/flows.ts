import { Redactor } from '../../core/redact.ts'
import { HttpClient, objectOf } from '../../harness/client/http.ts'
import { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { browserlessAgent } from '../../harness/client/user-agent.ts'
import { openTarget } from '../../harness/target/open.ts'
import { Secret } from '../../harness/target/secret.ts'
import type { Target } from '../../harness/target/target.ts'
import { client as account, person, scope } from './accounts.ts'
import type { Effort } from './issuance.ts'
import { orderOf, quantile, type Ratio, ratioOf } from './measure.ts'
import { type Kind, type MeasuredServer, startServer } from './servers.ts'

/** What a flow costs the reference server: 1 is as much as it costs oidc-provider, 2 is half of it. */
export interface FlowCost {
  readonly ofOidcProvider: Ratio
  /** Microseconds of processor time for one flow, the median of the blocks. */
  readonly microseconds: Readonly<Record<'assay' | 'oidc-provider', number>>
}

/** Does once what is measured. */
type Flow = () => Promise<void>

/** So many people and services are at it at once. */
const workers = 8

const tokens = { scope: `openid offline_access ${scope}`, prompt: 'consent' }

/** What is measured, by name: each makes ready what it needs and says what is done again and again. */
const flows: Readonly<Record<string, (client: ProtocolClient) => Promise<Flow>>> = {
  'authorization-code': async (client) => async () => {
    client.agent.forget()
    await client.grant(tokens)
  },
  refresh: async (client) => {
    let { refreshToken } = await client.offlineGrant(tokens)
    return async () => {
      refreshToken = client.tokensOf(await client.refresh(refreshToken)).refreshToken ?? refreshToken
    }
  },
  introspection: async (client) => {
    const { accessToken } = client.tokensOf(await client.clientCredentials({ scope }))
    return async () => {
      if (objectOf(await client.introspect(accessToken))?.['active'] !== true)
        throw new Error('the server calls a token that it has just issued inactive')
    }
  },
}

const kinds = ['assay', 'oidc-provider'] as const satisfies readonly Kind[]

/** The whole flows, with opaque tokens: those are what oidc-provider can introspect. */
export async function measureFlows(effort: Effort, say: (line: string) => void) {
  const servers = await Promise.all(kinds.map(async (kind) => await startServer(kind, 'opaque')))
  try {
    const targets = new Map<string, Target>()
    for (const { kind, origin } of servers) targets.set(kind, (await openTarget(settingsAt(origin))).target)
    const results: [string, FlowCost][] = []
    for (const [name, prepare] of Object.entries(flows)) {
      say(`flows: ${name}`)
      const ready = await Promise.all(
        servers.map(async (server) => ({ server, flows: await prepared(targets.get(server.kind), prepare) })),
      )
      results.push([name, await measureFlow(ready, effort)])
    }
    return Object.fromEntries(results)
  } finally {
    await Promise.all(servers.map(async (server) => await server.stop()))
  }
}

interface Ready {
  readonly server: MeasuredServer
  readonly flows: readonly Flow[]
}

async function measureFlow(ready: readonly Ready[], { rounds, blockMs, warmUpMs }: Effort): Promise<FlowCost> {
  for (const one of ready) await costOf(one, warmUpMs)
  const costs: Record<string, number[]> = { assay: [], 'oidc-provider': [] }
  for (let round = 0; round < rounds; round++)
    for (const one of orderOf(ready, round)) costs[one.server.kind]?.push(await costOf(one, blockMs))
  const [ours = [], theirs = []] = kinds.map((kind) => costs[kind])
  const median = (values: readonly number[]) =>
    quantile(
      values.toSorted((a, b) => a - b),
      0.5,
    )
  return {
    ofOidcProvider: ratioOf(ours, theirs),
    microseconds: { assay: median(ours), 'oidc-provider': median(theirs) },
  }
}

async function costOf({ server, flows: own }: Ready, milliseconds: number): Promise<number> {
  let done = 0
  const before = await server.processorTime()
  const end = performance.now() + milliseconds
  await Promise.all(
    own.map(async (flow) => {
      while (performance.now() < end) {
        await flow()
        done++
      }
    }),
  )
  return ((await server.processorTime()) - before) / done
}

async function prepared(target: Target | undefined, prepare: (client: ProtocolClient) => Promise<Flow>) {
  if (target === undefined) throw new TypeError('the server was not opened')
  return await Promise.all(
    Array.from({ length: workers }, async () => {
      const http = new HttpClient({ timeoutMs: 10_000, redactor: new Redactor() })
      const [own] = target.clients
      if (own === undefined) throw new TypeError('the server has no client')
      const agent = browserlessAgent({ http, login: target.login })
      const flow = await prepare(
        new ProtocolClient({ target, account: own, user: target.users[0], http, agent, now: Date.now }),
      )
      return async () => {
        await flow()
        // Nobody reads the record of what is measured.
        http.startOver()
      }
    }),
  )
}

const settingsAt = (issuer: string) => ({
  issuer,
  clients: [
    {
      client_id: account.id,
      client_secret: new Secret(account.secret),
      token_endpoint_auth_method: 'client_secret_post' as const,
      redirect_uris: [account.redirectUri],
      grant_types: ['authorization_code', 'client_credentials', 'refresh_token'],
      scope: `openid offline_access ${scope}`,
    },
  ],
  users: [{ username: person.username, password: new Secret(person.password), sub: person.sub }],
})
