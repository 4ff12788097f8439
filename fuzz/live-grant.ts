import type { Params } from '../core/wire/form.ts'
import { type HttpResponse, objectOf } from '../harness/client/http.ts'
import type { ProtocolClient } from '../harness/client/protocol-client.ts'
import { Untestable } from '../harness/error.ts'

/** A refresh token and the scope that the person granted with it. */
export interface Refreshable {
  readonly token: string
  readonly scope: string
}

/** A grant for many inputs: refresh tokens rotate, so it keeps the last one, and makes a new grant where that is spent. */
export interface LiveGrant {
  current(): Promise<Refreshable>
  refresh(token: string, overrides?: Params): Promise<HttpResponse>
}

export async function liveGrant(client: ProtocolClient): Promise<LiveGrant> {
  let grant: Refreshable | undefined = await newGrant(client)
  return {
    current: async () => (grant ??= await newGrant(client)),
    refresh: async (token, overrides = {}) => {
      const answer = await client.refresh(token, overrides)
      grant = grant && after(answer, token, grant)
      return answer
    },
  }
}

/** What an answer leaves of a grant: nothing is known of it after another token than its own was taken for it. */
function after(answer: HttpResponse, sent: string, grant: Refreshable): Refreshable | undefined {
  const { access_token: taken, refresh_token: next, error } = objectOf(answer) ?? {}
  if (sent !== grant.token) return taken === undefined ? grant : undefined
  if (error === 'invalid_grant') return undefined
  return typeof next === 'string' ? { ...grant, token: next } : grant
}

async function newGrant(client: ProtocolClient): Promise<Refreshable> {
  const { refreshToken, scope } = await client.offlineGrant()
  // A scope that is not named is the one that was asked for (RFC 6749 §5.1).
  const granted = scope ?? client.offlineScope
  if (granted === undefined) throw new Untestable('the server does not say which scope it granted')
  return { token: refreshToken, scope: granted }
}
