import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'
import { Redactor } from '../../../core/redact.ts'
import { HttpClient } from '../../../harness/client/http.ts'
import { HarnessError } from '../../../harness/error.ts'

export interface Served extends AsyncDisposable {
  readonly origin: string
}

/** Serves on a free loopback port until it is disposed of. */
export async function serve(handle: (origin: string) => RequestListener): Promise<Served> {
  const pending: { listener?: RequestListener } = {}
  const server = createServer((request, response) => pending.listener?.(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  pending.listener = handle(origin)
  return {
    origin,
    [Symbol.asyncDispose]: async () =>
      await new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Serves these JSON documents by path, and 404 elsewhere. */
export const serveJson = async (documents: (origin: string) => Readonly<Record<string, unknown>>) =>
  await serve((origin) => (request, response) => {
    const document = documents(origin)[request.url ?? '']
    response
      .writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(document ?? { error: 'not_found' }))
  })

/** A certified server that others wrote, which registers clients. */
export async function serveProvider(
  registration: Readonly<Record<string, unknown>> = {},
  more: Readonly<Record<string, unknown>> = {},
) {
  const made: { provider?: Provider } = {}
  const served = await serve((origin) => {
    made.provider = new Provider(origin, {
      features: {
        devInteractions: { enabled: false },
        registration: { enabled: true, ...registration },
        registrationManagement: { enabled: true },
        clientCredentials: { enabled: true },
        introspection: { enabled: true },
        revocation: { enabled: true },
      },
      scopes: ['openid', 'offline_access', 'profile', 'email'],
      ...more,
    })
    return made.provider.callback()
  })
  return { ...served, knows: async (clientId: string) => (await made.provider?.Client.find(clientId)) !== undefined }
}

export const newHttp = (timeoutMs = 5000) => new HttpClient({ timeoutMs, redactor: new Redactor() })

/** What is told of a failure on our side, with the server's address left out. */
export async function failureOf(work: Promise<unknown>, origin: string): Promise<string> {
  try {
    await work
  } catch (error) {
    if (error instanceof HarnessError)
      return `${error.code}: ${error.message}; ${error.hint}`.replaceAll(origin, 'ORIGIN')
    throw error
  }
  throw new Error('nothing failed')
}
