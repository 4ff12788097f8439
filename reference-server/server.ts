import { movableClock } from './clock.ts'
import { type Config, defaultConfig } from './config.ts'
import type { Context, Endpoint } from './context.ts'
import { authorizationEndpoint } from './endpoints/authorize.ts'
import { jwksEndpoint, metadataEndpoint } from './endpoints/metadata.ts'
import { introspectionEndpoint, revocationEndpoint, userinfoEndpoint } from './endpoints/protected-resource.ts'
import { clientConfigurationEndpoint, registrationEndpoint } from './endpoints/registration.ts'
import { consentEndpoint, loginEndpoint } from './endpoints/sign-in.ts'
import { tokenEndpoint } from './endpoints/token.ts'
import { json } from './http.ts'
import { processKeys } from './keys.ts'
import { assemble, type Swap } from './rulebook.ts'
import { memoryStore } from './stores/memory.ts'

export interface ServerOptions {
  /** Where the server is reached, without a path. */
  readonly origin: string
  readonly config?: Partial<Config>
  /** Rules in the place of which others stand: one for a mutant, a few for a dialect. */
  readonly swap?: Swap
  /** Offers `POST /clock {"offset_ms": n}`: for tests, on loopback only. */
  readonly clockIsOpen?: boolean
}

export interface ReferenceServer {
  readonly issuer: string
  fetch(request: Request): Promise<Response>
}

type Routes = ReadonlyMap<string, Endpoint>

/** The server as a function from request to answer, for any runtime that has web-standard requests. */
export async function createServer(options: ServerOptions): Promise<ReferenceServer> {
  const config: Config = { ...defaultConfig, ...options.config }
  const issuer = `${options.origin}${config.issuerPath}`
  const clock = movableClock()
  const store = memoryStore(clock)
  const context: Context = { issuer, config, clock, store, keys: processKeys(), enforce: assemble(options.swap ?? {}) }
  for (const client of config.clients) await store.saveClient(client)
  const routes = routesOf(context, options.clockIsOpen ?? false)
  return { issuer, fetch: async (request) => await answer(routes, config.issuerPath, request) }
}

function routesOf(context: Context, clockIsOpen: boolean): Routes {
  const { config } = context
  const metadata = metadataEndpoint(context)
  const authorize = authorizationEndpoint(context)
  const userinfo = userinfoEndpoint(context)
  const login = loginEndpoint(context)
  const consent = consentEndpoint(context)
  return new Map<string, Endpoint>([
    ['GET /.well-known/openid-configuration', metadata],
    ['GET /.well-known/oauth-authorization-server', metadata],
    ['GET /jwks', jwksEndpoint(context)],
    ...context.enforce.authorizationMethods().map((method) => [`${method} /authorize`, authorize] as const),
    ['GET /login', login],
    ['POST /login', login],
    ['GET /consent', consent],
    ['POST /consent', consent],
    ['POST /token', tokenEndpoint(context)],
    ...context.enforce.userinfoMethods().map((method) => [`${method} /userinfo`, userinfo] as const),
    ['POST /revoke', revocationEndpoint(context)],
    ...(config.introspection ? ([['POST /introspect', introspectionEndpoint(context)]] as const) : []),
    ...(config.registration
      ? ([
          ['POST /register', registrationEndpoint(context)],
          ['GET /register/*', clientConfigurationEndpoint(context)],
          ['DELETE /register/*', clientConfigurationEndpoint(context)],
        ] as const)
      : []),
    ...(clockIsOpen ? ([['POST /clock', clockEndpoint(context)]] as const) : []),
  ])
}

async function answer(routes: Routes, issuerPath: string, request: Request): Promise<Response> {
  const url = new URL(request.url)
  const path = endpointPath(url.pathname, issuerPath)
  const endpoint =
    path === undefined
      ? undefined
      : (routes.get(`${request.method} ${path}`) ?? routes.get(`${request.method} ${path.replace(/\/[^/]+$/, '/*')}`))
  if (endpoint !== undefined) return await endpoint(request, url)
  const allowed = [...routes.keys()].filter((route) => route.endsWith(` ${path}`)).map((route) => route.split(' ')[0])
  if (allowed.length === 0)
    return new Response('Not found\n', { status: 404, headers: { 'content-type': 'text/plain' } })
  return new Response('Method not allowed\n', {
    status: 405,
    headers: { 'content-type': 'text/plain', allow: allowed.join(', ') },
  })
}

/** The path below the issuer's own. RFC 8414 §3.1 puts its well-known name before that path, OpenID Connect Discovery behind it. */
function endpointPath(pathname: string, issuerPath: string): string | undefined {
  if (pathname === `/.well-known/oauth-authorization-server${issuerPath}`)
    return '/.well-known/oauth-authorization-server'
  return pathname.startsWith(issuerPath) ? pathname.slice(issuerPath.length) : undefined
}

const clockEndpoint =
  ({ clock }: Context): Endpoint =>
  async (request) => {
    const { offset_ms: offset } = (await request.json()) as { offset_ms?: unknown }
    if (typeof offset !== 'number' || !Number.isSafeInteger(offset))
      return json(400, { error: 'offset_ms must be a whole number of milliseconds' })
    clock.moveTo(offset)
    return json(200, { now: new Date(clock.now()).toISOString() })
  }
