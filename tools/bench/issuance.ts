import { Pool } from 'undici'
import { client, type Format, formats, scope } from './accounts.ts'
import { orderOf, quantile, type Ratio, ratioOf } from './measure.ts'
import { type Kind, type MeasuredServer, startServer } from './servers.ts'

/** What issuing tokens costs the reference server, as shares of what it costs others: 1 is as much, 2 is half of it. */
export interface Issuance {
  /** Of a bare `node:http` handler that signs the same token. */
  readonly ofBareNode: Ratio
  /** Of oidc-provider, configured for the same. */
  readonly ofOidcProvider: Ratio
  /** Microseconds of processor time for one token, the median of the blocks. */
  readonly microseconds: Readonly<Record<Kind, number>>
}

/** So many requests are under way at once. */
const connections = 32

export interface Effort {
  /** Each server is measured so often, in turns. */
  readonly rounds: number
  /** For so long each time, in milliseconds. */
  readonly blockMs: number
  readonly warmUpMs: number
}

const kinds: readonly Kind[] = ['bare', 'assay', 'oidc-provider']

export async function measureIssuance(effort: Effort, say: (line: string) => void) {
  const results: [string, Issuance][] = []
  for (const format of formats) {
    say(`tokens: ${format}`)
    results.push([format.toLowerCase(), await measureFormat(format, effort)])
  }
  return Object.fromEntries(results)
}

async function measureFormat(format: Format, { rounds, blockMs, warmUpMs }: Effort): Promise<Issuance> {
  const servers = await Promise.all(kinds.map(async (kind) => await startServer(kind, format)))
  try {
    for (const server of servers) await costOf(server, warmUpMs)
    const costs: Record<Kind, number[]> = { bare: [], assay: [], 'oidc-provider': [] }
    for (let round = 0; round < rounds; round++)
      for (const server of orderOf(servers, round)) costs[server.kind].push(await costOf(server, blockMs))
    const median = (kind: Kind) =>
      quantile(
        costs[kind].toSorted((a, b) => a - b),
        0.5,
      )
    return {
      ofBareNode: ratioOf(costs.assay, costs.bare),
      ofOidcProvider: ratioOf(costs.assay, costs['oidc-provider']),
      microseconds: { bare: median('bare'), assay: median('assay'), 'oidc-provider': median('oidc-provider') },
    }
  } finally {
    await Promise.all(servers.map(async (server) => await server.stop()))
  }
}

const request = {
  path: '/token',
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: client.id,
    client_secret: client.secret,
    scope,
  }).toString(),
} as const

/** Microseconds of the server's processor time for each token, over a while in which it is kept busy. */
async function costOf(server: MeasuredServer, milliseconds: number): Promise<number> {
  const pool = new Pool(server.origin, { connections })
  let issued = 0
  const one = async () => {
    const { statusCode, body } = await pool.request(request)
    // What the token endpoint refuses costs less than what it issues.
    if (statusCode !== 200) throw new Error(`${server.kind} answered ${statusCode}: ${await body.text()}`)
    await body.dump()
    issued++
  }
  const before = await server.processorTime()
  const end = performance.now() + milliseconds
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < end) await one()
    }),
  )
  const used = (await server.processorTime()) - before
  await pool.close()
  return used / issued
}
