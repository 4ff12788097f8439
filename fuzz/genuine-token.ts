import type { JWK } from 'jose'
import { objectOf } from '../harness/client/http.ts'
import type { ProtocolClient } from '../harness/client/protocol-client.ts'
import { Inapplicable } from '../harness/error.ts'
import { describeAnswer } from '../harness/expect.ts'
import { stringMember } from '../harness/target/metadata.ts'
import { decoded, segmentsOf } from './generators/jwt.ts'
import type { Genuine } from './generators/token-forgery.ts'

/** An access token that is a JWT, its header decoded, and the keys that anybody can fetch. */
export interface GenuineJwt extends Genuine {
  readonly header: Readonly<Record<string, unknown>>
}

/** What a grant brings, where that is a JWT which can be read. */
export async function grantedJwt(client: ProtocolClient): Promise<GenuineJwt> {
  const { accessToken: token } = await client.grant()
  const header = headerOf(token)
  if (header === undefined) throw new Inapplicable('the access tokens are no JWTs that can be read')
  return { token, header, keys: await keysOf(client) }
}

/** A change of the token means something only where the token itself opens userinfo. */
export async function needsUserinfo(client: ProtocolClient, { token }: Genuine): Promise<void> {
  const answer = await client.userinfo(token)
  if (answer.status !== 200)
    throw new Inapplicable(`the access token is not one for userinfo: ${describeAnswer(answer)}`)
}

function headerOf(token: string): GenuineJwt['header'] | undefined {
  const { header, claims } = segmentsOf(token)
  if (token.split('.').length !== 3) return undefined
  try {
    const parts: readonly unknown[] = [decoded(header), decoded(claims)]
    return parts.every((part) => typeof part === 'object' && part !== null) ? decoded(header) : undefined
  } catch {
    return undefined
  }
}

async function keysOf(client: ProtocolClient): Promise<readonly JWK[]> {
  if (stringMember(client.target.metadata, 'jwks_uri') === undefined) return []
  const keys = objectOf(await client.jwks())?.['keys']
  return Array.isArray(keys) ? keys.filter(isKey) : []
}

/** A public key of a kind that a forger can write down. */
const isKey = (value: unknown): value is JWK =>
  typeof value === 'object' && value !== null && 'kty' in value && (value.kty === 'RSA' || value.kty === 'EC')
