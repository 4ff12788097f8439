import type { Context } from './context.ts'
import { signJwt } from './jwt.ts'
import type { AccessToken, Client, Grant } from './model.ts'

/** Issues an access token and the part of the token response that describes it. */
export async function issueAccessToken(
  { enforce, store, clock, config, keys, issuer }: Context,
  of: { readonly client: Client; readonly sub: string; readonly scopes: readonly string[]; readonly grantId?: string },
) {
  const issuedAt = clock.now()
  const record: AccessToken = {
    id: enforce.newSecret(),
    clientId: of.client.clientId,
    sub: of.sub,
    scopes: of.scopes,
    ...(of.grantId !== undefined && { grantId: of.grantId }),
    issuedAt,
    expiresAt: issuedAt + config.lifetimes.accessToken * 1000,
  }
  await store.saveAccessToken(record)
  const token =
    config.accessTokenFormat === 'opaque'
      ? record.id
      : signJwt(enforce.joseHeader(keys.ES256, 'at+jwt'), enforce.accessTokenClaims(record, issuer), keys.ES256)
  return {
    token,
    response: {
      access_token: token,
      token_type: 'Bearer',
      expires_in: config.lifetimes.accessToken,
      scope: of.scopes.join(' '),
    },
  }
}

/** OpenID Connect Core §2 and §12.2. */
export function issueIdToken(
  { enforce, clock, config, keys, issuer }: Context,
  client: Client,
  grant: Grant,
  accessToken: string,
  occasion: { readonly nonce?: string; readonly refreshed?: boolean },
): string {
  const facts = {
    issuer,
    sub: grant.sub,
    clientId: client.clientId,
    now: clock.now(),
    lifetime: config.lifetimes.idToken,
    authTime: grant.authTime,
    accessToken,
    ...(occasion.nonce !== undefined && { nonce: occasion.nonce }),
  }
  const claims = {
    iss: enforce.idTokenIssuer(facts),
    sub: enforce.idTokenSubject(facts),
    aud: enforce.idTokenAudience(facts),
    ...enforce.idTokenTimes(facts),
    nonce: enforce.idTokenNonce(facts),
    at_hash: enforce.accessTokenHash(facts),
  }
  return enforce.signedIdToken(
    enforce.joseHeader(keys.RS256, 'JWT'),
    occasion.refreshed ? enforce.refreshedIdToken(claims) : claims,
    keys.RS256,
  )
}
