import { importJWK, type JWK, SignJWT } from 'jose'
import { Untestable } from '../error.ts'
import { Secret } from '../target/secret.ts'
import { type ClientAccount, clientAuthMethods, type Target } from '../target/target.ts'
import { type HttpRequest, type HttpResponse, objectOf } from './http.ts'

/** Where a registration is managed, and by which token (RFC 7592 §3). */
export interface Management {
  readonly uri: string
  readonly token: string
}

export interface RegistrationRequest {
  /** The bearer token that is shown; the right one unless said, none where it is `undefined`. */
  readonly token?: string | undefined
  readonly contentType?: string
}

/** How a client's registration is managed, where the answer says so and the URI stays at the server that gave it. */
export function managementOf(registration: HttpResponse, endpoint: string): Management | undefined {
  const { registration_client_uri: uri, registration_access_token: token } = objectOf(registration) ?? {}
  if (typeof uri !== 'string' || typeof token !== 'string' || !URL.canParse(uri)) return undefined
  return new URL(uri).origin === new URL(endpoint).origin ? { uri, token } : undefined
}

/** The headers and the body of a request about a registration; a text goes out as it is. */
export function registrationMessage(
  metadata: unknown,
  { token, contentType = 'application/json' }: RegistrationRequest,
): Pick<HttpRequest, 'headers' | 'body'> {
  const body = typeof metadata === 'string' ? metadata : JSON.stringify(metadata)
  return {
    headers: [
      ['accept', 'application/json'],
      ...(token === undefined ? [] : [['authorization', `Bearer ${token}`] as const]),
      ...(body === undefined ? [] : [['content-type', contentType] as const]),
    ],
    ...(body !== undefined && { body }),
  }
}

/** The client that a registration made, as its answer has it, and as it was asked for where the answer does not say. */
export function registeredAccount(
  registration: HttpResponse,
  asked: { readonly redirect_uris?: readonly string[]; readonly grant_types?: readonly string[] },
): ClientAccount {
  const answer = objectOf(registration) ?? {}
  const { client_id: id, client_secret: secret, token_endpoint_auth_method: method, scope } = answer
  if (typeof id !== 'string') throw new Untestable('no client could be registered')
  return {
    client_id: id,
    token_endpoint_auth_method: clientAuthMethods.find((one) => one === method) ?? 'client_secret_basic',
    redirect_uris: textsOf(answer['redirect_uris']) ?? asked.redirect_uris ?? [],
    grant_types: textsOf(answer['grant_types']) ?? asked.grant_types ?? ['authorization_code'],
    ...(typeof scope === 'string' && { scope }),
    ...(typeof secret === 'string' && { client_secret: new Secret(secret) }),
  }
}

const textsOf = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : undefined

export interface StatementOverrides {
  /** Signs with this key instead of the publisher's own. */
  readonly key?: JWK
  readonly header?: Readonly<Record<string, unknown>>
}

/** A software statement of the publisher that the target trusts (RFC 7591 §2.3). A claim that is `undefined` is left out. */
export async function softwareStatement(
  { registration }: Pick<Target, 'registration'>,
  claims: Readonly<Record<string, unknown>>,
  { key: other, header = {} }: StatementOverrides = {},
): Promise<string> {
  const publisher = registration?.software_publisher
  if (publisher === undefined) throw new Untestable('the target file names no software_publisher under registration')
  const key = other ?? (JSON.parse(publisher.private_key.reveal()) as JWK)
  const alg = key.alg ?? (key.kty === 'RSA' ? 'RS256' : 'ES256')
  const stated = Object.entries({ iss: publisher.issuer, ...claims }).filter(([, value]) => value !== undefined)
  return await new SignJWT(Object.fromEntries(stated))
    .setProtectedHeader({ alg, ...(key.kid !== undefined && { kid: key.kid }), ...header })
    .sign(await importJWK(key, alg))
}
