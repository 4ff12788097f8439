import type { Context } from './context.ts'
import { parseJwt } from './jwt.ts'
import type { AccessToken, RefreshToken } from './model.ts'

/** The record of an access token that this server issued and whose signature holds; `undefined` for anything else. */
export async function findAccessToken(
  { enforce, store, keys, config }: Context,
  value: string,
): Promise<AccessToken | undefined> {
  if (config.accessTokenFormat === 'opaque') return await store.findAccessToken(value)
  const jwt = parseJwt(value)
  return jwt !== undefined && enforce.tokenSignatureIsRight(jwt, [...Object.values(keys.signing), ...keys.retired])
    ? await enforce.recordOfJwt(jwt, store)
    : undefined
}

/** Whether a token has neither expired nor been revoked. */
export async function isActive(
  { enforce, store, clock }: Context,
  token: AccessToken | RefreshToken,
): Promise<boolean> {
  const grant = token.grantId === undefined ? undefined : await store.findGrant(token.grantId)
  return enforce.tokenIsCurrent(token, clock.now()) && enforce.tokenIsNotRevoked(token, grant)
}
