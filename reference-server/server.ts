import { movableClock } from './clock.ts'
import { type Config, defaultConfig, type Paths, urlOf } from './config.ts'
import type { Context, Endpoint, Place } from './context.ts'
import { authorizationEndpoint } from './endpoints/authorize.ts'
import { clientConfigurationEndpoint } from './endpoints/client-configuration.ts'
import { clockEndpoint, keyRotationEndpoint } from './endpoints/control.ts'
import { jwksEndpoint, metadataEndpoint } from './endpoints/metadata.ts'
import { introspectionEndpoint } from './endpoints/introspection.ts'
import { userinfoEndpoint } from './endpoints/protected-resource.ts'
import { registrationEndpoint } from './endpoints/registration.ts'
import { revocationEndpoint } from './endpoints/revocation.ts'
import { samlMetadataEndpoint, singleSignOnEndpoint } from './endpoints/saml.ts'
import { consentEndpoint, loginEndpoint } from './endpoints/sign-in.ts'
import { tokenEndpoint } from './endpoints/token.ts'
import { keyring, processKeys } from './keys.ts'
import { harmless, type Observe } from './observe.ts'
import { assemble, type Enforce, type Swap } from './rulebook.ts'
import type { Store } from './store.ts'
import { memoryStore } from './stores/memory.ts'

export interface ServerOptions {
  /** Where the server is reached, without a path. */
  readonly origin: string
  readonly config?: Partial<Config>
  /** Rules in the place of which others stand: one for a mutant, a few for a dialect. */
  readonly swap?: Swap
  /** Offers `POST /clock {"offset_ms": n}` and `POST /rotate-keys`: for tests, on loopback only. */
  readonly isControllable?: boolean
  /** What the server remembers things with, made of a store in memory; that store itself unless said. */
  readonly store?: (memory: Store) => Store
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
  const { store: storeOver = (memory: Store) => memory } = options
  const store = storeOver(memoryStore(clock))
  const observe = options.observe === undefined ? undefined : harmless(options.observe)
  const enforce = assemble(options.swap ?? {})
  const { accessToken, idToken } = config.lifetimes
  const keys = keyring(clock, Math.max(enforce.accessTokenLifetime(accessToken), idToken) * 1000)
  const samlKey = processKeys().RS256
  const contextAt = (endpoint: string): Context => ({
    issuer,
    config,
    clock,
    store,
    enforce,
    keys,
    samlKey,
    observe: (occurrence) => observe?.({ ...occurrence, endpoint }),
  })
  for (const client of config.clients) await store.saveClient(client)
  const routes = routesOf(contextAt, config, enforce, options.isControllable ?? false)
  const served: Served = { routes, issuerPath: urlOf(config.issuerPath, ''), enforce, paths: config.paths }
  return {
    issuer,
    routes: [...routes.values()].map(({ method, path }) => ({ method, path })),
    entries: () => store.entries?.() ?? {},
    fetch: async (request) => await answer(served, request, observe),
  }
}

function routesOf(
  contextAt: (path: string) => Context,
  config: Config,
  enforce: Enforce,
  isControllable: boolean,
): Routes {
  const { paths } = config
  const endpoints: readonly (readonly [string, (context: Context) => Endpoint])[] = [
    ['GET /.well-known/openid-configuration', metadataEndpoint],
    ['GET /.well-known/oauth-authorization-server', metadataEndpoint],
    [`GET ${paths.jwks}`, jwksEndpoint],
    ...enforce.authorizationMethods().map((method) => [`${method} ${paths.authorize}`, authorizationEndpoint] as const),
    [`GET ${paths.login}`, loginEndpoint],
    [`POST ${paths.login}`, loginEndpoint],
    [`GET ${paths.consent}`, consentEndpoint],
    [`POST ${paths.consent}`, consentEndpoint],
    ...enforce.tokenMethods().map((method) => [`${method} ${paths.token}`, tokenEndpoint] as const),
    ...enforce.userinfoMethods().map((method) => [`${method} ${paths.userinfo}`, userinfoEndpoint] as const),
    ...(config.revocation ? ([[`POST ${paths.revoke}`, revocationEndpoint]] as const) : []),
    ...(config.introspection ? ([[`POST ${paths.introspect}`, introspectionEndpoint]] as const) : []),
    ...(config.registration
      ? ([
          [`POST ${paths.register}`, registrationEndpoint],
          [`GET ${paths.register}/*`, clientConfigurationEndpoint],
          [`PUT ${paths.register}/*`, clientConfigurationEndpoint],
          [`DELETE ${paths.register}/*`, clientConfigurationEndpoint],
        ] as const)
      : []),
    ...(config.serviceProviders.length > 0
      ? ([
          ['GET /saml/metadata', samlMetadataEndpoint],
          ['GET /saml/sso', singleSignOnEndpoint],
        ] as const)
      : []),
    ...(isControllable ? ([['POST /clock', clockEndpoint]] as const) : []),
    ...(isControllable && config.keyRotation ? ([['POST /rotate-keys', keyRotationEndpoint]] as const) : []),
  ]
  return new Map(
    endpoints.map(([name, endpoint]) => {
      const [method = '', path = ''] = name.split(' ')
      return [name, { method, path, endpoint: endpoint(contextAt(path)) }]
    }),
  )
}

/** What a request is answered out of. */
interface Served {
  readonly routes: Routes
  /** Without a slash at its end. */
  readonly issuerPath: string
  readonly enforce: Enforce
  readonly paths: Paths
}

async function answer(served: Served, request: Request, observe: Observe | undefined): Promise<Response> {
  const { routes, issuerPath, enforce } = served
  enforce.headersAreLookedThrough(request)
  const place = placeOf(request.url)
  const path = endpointPath(place.pathname, issuerPath)
  // HEAD is GET without the body, which the runtime leaves out.
  const asked = enforce.requestMethod(request)
  const method = asked === 'HEAD' ? 'GET' : asked
  const route =
    path === undefined ? undefined : (routes.get(`${method} ${path}`) ?? routes.get(`${method} ${wildcardOf(path)}`))
  const respond = async () =>
    route === undefined ? refusal(path, method, served) : await route.endpoint(request, place)
  return observe === undefined ? await respond() : await observed(respond, route ?? unmatched, observe)
}

/** The path and the query of an absolute URL in normal form. */
function placeOf(url: string): Place {
  const path = url.indexOf('/', url.indexOf('//') + 2)
  const query = url.indexOf('?', path)
  return query === -1
    ? { pathname: url.slice(path), search: '' }
    : { pathname: url.slice(path, query), search: url.slice(query) }
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

/** RFC 9110 §9.3.7 and §15.5.6: what is no route, or none for this method. */
function refusal(path: string | undefined, method: string, { routes, enforce, paths }: Served): Response {
  const methods = [...routes.values()]
    .filter((route) => path !== undefined && (route.path === path || route.path === wildcardOf(path)))
    .flatMap((route) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]))
  if (path === undefined || methods.length === 0) return enforce.notFound()
  const allow = [...methods, 'OPTIONS'].join(', ')
  if (method === 'OPTIONS')
    return new Response(null, { status: 204, headers: { allow, ...enforce.preflightHeaders(path, methods, paths) } })
  return new Response('Method not allowed\n', {
    status: enforce.methodNotAllowed(),
    headers: { 'content-type': 'text/plain', allow },
  })
}

const wildcardOf = (path: string) => path.replace(/\/[^/]+$/, '/*')

/** The path below the issuer's own. RFC 8414 §3.1 puts its well-known name before that path, OpenID Connect Discovery behind it. */
function endpointPath(pathname: string, issuerPath: string): string | undefined {
  if (pathname === `/.well-known/oauth-authorization-server${issuerPath}`)
    return '/.well-known/oauth-authorization-server'
  return pathname.startsWith(issuerPath) ? pathname.slice(issuerPath.length) : undefined
}
