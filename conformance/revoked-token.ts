import { type HttpResponse, objectOf } from '../harness/client/http.ts'
import type { ProtocolClient } from '../harness/client/protocol-client.ts'
import { Inapplicable } from '../harness/error.ts'

export const whyNotRevocable = 'the server does not revoke access tokens of this kind, and says so'

/** Revokes an access token, unless the server does not revoke tokens of its kind, which RFC 7009 §2.2.1 lets it say. */
export async function revokeAccessToken(client: ProtocolClient, accessToken: string): Promise<HttpResponse> {
  const answer = await client.revoke(accessToken)
  if (answer.status >= 400 && objectOf(answer)?.['error'] === 'unsupported_token_type')
    throw new Inapplicable(whyNotRevocable)
  return answer
}
