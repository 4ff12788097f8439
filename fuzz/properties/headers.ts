import fc from 'fast-check'
import { cwe } from '../../core/spec/cwe.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { withQuery } from '../../core/wire/form.ts'
import { headerOf, headersOf, type HttpRequest, type HttpResponse, objectOf } from '../../harness/client/http.ts'
import { type ProtocolClient, responseOf } from '../../harness/client/protocol-client.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { property } from '../../harness/property.ts'
import {
  anyHeaders,
  forwardedHeaders,
  type Header,
  isSendable,
  methodOverride,
  strangeHost,
  strangeOrigin,
} from '../generators/headers.ts'
import { expectNoToken, isCrash } from '../oracles/answers.ts'
import { rawRequest } from '../raw-request.ts'

/** Requests that anybody may send, whose answers name places. */
const naming = {
  metadata: ({ target }: ProtocolClient) => target.metadataUrl,
  'authorization request': (client: ProtocolClient) => authorizationUrl(client, {}),
  'wrong authorization request': (client: ProtocolClient) =>
    authorizationUrl(client, { response_type: 'assay-unknown' }),
  'authorization request of nobody': (client: ProtocolClient) =>
    authorizationUrl(client, { client_id: 'assay-nobody' }),
} as const

const place = fc.constantFrom(...(Object.keys(naming) as (keyof typeof naming)[]))

/** What a proxy would say of a request is believed of nobody who is no proxy: the issuer, the links and the redirects stay. */
export const forwardedHeadersMoveNothing = property({
  proves: [rfc9700.proxyHeadersSanitized],
  needs: ['authorization_code'],
  inputs: () => fc.record({ at: place, headers: forwardedHeaders }),

  async holds({ at, headers }, { client, expect }) {
    const ask = async (more: readonly Header[]) =>
      placesIn(await client.send({ method: 'GET', url: naming[at](client), headers: more }))
    const moved = await differing(ask, headers)
    if (moved === undefined) return

    expect.that(false, {
      violation: 'wrong-value',
      expected: `${moved.name} as it is without these headers: ${moved.before}`,
      actual: moved.after,
    })
  },
})

/** A token request is what its method says; no header and no parameter makes a POST of it. */
export const overriddenMethodBringsNoToken = property({
  proves: [rfc6749.tokenPostOnly],
  needs: ['client_credentials'],
  arrange: async ({ client }) => client.tokensOf(await client.clientCredentials()).scope,
  inputs: () => fc.record({ method: fc.constantFrom('GET', 'PUT', 'PATCH', 'DELETE'), override: methodOverride }),

  async holds({ method, override }, { client, expect }) {
    const { headers, form } = await rawRequest(client, { grant_type: 'client_credentials' })
    const pairs = [...('parameter' in override ? [override.parameter] : []), ...form]
    const isGet = method === 'GET'
    const answer = await client.send({
      method,
      url: withPairs(client.endpoint('token_endpoint'), isGet ? pairs : pairs.slice(0, -form.length)),
      headers: [
        ...headers,
        ...('header' in override ? [override.header] : []),
        ...(isGet ? [] : [['content-type', 'application/x-www-form-urlencoded'] as const]),
      ],
      ...(!isGet && { body: form.join('&') }),
    })

    expectNoToken(expect, answer, rfc6749.tokenPostOnly)
  },
})

/** Wherever a script comes from, it may not read what the authorization endpoint answers, nor ask for more. */
export const noOriginIsLetIntoAuthorization = property({
  proves: [rfc9700.noCorsAtAuthorization],
  needs: ['authorization_code'],
  inputs: () =>
    fc.record({
      origin: strangeOrigin,
      request: fc.constantFrom(
        'authorization request',
        'wrong authorization request',
        'authorization request of nobody',
      ),
      preflight: fc.boolean(),
    }),

  async holds({ origin, request, preflight }, { client, expect }) {
    const answer = await client.send({
      method: preflight ? 'OPTIONS' : 'GET',
      url: naming[request](client),
      headers: [['origin', origin], ...(preflight ? [['access-control-request-method', 'GET'] as const] : [])],
    })
    const allowed = headersOf(answer, 'access-control-allow-origin')

    expect.that(!allowed.some((one) => one === '*' || one === origin), {
      violation: 'wrong-header',
      expected: 'no access-control-allow-origin',
      actual: `access-control-allow-origin: ${allowed.join(', ')}`,
    })
  },
})

/** Requests of every kind that a server answers without knowing anybody. */
const requests: Readonly<Record<string, (client: ProtocolClient) => HttpRequest>> = {
  ...Object.fromEntries(
    Object.entries(naming).map(([name, urlOf]) => [
      name,
      (client: ProtocolClient): HttpRequest => ({ method: 'GET', url: urlOf(client) }),
    ]),
  ),
  'preflight of a token request': (client) => ({ method: 'OPTIONS', url: client.endpoint('token_endpoint') }),
  'token request': (client) => ({
    method: 'POST',
    url: client.endpoint('token_endpoint'),
    headers: [['content-type', 'application/x-www-form-urlencoded']],
    body: `grant_type=authorization_code&code=${'A'.repeat(43)}`,
  }),
}

/** Whatever headers a request carries, the server does not fail over them. */
export const serverStandsWhateverTheHeaders = property({
  proves: [cwe.failuresHandled],
  needs: ['authorization_code'],
  inputs: () => fc.record({ request: fc.constantFrom(...Object.keys(requests)), headers: anyHeaders }),

  async holds({ request, headers }, { client, expect }) {
    const right = requests[request]?.(client)
    if (right === undefined) return
    const ask = async (more: readonly Header[]) =>
      await client.send({ ...right, headers: [...(right.headers ?? []), ...more] })
    const answer = await ask(headers.filter(isSendable))
    // What fails without these headers, or only once, does not fail over them.
    if (!isCrash(answer) || isCrash(await ask([])) || !isCrash(await ask(headers.filter(isSendable)))) return

    expect.that(false, {
      violation: 'crashed',
      expected: 'an answer that is no failure of the server',
      actual: describeAnswer(answer),
    })
  },
})

function authorizationUrl(client: ProtocolClient, overrides: Readonly<Record<string, string>>): string {
  return withQuery(client.endpoint('authorization_endpoint'), client.authorizationParams(overrides).params)
}

const withPairs = (url: string, pairs: readonly string[]): string =>
  pairs.length === 0 ? url : `${url}${url.includes('?') ? '&' : '?'}${pairs.join('&')}`

/** The places that an answer names, each by what it is called. */
type Places = ReadonlyMap<string, string>

function placesIn(answer: HttpResponse): Places {
  const location = headerOf(answer, 'location')
  if (location !== undefined) {
    const iss = responseOf({ kind: 'redirect', location, status: answer.status }).get('iss')
    return new Map([
      ['the origin of the redirect', originOf(location, answer.url)],
      ...(iss === undefined ? [] : [['iss', iss] as const]),
    ])
  }
  const members = answer.status === 200 ? Object.entries(objectOf(answer) ?? {}) : []
  const links = members.filter(([name, value]) => /^issuer$|_(?:endpoint|uri)$/.test(name) && typeof value === 'string')
  return new Map([
    ...links.map(([name, value]) => [name, String(value)] as const),
    ...(/\b(?:action|href|src)\s*=\s*["']?(?:https?:)?\/\/[^"'>]*attacker\.example/i.test(answer.body)
      ? [['a link of the page', `one to ${strangeHost}`] as const]
      : []),
  ])
}

const originOf = (location: string, base: string) =>
  URL.canParse(location, base) ? new URL(location, base).origin : location

interface Difference {
  readonly name: string
  readonly before: string
  readonly after: string
}

/** What these headers alone change among the places of an answer: it is there with them each time, and without them never. */
async function differing(
  ask: (more: readonly Header[]) => Promise<Places>,
  headers: readonly Header[],
): Promise<Difference | undefined> {
  const after = await ask(headers)
  const before = await ask([])
  const name = [...after.keys()].find((one) => isMoved(one, before, after))
  if (name === undefined) return undefined
  const [again, still] = [await ask(headers), await ask([])]
  const isSteady = isMoved(name, still, again) && still.get(name) === before.get(name)
  return isSteady ? { name, before: before.get(name) ?? 'none', after: after.get(name) ?? 'none' } : undefined
}

/** A place that is named with the headers alone is a link; all others may be left out of an answer. */
const isMoved = (name: string, before: Places, after: Places): boolean =>
  after.has(name) && after.get(name) !== before.get(name) && (before.has(name) || name === 'a link of the page')
