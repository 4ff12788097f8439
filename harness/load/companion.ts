import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import type { Share, Tidings } from '../../core/story.ts'
import { toldIn, tokenKinds } from '../../core/told.ts'
import { shareShape } from './summary.ts'

/** What the virtual users of a run are served by: it hears what they have seen, and makes what they cannot. */
export interface Companion {
  /** Where k6 reaches it; it ends with what only those know who were told. */
  readonly url: string
  close(): Promise<void>
}

export interface CompanionDuties {
  /** Whoever tells waits until it has ended. */
  hear(tidings: Tidings): Promise<void>
  /** When everybody begins, in milliseconds since the epoch, once all are there. */
  assemble(who: Share): Promise<number>
  /** A process has come to its end. */
  end?(who: Share): void
  /** Makes so many of something, by the path below the companion's; nothing where it makes no such thing. */
  make(path: string, count: number): Promise<readonly string[]> | undefined
  /** What Prometheus is told. */
  metrics?(): Promise<string>
}

/** What a virtual user tells at once is no longer, in octets. */
const longest = 16 * 1024 * 1024

/** So many of something are made at once, at most. */
const makeAtMost = 1000

const count = z.int().nonnegative()

/** Values that never come twice, and tokens that are sampled, by the names that go over the wire. */
export const uniqueKind = z.enum(['code', 'jti', 'client_id', 'assertion_id', 'name_id', 'sub'])
export const claimTold = z.enum([
  'client_id',
  'aud',
  'nonce',
  'AssertionConsumerServiceURL',
  'RelayState',
  'InResponseTo',
  'Audience',
  'NameID',
])
export const tokenKind = z.enum(tokenKinds)

const tidingsShape = z.object({
  scenario: z.string(),
  story: z.string(),
  region: z.string().exactOptional(),
  seconds: z.array(z.tuple([z.int(), count, count, z.array(z.tuple([z.int(), count]))])),
  unique: z.array(z.tuple([uniqueKind, z.string(), z.string()])),
  samples: z.array(
    z.object({
      kind: tokenKind.exclude(['saml_response']),
      token: z.string(),
      at: z.number(),
      client: z.string().exactOptional(),
    }),
  ),
})

/** Listens on loopback, or at the host that is named: tokens come there. */
export async function startCompanion(
  duties: CompanionDuties,
  { host = '127.0.0.1', port = 0, secret = randomBytes(18).toString('base64url') } = {},
): Promise<Companion> {
  const server = createServer((request, response) => {
    serve(request, response, `/${secret}/`, duties).catch((error: unknown) =>
      response.writeHead(400).end(error instanceof Error ? error.message : ''),
    )
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://${host}:${bound}/${secret}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function serve(request: IncomingMessage, response: ServerResponse, base: string, duties: CompanionDuties) {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://companion')
  if (pathname === '/metrics' && duties.metrics !== undefined) {
    const metrics = await duties.metrics()
    return response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(metrics)
  }
  if (request.method !== 'POST' || !pathname.startsWith(base)) return response.writeHead(404).end()
  const path = pathname.slice(base.length)
  const body = await bodyOf(request)
  if (path === 'tidings') {
    const tidings = tidingsIn(body)
    if (tidings !== undefined) await duties.hear(tidings)
    return response.writeHead(tidings === undefined ? 400 : 204).end()
  }
  if (path === 'assembly') {
    const begins = await duties.assemble(shareShape.parse(JSON.parse(body)))
    return response.writeHead(200).end(String(begins))
  }
  if (path === 'end') {
    duties.end?.(shareShape.parse(JSON.parse(body)))
    return response.writeHead(204).end()
  }
  const many = Math.min(makeAtMost, Number(searchParams.get('count') ?? 1))
  const made = Number.isInteger(many) && many > 0 ? await duties.make(path, many) : undefined
  if (made === undefined) return response.writeHead(404).end()
  return response.writeHead(200, { 'content-type': 'text/plain' }).end(made.join('\n'))
}

/** JSON in the first line, and behind it what is to be read. */
function tidingsIn(body: string): Tidings | undefined {
  const end = body.indexOf('\n')
  const { data } = tidingsShape.safeParse(JSON.parse(end < 0 ? body : body.slice(0, end)))
  const toRead = end < 0 ? [] : toldIn(body.slice(end + 1))
  return data === undefined || toRead === undefined ? undefined : { ...data, toRead }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > longest) throw new Error('it is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
