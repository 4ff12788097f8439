import type { Context } from './context.ts'
import type { AccessToken, Client, Grant } from './model.ts'

/** Issues an access token and the part of the token response that describes it. */
export async function issueAccessToken(
  { enforce, store, clock, config, keys, issuer }: Context,
  of: {
    readonly client: Client
    readonly sub: string
    readonly scopes: readonly string[]
    /** The scope as it was asked for; absent where none was. */
    readonly asked?: string | undefined
    readonly grantId?: string
    /** Of a person, in seconds since the epoch. */
    readonly authTime?: number
  },
) {
  const issuedAt = clock.now()
  const lifetime = enforce.accessTokenLifetime(config.lifetimes.accessToken)
  const key = keys.signing[config.accessTokenAlg]
  const record: AccessToken = {
    id: enforce.newSecret('access token'),
    clientId: of.client.clientId,
    sub: of.sub,
    scopes: of.scopes,
    grantId: of.grantId,
    authTime: of.authTime,
    issuedAt,
    expiresAt: issuedAt + lifetime * 1000,
  }
  await store.saveAccessToken(record)
  const token =
    config.accessTokenFormat === 'opaque'
      ? record.id
      : enforce.signedAccessToken(
          enforce.accessTokenHeader(key, record),
          enforce.accessTokenClaims(
            record,
            issuer,
            enforce.accessTokenSubject(record),
            enforce.accessTokenAudience(record, issuer),
          ),
          key,
        )
  const scope = of.scopes.join(' ')
  return {
    token,
    response: {
      access_token: token,
      token_type: 'Bearer',
      expires_in: lifetime,
      ...((config.scopeIsTold === 'always' || scope !== of.asked) && { scope }),
    },
  }
}

/** OpenID Connect Core §2 and §12.2. */
export function issueIdToken(
  { enforce, clock, config, keys, issuer }: Context,
  client: Client,
  grant: Grant,
  accessToken: string,
  occasion: { readonly nonce?: string | undefined; readonly maxAgeAsked?: boolean; readonly refreshed?: boolean },
): string {
  const facts = {
    issuer,
    sub: grant.sub,
    clientId: client.clientId,
    now: clock.now(),
    lifetime: config.lifetimes.idToken,
    authTime: grant.authTime,
    maxAgeAsked: occasion.maxAgeAsked ?? false,
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
  const key = keys.signing[config.idTokenAlg]
  return enforce.signedIdToken(
    enforce.joseHeader(key, 'JWT'),
    occasion.refreshed ? enforce.refreshedIdToken(claims) : claims,
    key,
  )
}
