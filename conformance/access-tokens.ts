import type { ProtocolClient, Tokens } from '../harness/client/protocol-client.ts'
import { Inapplicable } from '../harness/error.ts'
import { describeAnswer } from '../harness/expect.ts'
import { readJwt } from './id-tokens.ts'

/** An access token that is a JWT, as it came; nothing of it is verified. */
export interface JwtAccessToken {
  readonly token: string
  readonly header: { readonly alg?: string; readonly kid?: string; readonly typ?: unknown }
  readonly claims: Readonly<Record<string, unknown>>
}

type Had = Pick<Tokens, 'accessToken'>

/** The access token where it is a JWT that can be read. */
export const jwtOf = ({ accessToken }: Had): JwtAccessToken | undefined => readJwt(accessToken)

/** Whether a JWT says that it follows RFC 9068: its type is at+jwt, in any case, with application/ or without. */
export const isTyped = ({ header: { typ } }: JwtAccessToken): boolean =>
  typeof typ === 'string' && /^(?:application\/)?at\+jwt$/i.test(typ)

/** The access token where it follows RFC 9068, which binds those alone whose tokens say that they do. */
export function profiledTokenOf(tokens: Had): JwtAccessToken {
  const jwt = jwtOf(tokens)
  if (jwt === undefined || !isTyped(jwt)) throw new Inapplicable('the access tokens are not of the JWT type at+jwt')
  return jwt
}

/** An access token that follows RFC 9068: one that a person granted, or one of the client's own where only such are JWTs. */
export async function profiledToken(client: ProtocolClient): Promise<JwtAccessToken> {
  const granted = jwtOf(await client.grant())
  if (granted !== undefined && isTyped(granted)) return granted
  const mayAsk =
    client.target.capabilities.has('client_credentials') && client.account.grant_types.includes('client_credentials')
  if (!mayAsk) return profiledTokenOf({ accessToken: granted?.token ?? '' })
  return profiledTokenOf(client.tokensOf(await client.clientCredentials()))
}

/** An access token that follows RFC 9068 and opens userinfo, so that a change of it means something. */
export const profiledTokenForUserinfo = async (client: ProtocolClient): Promise<JwtAccessToken> =>
  await forUserinfo(client, profiledTokenOf(await client.grant()))

/** The same of any access token that is a JWT, whatever its type says. */
export const jwtForUserinfo = async (client: ProtocolClient): Promise<JwtAccessToken> =>
  await forUserinfo(client, readableJwtOf(await client.grant()))

/** The access token where it is a JWT that can be read, and so can be forged. */
export function readableJwtOf(tokens: Had): JwtAccessToken {
  const jwt = jwtOf(tokens)
  if (jwt === undefined) throw new Inapplicable('the access tokens are no JWTs that can be read')
  return jwt
}

async function forUserinfo(client: ProtocolClient, token: JwtAccessToken): Promise<JwtAccessToken> {
  const answer = await client.userinfo(token.token)
  if (answer.status !== 200)
    throw new Inapplicable(`the access token is not one for userinfo: ${describeAnswer(answer)}`)
  return token
}

/** Any time further off than this, in seconds, is not given in seconds: ten years for an expiry, a day for now. */
const plausible = { expiry: 10 * 365 * 24 * 3600, now: 24 * 3600 }

/** Whether a value is a number of seconds, about now. */
export const isAboutNow = (value: unknown, now: number): boolean =>
  typeof value === 'number' && Math.abs(value - now / 1000) < plausible.now

/** Whether a value is a number of seconds, ahead of now as far as a token lives. */
export const isAhead = (value: unknown, now: number): boolean =>
  typeof value === 'number' && value - now / 1000 > -plausible.now && value - now / 1000 < plausible.expiry

/** The members of `aud`, whether it is a list or a single text. */
export const audiencesIn = ({ aud }: Readonly<Record<string, unknown>>): readonly unknown[] =>
  Array.isArray(aud) ? aud : aud === undefined ? [] : [aud]

export const isName = (value: unknown): value is string => typeof value === 'string' && value !== ''
