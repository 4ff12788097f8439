import { type HttpResponse, objectOf } from '../harness/client/http.ts'
import type { DirectRequest, ProtocolClient } from '../harness/client/protocol-client.ts'

/** A token request that can only fail, and for another reason than who sends it. */
export const redeemNothing = async (client: ProtocolClient, direct: DirectRequest = {}): Promise<HttpResponse> =>
  await client.direct('token_endpoint', {
    ...direct,
    params: {
      grant_type: 'authorization_code',
      code: 'no-server-ever-issued-this-code',
      redirect_uri: client.account.redirect_uris[0],
      code_verifier: 'a'.repeat(43),
    },
  })

/** Whether whatever is wrong with a request is not the client that sent it. */
export const isAuthenticated = (answer: HttpResponse): boolean =>
  answer.status !== 401 && objectOf(answer)?.['error'] !== 'invalid_client'
