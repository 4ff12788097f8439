import { type HttpResponse, objectOf } from '../harness/client/http.ts'
import type { OwnKey } from '../harness/client/own-keys.ts'
import type { ProtocolClient } from '../harness/client/protocol-client.ts'
import { stringMember } from '../harness/target/metadata.ts'
import { Secret } from '../harness/target/secret.ts'
import type { ClientAuthMethod } from '../harness/target/target.ts'

const redirectUri = 'https://rp.example/callback'

/** How a client authenticates that is to be registered, and the key by which it does so where it has one. */
export interface Enrolment extends Partial<OwnKey> {
  readonly method: ClientAuthMethod
  /** What it signs with; that of its key unless said. */
  readonly alg?: string
}

/**
 * Registers a client that may do what every other one that is registered so may do, acts as it, and removes it again;
 * `undefined` where the server does not register it, or not for this method.
 */
export async function asRegistered<T>(
  client: ProtocolClient,
  { method, publicKey, privateKey, alg = publicKey?.alg }: Enrolment,
  act: (registered: ProtocolClient) => Promise<T>,
): Promise<T | undefined> {
  const answer = await client.register({
    client_name: 'Assay',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: method,
    ...(publicKey !== undefined && { jwks: { keys: [publicKey] } }),
    ...(alg !== undefined && { token_endpoint_auth_signing_alg: alg }),
  })
  const registered = registeredAccount(answer, method)
  if (registered === undefined) return undefined
  try {
    return await act(client.as({ ...registered, ...(privateKey !== undefined && { private_key: privateKey }) }))
  } finally {
    await client.unregister(answer)
  }
}

function registeredAccount(answer: HttpResponse, method: ClientAuthMethod) {
  const body = objectOf(answer) ?? {}
  const id = stringMember(body, 'client_id')
  const secret = stringMember(body, 'client_secret')
  if (id === undefined || (stringMember(body, 'token_endpoint_auth_method') ?? method) !== method) return undefined
  return {
    client_id: id,
    token_endpoint_auth_method: method,
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code'],
    ...(secret !== undefined && { client_secret: new Secret(secret) }),
  }
}
