import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, RequestError } from '@hono/node-server'
import type { Metrics } from './metrics.ts'
import { createServer, type ServerOptions } from './server.ts'
import { carried, type Transport } from './transport.ts'

export interface Listening {
  readonly issuer: string
  readonly port: number
  close(): Promise<void>
}

export interface ListenOptions extends Omit<ServerOptions, 'origin' | 'observe'> {
  readonly port?: number
  readonly host?: string
  /** Where it is reached, where that is not where it listens. */
  readonly origin?: string
  /** Offers `GET /metrics` to Prometheus, beside what the issuer serves. */
  readonly metrics?: boolean
  /** How answers go out; plain and fast unless said. */
  readonly transport?: Transport
  /** Is told what an endpoint threw that is no error of the protocol; standard error unless said. */
  readonly onError?: (error: unknown) => void
}

/** Serves on a port of the loopback address, a free one unless named. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { host = '127.0.0.1', onError = console.error } = options
  if (options.isControllable && !/^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/.test(host))
    throw new TypeError(
      `whoever reaches ${host} could move the clock and rotate the keys: that is open on a loopback address only`,
    )
  const pending: { handle?: (request: Request) => Promise<Response> } = {}
  const answer = async (request: Request) => (await pending.handle?.(request)) ?? new Response(null, { status: 503 })
  const { transport } = options
  const listener = getRequestListener(transport === undefined ? answer : carried(transport, answer), {
    errorHandler: (error) => {
      // No URL can be made of the request: its Host or its target is malformed.
      if (error instanceof RequestError) return new Response(null, { status: 400 })
      onError(error)
      return new Response('{"error":"server_error"}', {
        status: 500,
        headers: { 'content-type': 'application/json' },
      })
    },
  })
  // Loaded on demand: it takes longer than all the rest, and most servers of a test run are never scraped.
  const metrics = options.metrics === true ? (await import('./metrics.ts')).serverMetrics() : undefined
  const handle: RequestListener = (request, response) => whole(request, () => void listener(request, response))
  const server = createHttpServer(metrics === undefined ? handle : scraped(metrics, handle))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, host, resolve)
  })
  const { port } = server.address() as AddressInfo
  const served = await createServer({
    ...options,
    origin: options.origin ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    ...(metrics !== undefined && { observe: metrics.observe }),
  })
  metrics?.watch(served)
  pending.handle = served.fetch
  return {
    issuer: served.issuer,
    port,
    close: async () =>
      await new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Answers Prometheus before anything else is looked at, so that its scrapes stand in no figure. */
const scraped =
  (metrics: Metrics, handle: RequestListener): RequestListener =>
  (request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') return handle(request, response)
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      (error: unknown) => {
        console.error(error)
        response.writeHead(500).end()
      },
    )
  }

/** A body whose length is said, in octets, and is no more, is read beforehand: to hand it over whole costs the least. */
const readWhole = 64 * 1024

/** The adapter takes a `rawBody` for the body; one that does not end is never answered, as it would not be otherwise. */
function whole(request: IncomingMessage & { rawBody?: Buffer }, then: () => void) {
  const length = Number(request.headers['content-length'] ?? 0)
  if (length === 0 || !(length <= readWhole)) {
    then()
    return
  }
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => void chunks.push(chunk))
  request.on('end', () => {
    const [first, ...others] = chunks
    if (first !== undefined) request.rawBody = others.length === 0 ? first : Buffer.concat(chunks)
    then()
  })
}
