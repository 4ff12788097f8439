import { withQuery } from '../../core/wire/form.ts'
import { type HttpClient, NoAnswer, objectOf } from '../client/http.ts'
import { ProtocolClient } from '../client/protocol-client.ts'
import { browserlessAgent } from '../client/user-agent.ts'
import { HarnessError, Untestable } from '../error.ts'
import { printable } from '../printable.ts'
import type { ClientAccount, Target } from './target.ts'

/**
 * Asks the server whether it knows the clients of the target file as the file has them: a wrong secret or redirect URI
 * would be blamed on the server by every unit that uses it. Throws `CLIENT_REFUSED` with a line for each contradiction.
 */
export async function assertClientsKnown(target: Target, http: HttpClient): Promise<void> {
  const contradictions: string[] = []
  for (const account of target.clients) {
    const client = new ProtocolClient({
      target,
      account,
      user: undefined,
      http,
      agent: browserlessAgent({ http, login: target.login }),
      now: Date.now,
    })
    for (const refusal of [refusesCredentials, refusesRedirectUri]) {
      const contradiction = await refusal(client, http).catch(unanswered)
      if (contradiction !== undefined) contradictions.push(contradiction)
    }
  }
  if (contradictions.length === 0) return
  throw new HarnessError('CLIENT_REFUSED', contradictions.join('\n'), {
    hint: 'correct the target file; if it is the server that is wrong, go on with --no-preflight',
  })
}

/** A server that gives no answer is for the units to judge. */
function unanswered(error: unknown): undefined {
  if (error instanceof NoAnswer || error instanceof Untestable) return undefined
  throw error
}

/** A code that nobody issued: the server gets to it only where it knows who asks (RFC 6749 §3.2.1). */
async function refusesCredentials(client: ProtocolClient): Promise<string | undefined> {
  const { account } = client
  const params = { grant_type: 'authorization_code', code: 'assay-preflight', redirect_uri: account.redirect_uris[0] }
  const { error } = objectOf(await client.direct('token_endpoint', { params })) ?? {}
  return error === 'invalid_client'
    ? `the server refuses the client ${nameOf(account)}: its client_id, ${credentialOf(account)} or token_endpoint_auth_method is not what the server has`
    : undefined
}

/** A server that answers otherwise may be in trouble, or somewhere else: that is for the units to judge. */
const refusals: ReadonlySet<number> = new Set([400, 401, 403])

const credentialOf = ({ token_endpoint_auth_method: method }: ClientAccount) =>
  method === 'private_key_jwt' ? 'private_key' : 'client_secret'

/** A right authorization request that is refused by a page: the server does not trust where it would redirect to (§4.1.2.1). */
async function refusesRedirectUri(client: ProtocolClient, http: HttpClient): Promise<string | undefined> {
  const { account, target } = client
  if (!target.capabilities.has('authorization_code') || !account.grant_types.includes('authorization_code'))
    return undefined
  for (const redirectUri of account.redirect_uris) {
    const { params } = client.authorizationParams({ redirect_uri: redirectUri })
    const { status } = await http.send({
      method: 'GET',
      url: withQuery(client.endpoint('authorization_endpoint'), params),
    })
    if (refusals.has(status))
      return `the server refuses an authorization request of ${nameOf(account)} with status ${status}: its redirect_uris has ${printable(redirectUri)}, which the server may not have`
  }
  return undefined
}

const nameOf = ({ client_id: id }: ClientAccount) => printable(id)
