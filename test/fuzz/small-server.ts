import { randomUUID } from 'node:crypto'
import { decodeForm } from '../../core/wire/form.ts'
import { challengeOf } from '../../harness/client/protocol-client.ts'
import type { AnyProperty } from '../../harness/property.ts'
import { Secret } from '../../harness/target/secret.ts'
import type { Target } from '../../harness/target/target.ts'
import { clientSecret, propertiesThat, runUnits, targetAt } from '../harness/runner/units.ts'
import { serve } from '../harness/target/serve.ts'

export type Params = ReadonlyMap<string, string>
export type Said = readonly [status: number, body: unknown]

export const granted = (more = {}): Said => [200, { access_token: randomUUID(), token_type: 'Bearer', ...more }]
export const refused: Said = [400, { error: 'invalid_grant' }]

/** A small server: whoever comes gets a code, and what comes of any other request, PKCE aside, is for `answer` to say. */
export async function serveTokens(answer: (params: Params, path: string) => Promise<Said>) {
  const challenges = new Map<string, string | null>()
  const isProven = (params: Params) =>
    !params.has('code') || challengeOf(params.get('code_verifier') ?? '') === challenges.get(params.get('code') ?? '')
  return await serve(() => (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
    if (pathname === '/authorize') {
      const code = randomUUID()
      challenges.set(code, searchParams.get('code_challenge'))
      const back = `${searchParams.get('redirect_uri')}?code=${code}&state=${searchParams.get('state')}`
      response.writeHead(303, { location: back }).end()
      return
    }
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      const params: Params = new Map(decodeForm(body))
      void (isProven(params) ? answer(params, pathname) : Promise.resolve(refused)).then(([status, said]) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said)),
      )
    })
  })
}

const [{ redirect_uris }] = targetAt('').clients as [Target['clients'][number]]
const grant_types = ['authorization_code', 'refresh_token']

/** There is one client only, so nobody is another one's thief. */
const clients = {
  public: { client_id: 'public', token_endpoint_auth_method: 'none', redirect_uris, grant_types },
  confidential: {
    client_id: 'confidential',
    client_secret: new Secret(clientSecret),
    token_endpoint_auth_method: 'client_secret_basic',
    redirect_uris,
    grant_types,
  },
} as const satisfies Record<string, Target['clients'][number]>

/** What a property finds there: requirements, or its verdict where it finds nothing. */
export async function findOn(origin: string, property: AnyProperty, client: keyof typeof clients, runs = 12) {
  const target = targetAt(origin, {
    metadata: {
      issuer: origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      revocation_endpoint: `${origin}/revoke`,
      introspection_endpoint: `${origin}/introspect`,
    },
    capabilities: new Set(['authorization_code', 'refresh_token', 'public_client', 'revocation', 'introspection']),
    clients: [clients[client]],
  })
  const { verdicts } = await runUnits(propertiesThat({ it: property }), target, { runs })
  const verdict = verdicts['it']
  return verdict?.state === 'fail' ? verdict.findings.map(({ requirement }) => requirement) : verdict
}

export const silent = { state: 'pass' }
