import { createHash } from 'node:crypto'
import { Provider } from 'oidc-provider'
import { decodeForm, redirectParams, withQuery } from '../../../core/wire/form.ts'
import type { Arrival, Person } from '../../../harness/client/user-agent.ts'
import { Secret } from '../../../harness/target/secret.ts'
import type { LoginHints } from '../../../harness/target/target.ts'
import { serve } from '../target/serve.ts'

export const password = 'correct-horse-battery'
export const person: Person = { username: 'alice', password: new Secret(password) }
export const noHints: LoginHints = { browser: false, selectors: {}, headers: {} }

/** What a handler is given: the form or query as it came, without repetition, and the request's headers. */
export interface Visit {
  readonly form: ReadonlyMap<string, string>
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly origin: string
  readonly url: string
}

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
}

/** HTML, or a reply in full. */
type Handler = (visit: Visit) => string | Reply

/** Serves pages by `METHOD /path` on a free loopback port, 404 elsewhere, and keeps a list of what was asked for. */
export async function servePages(handlers: Readonly<Record<string, Handler>>) {
  const visits: (Visit & { readonly what: string })[] = []
  const served = await serve((origin) => (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const url = request.url ?? ''
      const what = `${request.method} ${url.replace(/\?.*$/s, '')}`
      const body = Buffer.concat(chunks).toString()
      const form = new Map(decodeForm(request.method === 'POST' ? body : (url.split('?')[1] ?? '')))
      const visit = { form, headers: request.headers, origin, url }
      visits.push({ ...visit, what })
      const answer = handlers[what]?.(visit) ?? { status: 404, body: '<h1>Not found</h1>' }
      const reply: Reply = typeof answer === 'string' ? { body: answer } : answer
      const headers = { 'content-type': 'text/html; charset=utf-8', ...reply.headers }
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
      response.writeHead(reply.status ?? 200).end(reply.body ?? '')
    })
  })
  return { ...served, visits, asked: (what: string) => visits.filter((visit) => visit.what === what) }
}

export const redirectTo = (location: string, status = 302): Reply => ({ status, headers: { location } })

export const loginForm = (action = '/login') =>
  `<form method="post" action="${action}"><input name="username"><input type="password" name="password"><button>Sign in</button></form>`

export const redirectUri = 'https://rp.example/cb'

/** Requests by POST, for which the server wants cookies that Chromium takes by https only. */
const byPost = { enableHttpPostMethods: true, cookies: { long: { sameSite: 'none' } } }

/** A certified server that others wrote, with its own login and consent pages, which take any password. */
export const serveProviderWithPages = async (more: Readonly<Record<string, unknown>> = byPost) =>
  await serve((origin) =>
    new Provider(origin, {
      ...more,
      clients: [
        {
          client_id: 'app',
          redirect_uris: [redirectUri],
          token_endpoint_auth_method: 'none',
          response_types: ['code'],
          grant_types: ['authorization_code'],
        },
      ],
    }).callback(),
  )

const verifier = 'v'.repeat(43)

export const authorizationParams = (overrides: Readonly<Record<string, string>> = {}) => ({
  response_type: 'code',
  client_id: 'app',
  redirect_uri: redirectUri,
  scope: 'openid',
  state: 'a state',
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
  ...overrides,
})

export const authorizationUrl = (origin: string, overrides: Readonly<Record<string, string>> = {}) =>
  withQuery(`${origin}/auth`, authorizationParams(overrides))

/** The parameters of a redirect to the client, or what came instead of one. */
export function broughtBack(arrival: Arrival): Readonly<Record<string, string>> | string {
  if (arrival.kind === 'stuck') return arrival.because
  if (arrival.kind !== 'redirect') return arrival.kind
  if (!arrival.location.startsWith(`${redirectUri}?`)) return arrival.location
  return Object.fromEntries(redirectParams(arrival.location).query)
}
