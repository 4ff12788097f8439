import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { servedAccounts } from '../../cli/accounts.ts'
import { createServer as createReferenceServer, type ReferenceServer } from '../../reference-server/server.ts'
import { type Honest, type HostileCase, type Place, places } from './case.ts'

export interface HostileServer extends AsyncDisposable {
  readonly origin: string
  /** `METHOD url` of every request that came to the other server, to which none should. */
  readonly strays: readonly string[]
  /** How many answers hurt. */
  hurt(): number
}

/** The reference server, but that its answers at some places are those of a case; beside it another server that only listens. */
export async function startHostile(
  { serve }: Pick<HostileCase, 'serve'>,
  at: readonly Place[],
): Promise<HostileServer> {
  const strays: string[] = []
  const elsewhere = await listening((request, response) => {
    strays.push(`${request.method} ${request.url}`)
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<form method="post"><input type="password" name="p"></form>')
  })
  let hurt = 0
  const pending: { decent?: ReferenceServer } = {}
  const front = await listening((request, response) => {
    const { decent } = pending
    const path = (request.url ?? '').replace(/\?.*$/s, '')
    if (decent === undefined) return void response.writeHead(503).end()
    const honest = once(async () => await honestAnswer(decent, front.origin, request))
    const turn = { request, response, origin: front.origin, elsewhere: elsewhere.origin, honest }
    const hurts = at.some((place) => places[place].test(path))
    if (hurts) hurt += 1
    void Promise.resolve(hurts ? serve(turn) : honestly(response, honest)).catch(() => response.destroy())
  })
  pending.decent = await createReferenceServer({ origin: front.origin, config: servedAccounts({}, true).config })
  return {
    origin: front.origin,
    strays,
    hurt: () => hurt,
    [Symbol.asyncDispose]: async () => void (await Promise.all([front.close(), elsewhere.close()])),
  }
}

async function honestly(response: ServerResponse, honest: () => Promise<Honest>) {
  const { status, headers, body } = await honest()
  response.writeHead(status, headers.flat()).end(body)
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return async () => await (made ??= make())
}

async function honestAnswer(decent: ReferenceServer, origin: string, request: IncomingMessage): Promise<Honest> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const { method = 'GET', url = '/', rawHeaders } = request
  if (!URL.canParse(url, origin)) return { status: 400, headers: [], body: '' }
  const headers = rawHeaders.flatMap((name, index): readonly [string, string][] =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : [],
  )
  const hasBody = method !== 'GET' && method !== 'HEAD'
  const answer = await decent.fetch(
    new Request(new URL(url, origin), {
      method,
      headers: [...headers],
      ...(hasBody && { body: Buffer.concat(chunks) }),
    }),
  )
  return { status: answer.status, headers: [...answer.headers], body: await answer.text() }
}

async function listening(handle: RequestListener) {
  const server = createServer({ keepAliveTimeout: 1000 }, handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () =>
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
