import { headerOf, type HttpResponse, objectOf } from '../harness/client/http.ts'
import type { ProtocolClient } from '../harness/client/protocol-client.ts'
import { Untestable } from '../harness/error.ts'

/** A native app that registers itself with one redirection URI. */
export const nativeApp = (uri: string) => ({
  client_name: 'Assay',
  redirect_uris: [uri],
  grant_types: ['authorization_code'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
  application_type: 'native',
})

/** The same for a client with a password on the web. */
export const webClient = (uri: string) => ({
  ...nativeApp(uri),
  token_endpoint_auth_method: 'client_secret_basic',
  application_type: 'web',
})

/** Registers, judges the answer, and removes what was registered. */
export async function registering(
  client: ProtocolClient,
  metadata: Readonly<Record<string, unknown>>,
  judge: (answer: HttpResponse) => void | Promise<void>,
): Promise<void> {
  const answer = await client.register(metadata)
  if (answer.status === 401 || answer.status === 403 || headerOf(answer, 'www-authenticate') !== undefined)
    throw new Untestable(
      'the server registers nobody without an initial access token; give one under registration in the target file',
    )
  try {
    await judge(answer)
  } finally {
    await client.unregister(answer)
  }
}

/** The name of the client that was registered; none where the server refused. */
export function registeredId(answer: HttpResponse): string | undefined {
  const id = objectOf(answer)?.['client_id']
  return typeof id === 'string' ? id : undefined
}

/** The name of a client that was registered with this very URI; a server that dropped it says so in its answer. */
export function registeredWith(answer: HttpResponse, uri: string): string | undefined {
  const uris = objectOf(answer)?.['redirect_uris']
  return !Array.isArray(uris) || uris.includes(uri) ? registeredId(answer) : undefined
}
