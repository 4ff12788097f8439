import { movableClock } from './clock.ts'
import { type Config, defaultConfig } from './config.ts'
import type { Context, Endpoint } from './context.ts'
import { authorizationEndpoint } from './endpoints/authorize.ts'
import { jwksEndpoint, metadataEndpoint } from './endpoints/metadata.ts'
import { introspectionEndpoint, revocationEndpoint, userinfoEndpoint } from './endpoints/protected-resource.ts'
import { clientConfigurationEndpoint, registrationEndpoint } from './endpoints/registration.ts'
import { samlMetadataEndpoint, singleSignOnEndpoint } from './endpoints/saml.ts'
import { consentEndpoint, loginEndpoint } from './endpoints/sign-in.ts'
import { tokenEndpoint } from './endpoints/token.ts'
import { json } from './http.ts'
import { processKeys } from './keys.ts'
import { harmless, type Observe } from './observe.ts'
import { assemble, type Enforce, type Swap } from './rulebook.ts'
import { memoryStore } from './stores/memory.ts'

export interface ServerOptions {
  /** Where the server is reached, without a path. */
  readonly origin: string
  readonly config?: Partial<Config>
  /** Rules in the place of which others stand: one for a mutant, a few for a dialect. */
  readonly swap?: Swap
  /** Offers `POST /clock {"offset_ms": n}`: for tests, on loopback only. */
  readonly clockIsOpen?: boolean
  /** Is told of every answer, and of what a security reviewer would want to know. */
  readonly observe?: Observe
}

export interface ReferenceServer {
  readonly issuer: string
  readonly routes: readonly Pick<Route, 'method' | 'path'>[]
  /** How many of each kind the store holds, where it can tell. */
  entries(): Readonly<Record<string, number>>
  fetch(request: Request): Promise<Response>
}

interface Route {
  readonly method: string
  /** Below the issuer's own path; it ends with `*` where the last segment is free. */
  readonly path: string
  readonly endpoint: Endpoint
}

type Routes = ReadonlyMap<string, Route>

/** The server as a function from request to answer, for any runtime that has web-standard requests. */
export async function createServer(options: ServerOptions): Promise<ReferenceServer> {
  const config: Config = { ...defaultConfig, ...options.config }
  const issuer = `${options.origin}${config.issuerPath}`
  const clock = movableClock()
  const store = memoryStore(clock)
  const observe = options.observe === undefined ? undefined : harmless(options.observe)
  const enforce = assemble(options.swap ?? {})
  const keys = processKeys()
  const contextAt = (endpoint: string): Context => ({
    issuer,
    config,
    clock,
    store,
    enforce,
    keys,
    observe: (occurrence) => observe?.({ ...occurrence, endpoint }),
  })
  for (const client of config.clients) await store.saveClient(client)
  const routes = routesOf(contextAt, config, enforce, options.clockIsOpen ?? false)
  return {
    issuer,
    routes: [...routes.values()].map(({ method, path }) => ({ method, path })),
    entries: () => store.entries?.() ?? {},
    fetch: async (request) => await answer(routes, config.issuerPath, request, observe),
  }
}

function routesOf(
  contextAt: (path: string) => Context,
  config: Config,
  enforce: Enforce,
  clockIsOpen: boolean,
): Routes {
  const endpoints: readonly (readonly [string, (context: Context) => Endpoint])[] = [
    ['GET /.well-known/openid-configuration', metadataEndpoint],
    ['GET /.well-known/oauth-authorization-server', metadataEndpoint],
    ['GET /jwks', jwksEndpoint],
    ...enforce.authorizationMethods().map((method) => [`${method} /authorize`, authorizationEndpoint] as const),
    ['GET /login', loginEndpoint],
    ['POST /login', loginEndpoint],
    ['GET /consent', consentEndpoint],
    ['POST /consent', consentEndpoint],
    ['POST /token', tokenEndpoint],
    ...enforce.userinfoMethods().map((method) => [`${method} /userinfo`, userinfoEndpoint] as const),
    ['POST /revoke', revocationEndpoint],
    ...(config.introspection ? ([['POST /introspect', introspectionEndpoint]] as const) : []),
    ...(config.registration
      ? ([
          ['POST /register', registrationEndpoint],
          ['GET /register/*', clientConfigurationEndpoint],
          ['DELETE /register/*', clientConfigurationEndpoint],
        ] as const)
      : []),
    ...(config.serviceProviders.length > 0
      ? ([
          ['GET /saml/metadata', samlMetadataEndpoint],
          ['GET /saml/sso', singleSignOnEndpoint],
        ] as const)
      : []),
    ...(clockIsOpen ? ([['POST /clock', clockEndpoint]] as const) : []),
  ]
  return new Map(
    endpoints.map(([name, endpoint]) => {
      const [method = '', path = ''] = name.split(' ')
      return [name, { method, path, endpoint: endpoint(contextAt(path)) }]
    }),
  )
}

async function answer(
  routes: Routes,
  issuerPath: string,
  request: Request,
  observe: Observe | undefined,
): Promise<Response> {
  const url = new URL(request.url)
  const path = endpointPath(url.pathname, issuerPath)
  // HEAD is GET without the body, which the runtime leaves out.
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const route =
    path === undefined ? undefined : (routes.get(`${method} ${path}`) ?? routes.get(`${method} ${wildcardOf(path)}`))
  const respond = async () => (route === undefined ? refusal(routes, path) : await route.endpoint(request, url))
  return observe === undefined ? await respond() : await observed(respond, route ?? unmatched, observe)
}

/** What is no route bears no name that its sender chose. */
const unmatched = { method: 'other', path: 'unmatched' }

async function observed(
  respond: () => Promise<Response>,
  { method, path }: Pick<Route, 'method' | 'path'>,
  observe: Observe,
): Promise<Response> {
  const began = performance.now()
  // What is thrown becomes this status further out.
  let status = 500
  try {
    const response = await respond()
    status = response.status
    return response
  } finally {
    observe({ type: 'answered', endpoint: path, method, status, seconds: (performance.now() - began) / 1000 })
  }
}

function refusal(routes: Routes, path: string | undefined): Response {
  const allowed = [...routes.values()]
    .filter((route) => path !== undefined && (route.path === path || route.path === wildcardOf(path)))
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  if (allowed.length === 0)
    return new Response('Not found\n', { status: 404, headers: { 'content-type': 'text/plain' } })
  return new Response('Method not allowed\n', {
    status: 405,
    headers: { 'content-type': 'text/plain', allow: allowed.join(', ') },
  })
}

const wildcardOf = (path: string) => path.replace(/\/[^/]+$/, '/*')

/** The path below the issuer's own. RFC 8414 §3.1 puts its well-known name before that path, OpenID Connect Discovery behind it. */
function endpointPath(pathname: string, issuerPath: string): string | undefined {
  if (pathname === `/.well-known/oauth-authorization-server${issuerPath}`)
    return '/.well-known/oauth-authorization-server'
  return pathname.startsWith(issuerPath) ? pathname.slice(issuerPath.length) : undefined
}

/** Times up to the year 275760 are times: what lies beyond no clock shows, in milliseconds. */
const furthest = 8.64e15

const clockEndpoint =
  ({ clock }: Context): Endpoint =>
  async (request) => {
    const said: unknown = await request.json().catch(() => undefined)
    const offset = typeof said === 'object' && said !== null && 'offset_ms' in said ? said.offset_ms : undefined
    if (typeof offset !== 'number' || !Number.isSafeInteger(offset) || Math.abs(Date.now() + offset) > furthest)
      return json(400, { error: 'offset_ms must be a whole number of milliseconds' })
    clock.moveTo(offset)
    return json(200, { now: new Date(clock.now()).toISOString() })
  }
