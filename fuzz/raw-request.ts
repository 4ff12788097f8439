import { encodeForm, type Params } from '../core/wire/form.ts'
import type { HttpResponse } from '../harness/client/http.ts'
import type { ProtocolClient } from '../harness/client/protocol-client.ts'
import type { RawForm } from './generators/form.ts'

export const formType = 'application/x-www-form-urlencoded'

/** A direct request of a client, its form open to edits. */
export interface RawRequest {
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly form: RawForm
}

/** A right request with these parameters, the client's own credentials included. */
export async function rawRequest(client: ProtocolClient, params: Params): Promise<RawRequest> {
  const { headers, params: credentials } = await client.authentication()
  return { headers, form: encodeForm({ ...credentials, ...params }).split('&') }
}

export const post = async (
  client: ProtocolClient,
  endpoint: string,
  { headers, form }: RawRequest,
  contentType = formType,
): Promise<HttpResponse> =>
  await client.send({
    method: 'POST',
    url: client.endpoint(endpoint),
    headers: [['content-type', contentType], ['accept', 'application/json'], ...headers],
    body: form.join('&'),
  })
