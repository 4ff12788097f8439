import { exportJWK, generateKeyPair } from 'jose'
import { type HttpClient, objectOf } from '../client/http.ts'
import { HarnessError } from '../error.ts'
import { authMethods, grantTypes, stringMember, stringsMember } from './metadata.ts'
import { Secret } from './secret.ts'
import type { TargetSettings } from './settings.ts'
import type { ClientAccount, ClientAuthMethod, ServerMetadata } from './target.ts'

export interface RegisteredClients {
  readonly clients: readonly ClientAccount[]
  /** Removes them again where the server lets a client do that (RFC 7592); never throws. */
  remove(): Promise<void>
}

/** One client for each way of authenticating that both sides know, and a second confidential one beside the first. */
const wanted: readonly ClientAuthMethod[] = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']

const redirectUris = ['https://rp.example/callback', 'https://rp.example/other?keep=this']

/** Registers the clients of a run (RFC 7591). Their secrets stay in memory. */
export async function registerClients(metadata: ServerMetadata, registration: NonNullable<TargetSettings['registration']>, http: HttpClient): Promise<RegisteredClients> {
  const endpoint = stringMember(metadata, 'registration_endpoint')
  if (endpoint === undefined) {
    throw new HarnessError('REGISTRATION_FAILED', 'the server publishes no registration_endpoint', { hint: 'remove registration from the target file and name clients instead' })
  }
  const methods = wanted.filter((method) => authMethods(metadata).includes(method))
  const confidential = methods.filter((method) => method !== 'none')
  const [only] = confidential
  const needed = confidential.length === 1 && only !== undefined ? [only, ...methods] : methods
  const made: Registered[] = []
  try {
    for (const method of needed) made.push(await registerOne(endpoint, method, metadata, registration, http))
  } catch (error) {
    await remove(made, http)
    throw error
  }
  return { clients: made.map(({ account }) => account), remove: async () => await remove(made, http) }
}

interface Registered {
  readonly account: ClientAccount
  readonly managementUri: string | undefined
  readonly managementToken: string | undefined
}

async function registerOne(endpoint: string, method: ClientAuthMethod, metadata: ServerMetadata, { initial_access_token: initial }: NonNullable<TargetSettings['registration']>, http: HttpClient): Promise<Registered> {
  const key = method === 'private_key_jwt' ? await keyFor(metadata) : undefined
  const native = method === 'none'
  const grants = ['authorization_code', 'refresh_token', ...(native ? [] : ['client_credentials'])].filter((grant) => grantTypes(metadata).includes(grant))
  const uris = native ? ['http://127.0.0.1/callback'] : redirectUris
  const request = {
    client_name: 'Assay',
    redirect_uris: uris,
    grant_types: grants,
    response_types: ['code'],
    token_endpoint_auth_method: method,
    application_type: native ? 'native' : 'web',
    scope: scopesOf(metadata),
    ...(key !== undefined && { jwks: { keys: [key.publicKey] }, token_endpoint_auth_signing_alg: key.publicKey.alg }),
  }
  const response = await http.send({
    method: 'POST',
    url: endpoint,
    headers: [['content-type', 'application/json'], ...(initial === undefined ? [] : [['authorization', `Bearer ${initial.reveal()}`] as const])],
    body: JSON.stringify(request),
  })
  const answer = objectOf(response) ?? {}
  const clientId = stringMember(answer, 'client_id')
  if (response.status < 200 || response.status > 299 || clientId === undefined) {
    const error = stringMember(answer, 'error')
    throw new HarnessError('REGISTRATION_FAILED', `the server did not register a client with ${method}: status ${response.status}${error === undefined ? '' : ` and ${error}`}`, {
      hint: response.status === 401 || response.status === 403 ? 'give an initial_access_token under registration, or name clients in the target file' : 'name clients in the target file instead',
    })
  }
  const secret = stringMember(answer, 'client_secret')
  return {
    account: {
      client_id: clientId,
      token_endpoint_auth_method: method,
      redirect_uris: uris,
      grant_types: stringsMember(answer, 'grant_types') ?? grants,
      scope: stringMember(answer, 'scope') ?? request.scope,
      ...(secret !== undefined && { client_secret: new Secret(secret) }),
      ...(key !== undefined && { private_key: new Secret(JSON.stringify(key.privateKey)) }),
    },
    managementUri: stringMember(answer, 'registration_client_uri'),
    managementToken: stringMember(answer, 'registration_access_token'),
  }
}

const scopesOf = (metadata: ServerMetadata) => {
  const offered = stringsMember(metadata, 'scopes_supported') ?? []
  return ['openid', 'profile', 'email', 'offline_access'].filter((scope) => offered.includes(scope)).join(' ')
}

/** ES256 where the server takes it, else RS256, which every OpenID Provider does. */
async function keyFor(metadata: ServerMetadata) {
  const algs = stringsMember(metadata, 'token_endpoint_auth_signing_alg_values_supported')
  const alg = algs === undefined || algs.includes('ES256') ? 'ES256' : 'RS256'
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const naming = { alg, use: 'sig', kid: 'assay' }
  return { privateKey: { ...(await exportJWK(privateKey)), ...naming }, publicKey: { ...(await exportJWK(publicKey)), ...naming } }
}

async function remove(made: readonly Registered[], http: HttpClient) {
  for (const { managementUri, managementToken } of made) {
    if (managementUri === undefined || managementToken === undefined || !URL.canParse(managementUri)) continue
    await http.send({ method: 'DELETE', url: managementUri, headers: [['authorization', `Bearer ${managementToken}`]] }).catch(() => undefined)
  }
}
