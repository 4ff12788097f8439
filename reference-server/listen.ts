import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createServer, type ServerOptions } from './server.ts'

export interface Listening {
  readonly issuer: string
  readonly port: number
  close(): Promise<void>
}

/** Serves on a port of the loopback address, a free one unless named. */
export async function listen(
  options: Omit<ServerOptions, 'origin'> & { readonly port?: number; readonly host?: string },
): Promise<Listening> {
  const host = options.host ?? '127.0.0.1'
  const pending: { handle?: (request: Request) => Promise<Response> } = {}
  const listener = getRequestListener(
    async (request) => (await pending.handle?.(request)) ?? new Response(null, { status: 503 }),
    {
      overrideGlobalObjects: false,
      errorHandler: (error) => {
        console.error(error)
        return new Response('{"error":"server_error"}', {
          status: 500,
          headers: { 'content-type': 'application/json' },
        })
      },
    },
  )
  const server = createHttpServer((request, response) => void listener(request, response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, host, resolve)
  })
  const { port } = server.address() as AddressInfo
  const { issuer, fetch } = await createServer({ ...options, origin: `http://${host}:${port}` })
  pending.handle = fetch
  return {
    issuer,
    port,
    close: async () =>
      await new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
