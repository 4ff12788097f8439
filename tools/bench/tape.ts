import { once } from 'node:events'
import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SizedRequest, Tape } from '../../core/tape.ts'

/** One request and its answer, as they went by. */
export interface Passage {
  /** The same for all that were under way at once. */
  readonly turn: number
  readonly method: string
  readonly pathLength: number
  readonly bodyLength: number
  /** Of what tells one request from another: credentials and cookies. */
  readonly headersLength: number
  readonly status: number
  readonly headers: readonly string[]
  readonly body: Buffer
}

interface Listener {
  readonly origin: string
  close(): Promise<void>
}

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<Listener> {
  const server = createServer(handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Stands before a server and keeps what goes by, once it is told whose port that is. */
export async function recorder() {
  const passages: Passage[] = []
  let port = 0
  let turn = 0
  let underWay = 0
  const listener = await serve((request, response) => {
    if (underWay++ === 0) turn += 1
    const own = turn
    void pass(request, response, port, (passage) => passages.push({ ...passage, turn: own })).finally(
      () => (underWay -= 1),
    )
  })
  return { ...listener, passages, to: (behind: number) => (port = behind) }
}

async function pass(
  from: IncomingMessage,
  to: ServerResponse,
  port: number,
  keep: (passage: Omit<Passage, 'turn'>) => void,
) {
  const { method = 'GET', url = '/', headers } = from
  const asked = await bodyOf(from)
  const onward = httpRequest({ host: '127.0.0.1', port, method, path: url, headers }).end(asked)
  try {
    const [answer] = (await once(onward, 'response')) as [IncomingMessage]
    const answered = await bodyOf(answer)
    const { statusCode: status = 500, rawHeaders } = answer
    const headersLength = (headers.authorization ?? headers.cookie ?? '').length
    const sizes = { pathLength: url.length, bodyLength: asked.length, headersLength }
    keep({ method, ...sizes, status, headers: rawHeaders, body: answered })
    to.writeHead(status, rawHeaders).end(answered)
  } catch {
    to.writeHead(502).end()
  }
}

/** Plays answers back: each at the path of its number, and what the requests were at `/tape`. */
export async function player(passages: readonly Passage[], perIteration: number): Promise<Listener> {
  const byTurn = [...passages].toSorted((a, b) => a.turn - b.turn)
  const turns = new Map<number, SizedRequest[]>()
  for (const passage of byTurn) turns.set(passage.turn, [...(turns.get(passage.turn) ?? []), sizesOf(passage)])
  const tape: Tape = { turns: [...turns.values()], perIteration }
  return await serve((request, response) => {
    request.resume()
    request.on('end', () => {
      const [at = ''] = request.url?.slice(1).split('?') ?? []
      const passage = byTurn[Number(at)]
      if (passage === undefined) return response.writeHead(200).end(JSON.stringify(tape))
      return response.writeHead(passage.status, [...passage.headers]).end(passage.body)
    })
  })
}

const sizesOf = ({ method, pathLength, bodyLength, headersLength }: Passage): SizedRequest => [
  method,
  pathLength,
  bodyLength,
  headersLength,
]
