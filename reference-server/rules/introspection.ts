import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { seconds } from '../clock.ts'
import type { Claims } from '../jwt.ts'
import type { AccessToken, Client, ClientAuthMethod, RefreshToken } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import { rule } from '../rule.ts'
import type { Store } from '../store.ts'

/** The scope of a token that lets its bearer ask about others. */
export const introspectionScope = 'api:introspect'

/** A token that is good, and what there is to tell of it. */
export interface DescribedToken {
  readonly token: AccessToken | RefreshToken
  readonly issuer: string
  readonly sub: string | undefined
  readonly username: string | undefined
  /** Of an access token. */
  readonly audience: unknown
  /** What the token is called, where that is not the token itself. */
  readonly jti: string | undefined
}

/** The name of a public client is no secret, so it authorizes nobody. */
export const introspectionCaller = rule(
  [rfc7662.callerAuthorized, rfc7662.badCredentialsRefused],
  async (authenticate: () => Promise<Client>, methods: readonly ClientAuthMethod[]): Promise<Client> => {
    const client = await authenticate()
    if (!methods.includes(client.authMethod))
      throw new OAuthError('invalid_client', 'introspection needs an authenticated client')
    return client
  },
)

/** Who asks with a token of their own must have been given it for that. */
export const introspectionBearer = rule(
  [rfc7662.badBearerRefused],
  (token: AccessToken | undefined, isActive: boolean): AccessToken => {
    if (token === undefined || !isActive || !token.scopes.includes(introspectionScope))
      throw new OAuthError('invalid_token', 'the access token does not let its bearer introspect')
    return token
  },
)

/** A client may know of its own tokens, a resource server of those that are meant for it. Nobody else has any use for a token. */
export const callerMayKnow = rule(
  [rfc7662.callersSelected, rfc7662.hiddenTokenInactive],
  (caller: Client, { token, audience }: Pick<DescribedToken, 'token' | 'audience'>): boolean =>
    token.clientId === caller.clientId ||
    (caller.resource !== undefined && (Array.isArray(audience) ? audience : [audience]).includes(caller.resource)),
)

/** A hint is a shortcut, never a filter: every type is looked for, whatever it says. */
export const tokenTypesToDescribe = rule(
  [rfc7662.hintIsNoFilter],
  (_hint: string | undefined): readonly ('access_token' | 'refresh_token')[] => ['access_token', 'refresh_token'],
)

/** What is neither an access nor a refresh token is no token, whatever else the server knows it for. */
export const tokenOfAnotherKind = rule(
  [rfc7662.unknownTokenInactive],
  async (_value: string, _caller: Client, _store: Store): Promise<AccessToken | undefined> => undefined,
)

/** What the server finds out about a token, and tells of it where it is good. */
export interface Inquiry {
  readonly token: AccessToken | RefreshToken | undefined
  readonly described: DescribedToken | undefined
}

/** Whoever asks again is told how things are now: the token may have been revoked meanwhile. */
export const tokenIsLookedUp = rule(
  [rfc7662.revokedInactive, rfc7662.activeMember, rfc7009.revokedAtOnce],
  async (_value: string, _store: Store, inquire: () => Promise<Inquiry>): Promise<Inquiry> => await inquire(),
)

/** A refresh token that another one took the place of is as good as revoked. */
export const refreshTokenIsUnspent = rule([rfc7662.revokedInactive], (spent: boolean): boolean => !spent)

export const activeAnswer = rule(
  [
    rfc7662.activeMember,
    rfc7662.scopeMember,
    rfc7662.clientMember,
    rfc7662.usernameMember,
    rfc7662.tokenTypeMember,
    rfc7662.expiryMember,
    rfc7662.issuedAtMember,
    rfc7662.notBeforeMember,
    rfc7662.subjectMember,
    rfc7662.audienceMember,
    rfc7662.issuerMember,
    rfc7662.tokenIdMember,
  ],
  ({ token, issuer, sub, username, audience, jti }: DescribedToken): Claims => ({
    active: true,
    iss: issuer,
    client_id: token.clientId,
    sub,
    username,
    scope: token.scopes.join(' '),
    exp: seconds(token.expiresAt),
    ...('issuedAt' in token && {
      token_type: 'Bearer',
      aud: audience,
      jti,
      iat: seconds(token.issuedAt),
      nbf: seconds(token.issuedAt),
    }),
  }),
)

/** What is not active is not described: the caller could be guessing. */
export const inactiveAnswer = rule(
  [rfc7662.inactiveSaysNothing, rfc7662.unknownTokenInactive],
  (_token: AccessToken | RefreshToken | undefined): Claims => ({ active: false }),
)

export const introspectionHeaders = rule([rfc7662.answerIsJson], (): Readonly<Record<string, string>> => ({
  'content-type': 'application/json',
}))
