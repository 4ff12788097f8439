import type { JsonWebKey } from 'node:crypto'
import type { Context, Endpoint } from '../context.ts'
import { json, readBody } from '../http.ts'
import type { Client, ClientAuthMethod } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import { sameText } from '../rules/client-authentication.ts'

/** RFC 7591 §3. */
export const registrationEndpoint =
  (context: Context): Endpoint =>
  async (request) => {
    const { enforce, store, issuer } = context
    try {
      const client = readClient(context, await readObject(request))
      await store.saveClient(client)
      return json(
        enforce.registrationStatus(),
        enforce.registrationAnswer(client, `${issuer}/register/${client.clientId}`),
        { pragma: 'no-cache' },
      )
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error
      context.observe({ type: 'denied', error: error.code })
      return json(enforce.registrationErrorStatus(), enforce.errorBody(error), { pragma: 'no-cache' })
    }
  }

/** RFC 7592 §2.1 and §2.3: a client reads and removes its own registration. */
export const clientConfigurationEndpoint =
  (context: Context): Endpoint =>
  async (request, url) => {
    const { enforce, store, issuer } = context
    const clientId = lastSegmentOf(url)
    const client = await store.findClient(clientId)
    const token = enforce.bearerToken(request.headers.get('authorization'))
    if (
      client?.registrationAccessToken === undefined ||
      token === undefined ||
      !sameText(client.registrationAccessToken, token)
    ) {
      context.observe({ type: 'denied', error: 'invalid_token' })
      return new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })
    }
    if (request.method === 'GET')
      return json(200, enforce.registrationAnswer(client, `${issuer}/register/${client.clientId}`))
    await store.removeClient(clientId)
    return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } })
  }

/** What cannot be decoded names no client. */
function lastSegmentOf({ pathname }: URL): string {
  try {
    return decodeURIComponent(pathname.slice(pathname.lastIndexOf('/') + 1))
  } catch {
    return ''
  }
}

function readClient({ enforce, config }: Context, metadata: Readonly<Record<string, unknown>>): Client {
  const authMethod = oneOf<ClientAuthMethod>(metadata, 'token_endpoint_auth_method', [
    'client_secret_basic',
    'client_secret_post',
    'private_key_jwt',
    'none',
  ])
  const applicationType = oneOf<'web' | 'native'>(metadata, 'application_type', ['web', 'native'])
  const grantTypes = texts(metadata, 'grant_types') ?? ['authorization_code']
  const redirectUris = texts(metadata, 'redirect_uris') ?? []
  enforce.redirectUrisArePresent(grantTypes, redirectUris)
  for (const uri of redirectUris) {
    enforce.redirectUriHasNoFragment(uri)
    enforce.redirectUriIsAcceptable(uri, applicationType)
  }
  const unknownGrant = grantTypes.find(
    (one) => !['authorization_code', 'client_credentials', 'refresh_token'].includes(one),
  )
  if (unknownGrant !== undefined)
    throw new OAuthError('invalid_client_metadata', 'grant_types holds a value that is not supported')
  const keys = keysOf(metadata)
  if (authMethod === 'private_key_jwt' && keys.length === 0)
    throw new OAuthError('invalid_client_metadata', 'jwks is missing')
  const scopes =
    text(metadata, 'scope')
      ?.split(' ')
      .filter((scope) => config.scopes.includes(scope)) ?? config.scopes
  return {
    clientId: enforce.newSecret(),
    ...((authMethod === 'client_secret_basic' || authMethod === 'client_secret_post') && {
      secret: enforce.newSecret(),
    }),
    authMethod,
    redirectUris,
    grantTypes,
    scopes,
    keys,
    applicationType,
    name: text(metadata, 'client_name') ?? 'An application',
    registrationAccessToken: enforce.newSecret(),
  }
}

async function readObject(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const body = await readBody(request)
  try {
    const value = JSON.parse(body) as unknown
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch (cause) {
    throw new OAuthError('invalid_client_metadata', 'the request is not JSON', { cause })
  }
  throw new OAuthError('invalid_client_metadata', 'the request is not a JSON object')
}

const invalid = (name: string) => new OAuthError('invalid_client_metadata', `${name} is malformed`)

function text(metadata: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = metadata[name]
  if (value !== undefined && typeof value !== 'string') throw invalid(name)
  return value
}

function texts(metadata: Readonly<Record<string, unknown>>, name: string): readonly string[] | undefined {
  const value = metadata[name]
  if (value === undefined) return undefined
  if (!Array.isArray(value) || !value.every((one): one is string => typeof one === 'string')) {
    throw name === 'redirect_uris'
      ? new OAuthError('invalid_redirect_uri', 'redirect_uris is malformed')
      : invalid(name)
  }
  return value
}

/** The first choice is the default. */
function oneOf<T extends string>(
  metadata: Readonly<Record<string, unknown>>,
  name: string,
  choices: readonly [T, ...T[]],
): T {
  const value = text(metadata, name)
  const choice = value === undefined ? choices[0] : choices.find((one) => one === value)
  if (choice === undefined) throw new OAuthError('invalid_client_metadata', `${name} is not supported`)
  return choice
}

function keysOf(metadata: Readonly<Record<string, unknown>>): readonly JsonWebKey[] {
  const value = metadata['jwks']
  if (value === undefined) return []
  const keys = typeof value === 'object' && value !== null && 'keys' in value ? value.keys : undefined
  if (!Array.isArray(keys) || !keys.every(isPublicKey)) throw invalid('jwks')
  return keys
}

/** An RSA or P-256 public key; one that carries its private part is refused. */
const isPublicKey = (value: unknown): value is JsonWebKey =>
  typeof value === 'object' &&
  value !== null &&
  'kty' in value &&
  (value.kty === 'RSA' || value.kty === 'EC') &&
  !('d' in value)
