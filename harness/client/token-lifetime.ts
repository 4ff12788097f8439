import { decodeJwt } from 'jose'
import { Untestable } from '../error.ts'
import { objectOf } from './http.ts'
import type { ProtocolClient, Tokens } from './protocol-client.ts'

/**
 * How many seconds a token that was just issued lives: RFC 6749 §5.1 only recommends expires_in, so introspection and the
 * token itself are asked as well. Where nothing tells it the unit cannot judge.
 */
export async function lifetimeOf(client: ProtocolClient, { accessToken, body }: Tokens): Promise<number> {
  const { expires_in: seconds } = body
  if (typeof seconds === 'number') return seconds
  const expiry = (await introspectedExpiry(client, accessToken)) ?? ownExpiry(accessToken)
  if (typeof expiry !== 'number') throw new Untestable('the server does not say when its tokens expire')
  return Math.ceil(expiry - client.now() / 1000)
}

const introspectedExpiry = async (client: ProtocolClient, accessToken: string): Promise<unknown> =>
  client.target.capabilities.has('introspection') ? objectOf(await client.introspect(accessToken))?.['exp'] : undefined

function ownExpiry(accessToken: string): unknown {
  try {
    return decodeJwt(accessToken).exp
  } catch {
    return undefined
  }
}
