import type { JWK } from 'jose'
import { isMacAlg } from '../../core/mac-alg.ts'
import { type HttpClient, type HttpRequest, type HttpResponse, NoAnswer, objectOf } from '../client/http.ts'
import { clientKey } from '../client/own-keys.ts'
import { HarnessError } from '../error.ts'
import { printable } from '../printable.ts'
import { authMethods, grantTypes, stringMember, stringsMember, urlMember } from './metadata.ts'
import { Secret } from './secret.ts'
import type { TargetSettings } from './settings.ts'
import { type ClientAccount, type ClientAuthMethod, clientAuthMethods, type ServerMetadata } from './target.ts'

export interface RegisteredClients {
  readonly clients: readonly ClientAccount[]
  /** Removes them again (RFC 7592 §2.3) and returns the `client_id` of each that stays; never throws. */
  remove(): Promise<readonly string[]>
}

type Registration = NonNullable<TargetSettings['registration']>

const redirectUris = ['https://rp.example/callback', 'https://rp.example/other?keep=this']

/** Registers the clients of a run (RFC 7591). Their secrets stay in memory. Throws `REGISTRATION_FAILED` and leaves none behind. */
export async function registerClients(
  metadata: ServerMetadata,
  registration: Registration,
  http: HttpClient,
): Promise<RegisteredClients> {
  return await registerWith(methodsFor(metadata), metadata, registration, http)
}

/** Whether the server registers a client without asking for a token, and removes it again. */
export const registersFreely = async (metadata: ServerMetadata, http: HttpClient): Promise<boolean> =>
  (await whyNotForAWhile(metadata, {}, http)) === undefined

/** Why the server does not register a client and remove it again; nothing where it does. */
export async function whyNotForAWhile(
  metadata: ServerMetadata,
  registration: Registration,
  http: HttpClient,
): Promise<string | undefined> {
  try {
    const { remove } = await registerWith(methodsFor(metadata).slice(0, 1), metadata, registration, http)
    return (await remove()).length === 0 ? undefined : 'the server did not remove the client that it had registered'
  } catch (error) {
    if (error instanceof HarnessError) return `${error.message}; ${error.hint}`
    throw error
  }
}

/** A check that needs a second client wants it to be like the first, so there are two of a kind where there is one confidential kind. */
function methodsFor(metadata: ServerMetadata): readonly ClientAuthMethod[] {
  const methods = clientAuthMethods.filter((method) => authMethods(metadata).includes(method))
  const confidential = methods.filter((method) => method !== 'none')
  const first = confidential[0] ?? methods[0]
  if (first === undefined) {
    throw new HarnessError(
      'REGISTRATION_FAILED',
      `the server lists none of ${clientAuthMethods.join(', ')} for its token endpoint`,
      { hint: 'remove registration from the target file and name clients instead' },
    )
  }
  return confidential.length > 1 ? methods : [first, ...methods]
}

async function registerWith(
  methods: readonly ClientAuthMethod[],
  metadata: ServerMetadata,
  registration: Registration,
  http: HttpClient,
): Promise<RegisteredClients> {
  const endpoint = urlMember(metadata, 'registration_endpoint')
  if (endpoint === undefined) {
    throw new HarnessError('REGISTRATION_FAILED', 'the server publishes no registration_endpoint', {
      hint: 'remove registration from the target file and name clients instead',
    })
  }
  const made: Registered[] = []
  try {
    for (const method of methods) await registerOne({ endpoint, method, metadata, registration, http, made })
  } catch (error) {
    await remove(made, metadata, endpoint, http)
    throw error
  }
  return {
    clients: made.flatMap(({ account }) => account ?? []),
    remove: async () => await remove(made, metadata, endpoint, http),
  }
}

/** A client that exists at the server; without an account where the server's answer does not let us use it. */
interface Registered {
  readonly clientId: string
  account?: ClientAccount
  readonly managementUri: string | undefined
  readonly managementToken: string | undefined
}

interface Enrolment {
  readonly endpoint: string
  readonly method: ClientAuthMethod
  readonly metadata: ServerMetadata
  readonly registration: Registration
  readonly http: HttpClient
  readonly made: Registered[]
}

async function registerOne({ endpoint, method, metadata, registration, http, made }: Enrolment) {
  const key = method === 'private_key_jwt' ? await keyFor(metadata) : undefined
  const asked = clientMetadata(method, metadata, key?.publicKey)
  const { initial_access_token: token } = registration
  const response = await sendFor(method, http, {
    method: 'POST',
    url: endpoint,
    headers: [
      ['content-type', 'application/json'],
      ['accept', 'application/json'],
      ...(token === undefined ? [] : [['authorization', `Bearer ${token.reveal()}`] as const]),
    ],
    body: JSON.stringify(asked),
  })
  const answer = objectOf(response) ?? {}
  const clientId = stringMember(answer, 'client_id')
  if (response.status < 200 || response.status > 299 || clientId === undefined) throw refused(method, response)
  const registered: Registered = {
    clientId,
    managementUri: stringMember(answer, 'registration_client_uri'),
    managementToken: stringMember(answer, 'registration_access_token'),
  }
  made.push(registered)
  registered.account = accountOf(clientId, answer, asked, key?.privateKey)
}

/** What a client that authenticates so asks to be registered with (RFC 7591 §2): all that a run can make use of. */
export function clientMetadata(method: ClientAuthMethod, metadata: ServerMetadata, publicKey: JWK | undefined) {
  const native = method === 'none'
  const offered = stringsMember(metadata, 'scopes_supported') ?? []
  const grants = ['authorization_code', 'refresh_token', ...(native ? [] : ['client_credentials'])].filter((grant) =>
    grantTypes(metadata).includes(grant),
  )
  const scope = ['openid', 'profile', 'email', 'offline_access'].filter((one) => offered.includes(one)).join(' ')
  return {
    client_name: 'Assay',
    redirect_uris: native ? ['http://127.0.0.1/callback'] : redirectUris,
    grant_types: grants,
    response_types: grants.includes('authorization_code') ? ['code'] : [],
    token_endpoint_auth_method: method,
    application_type: native ? 'native' : 'web',
    ...(scope !== '' && { scope }),
    ...(publicKey !== undefined && { jwks: { keys: [publicKey] }, token_endpoint_auth_signing_alg: publicKey.alg }),
  }
}

/** RFC 7591 §3.2.1 lets the server replace what was asked for, so the account says what was registered. */
function accountOf(
  clientId: string,
  answer: Readonly<Record<string, unknown>>,
  asked: ReturnType<typeof clientMetadata>,
  privateKey: Secret | undefined,
): ClientAccount {
  const { token_endpoint_auth_method: method } = asked
  const registered = stringMember(answer, 'token_endpoint_auth_method') ?? method
  if (registered !== method)
    throw useless(`the server was asked for ${method} and registered ${printable(registered, 60)}`)
  const secret = stringMember(answer, 'client_secret')
  if (secret === undefined && method.startsWith('client_secret'))
    throw useless(`the server registered a client with ${method} and gave it no client_secret`)
  const scope = stringMember(answer, 'scope') ?? asked.scope
  const { token_endpoint_auth_signing_alg: alg } = answer
  return {
    client_id: clientId,
    token_endpoint_auth_method: method,
    redirect_uris: stringsMember(answer, 'redirect_uris') ?? asked.redirect_uris,
    grant_types: stringsMember(answer, 'grant_types') ?? asked.grant_types,
    ...(scope !== undefined && { scope }),
    ...(secret !== undefined && { client_secret: new Secret(secret) }),
    ...(method === 'client_secret_jwt' && isMacAlg(alg) && { token_endpoint_auth_signing_alg: alg }),
    ...(privateKey !== undefined && { private_key: privateKey }),
  }
}

const byHand = 'name clients in the target file instead'

const useless = (message: string) => new HarnessError('REGISTRATION_FAILED', message, { hint: byHand })

/** Of the answer only status and error code are told: the rest may hold secrets. */
function refused(method: ClientAuthMethod, response: HttpResponse): HarnessError {
  const error = stringMember(objectOf(response) ?? {}, 'error')
  const code = error !== undefined && /^[\w.:-]{1,60}$/.test(error) ? ` and ${error}` : ''
  const asksForToken = response.status === 401 || response.status === 403
  return new HarnessError(
    'REGISTRATION_FAILED',
    `the server did not register a client with ${method}: status ${response.status}${code}`,
    {
      hint: asksForToken
        ? 'give an initial_access_token under registration, or name clients in the target file'
        : byHand,
    },
  )
}

async function sendFor(method: ClientAuthMethod, http: HttpClient, request: HttpRequest): Promise<HttpResponse> {
  try {
    return await http.send(request)
  } catch (cause) {
    if (!(cause instanceof NoAnswer)) throw cause
    throw new HarnessError(
      'REGISTRATION_FAILED',
      `the server did not register a client with ${method}: ${printable(cause.message)}`,
      { hint: byHand, cause },
    )
  }
}

/** ES256 where the server takes it, else RS256, which every OpenID Provider does. */
async function keyFor(metadata: ServerMetadata) {
  const algs = stringsMember(metadata, 'token_endpoint_auth_signing_alg_values_supported')
  return await clientKey(algs === undefined || algs.includes('ES256') ? 'ES256' : 'RS256')
}

async function remove(
  made: readonly Registered[],
  metadata: ServerMetadata,
  endpoint: string,
  http: HttpClient,
): Promise<readonly string[]> {
  const own = new Set([metadata.issuer, endpoint].map((url) => new URL(url).origin))
  const left: string[] = []
  for (const { clientId, managementUri, managementToken } of made) {
    // A hostile answer must not make us send DELETE wherever it likes.
    const isOwn = managementUri !== undefined && URL.canParse(managementUri) && own.has(new URL(managementUri).origin)
    if (!isOwn || managementToken === undefined || !(await isRemoved(managementUri, managementToken, http)))
      left.push(printable(clientId))
  }
  return left
}

async function isRemoved(url: string, token: string, http: HttpClient): Promise<boolean> {
  try {
    const { status } = await http.send({ method: 'DELETE', url, headers: [['authorization', `Bearer ${token}`]] })
    return status >= 200 && status <= 299
  } catch {
    return false
  }
}
