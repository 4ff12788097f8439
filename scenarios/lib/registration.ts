import { sleep } from 'k6'
import http from 'k6/http'
import type { LoadClient } from '../../core/story.ts'
import { originOf } from '../../core/url-reference.ts'
import { memberOf } from './oauth.ts'
import { plan } from './plan.ts'
import type { Answer } from './story.ts'

/** A client that was registered, as the answer has it (RFC 7591 §3.2.1, RFC 7592 §3). */
export interface Registered {
  readonly id: string | undefined
  readonly secret: string | undefined
  readonly method: unknown
  /** Where and by which token it is managed; nothing where it is not. */
  readonly uri: string | undefined
  readonly token: string | undefined
}

/** Registers clients at once, each by its metadata, and gives the answers that came, in the same order. */
export const registerAtOnce = (clients: readonly Readonly<Record<string, unknown>>[]): readonly Answer[] =>
  http.batch(
    clients.map((metadata) => ({
      method: 'POST' as const,
      url: plan.endpoints.registration,
      body: JSON.stringify(metadata),
      params: registering,
    })),
  )

const bearing = (token: string | undefined) => (token === undefined ? {} : { authorization: `Bearer ${token}` })

const registering = {
  headers: {
    'content-type': 'application/json',
    accept: 'application/json',
    ...bearing(plan.registration?.initial_access_token),
  },
  redirects: 0,
  responseType: 'text' as const,
  tags: { name: 'register' },
}

/** The client that an answer tells of; where it does not say again what was told before, that holds on. */
export function registeredIn(answer: Answer, before?: Registered): Registered | undefined {
  if (answer.status < 200 || answer.status >= 300) return undefined
  const text = (name: string) => {
    const value = memberOf(answer, name)
    return typeof value === 'string' ? value : undefined
  }
  const uri = text('registration_client_uri')
  const isOwn =
    uri !== undefined && originOf(uri) !== undefined && originOf(uri) === originOf(plan.endpoints.registration)
  return {
    id: text('client_id') ?? before?.id,
    secret: text('client_secret') ?? before?.secret,
    method: memberOf(answer, 'token_endpoint_auth_method') ?? before?.method,
    // Nothing that a server says makes us send requests to another one.
    uri: isOwn ? uri : before?.uri,
    token: text('registration_access_token') ?? before?.token,
  }
}

/** The client as one that asks for tokens; nothing where it was given no secret to do so by. */
export function accountOf({ id, secret, method = 'client_secret_basic' }: Registered): LoadClient | undefined {
  if (id === undefined || secret === undefined) return undefined
  if (method !== 'client_secret_basic' && method !== 'client_secret_post') return undefined
  return { ...plan.client, client_id: id, client_secret: secret, method }
}

/** Asks at the client configuration endpoint (RFC 7592 §2). */
export const manage = (name: 'read' | 'delete', { uri = '', token }: Registered): Answer =>
  http.request(name === 'read' ? 'GET' : 'DELETE', uri, null, {
    headers: { accept: 'application/json', ...bearing(token) },
    redirects: 0,
    responseType: 'text',
    tags: { name: `${name} registration` },
  })

const attempts = 4

/** Deletes a client, and tries again where the target was busy: nothing is to be left at it. */
export function remove(client: Registered): Answer {
  for (let attempt = 1; ; attempt++) {
    const answer = manage('delete', client)
    if (attempt === attempts || !isUnavailable(answer)) return answer
    sleep(attempt)
  }
}

/** No answer, or one that asks for patience. */
export const isUnavailable = ({ status }: Answer) => [0, 429, 503].includes(status)

/** What says that a client may not manage its registration, or not so: a server need not let it. */
export const isForbidden = ({ status }: Answer) => [403, 404, 405, 501].includes(status)
