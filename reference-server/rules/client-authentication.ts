import { createHmac, timingSafeEqual } from 'node:crypto'
import { cwe } from '../../core/spec/cwe.ts'
import { oauth21 } from '../../core/spec/oauth21.ts'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { rfc7523 } from '../../core/spec/rfc7523.ts'
import { rfc8252 } from '../../core/spec/rfc8252.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { seconds } from '../clock.ts'
import { parseJwt, type ParsedJwt, signatureIsRight } from '../jwt.ts'
import type { SigningAlg } from '../keys.ts'
import type { AuthenticatingEndpoint, Client, ClientAuthMethod } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import type { Params, RawParams } from '../parameters.ts'
import { rule } from '../rule.ts'
import type { Store } from '../store.ts'

/** One way in which a request tried to say who it comes from. */
export interface Credentials {
  readonly method: ClientAuthMethod
  readonly clientId: string
  readonly secret?: string
  readonly assertion?: ParsedJwt
}

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** HTTP Basic: both parts were form-encoded before they were joined (RFC 6749 §2.3.1, Appendix B). */
export const basicCredentials = rule(
  [rfc6749.basicSupported, rfc6749.basicFormEncoded],
  (authorization: string): Credentials => {
    const [, encoded] = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization) ?? []
    const pair = encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8')
    const colon = pair?.indexOf(':') ?? -1
    if (pair === undefined || colon < 0)
      throw new OAuthError('invalid_client', 'the Authorization header is not HTTP Basic')
    return {
      method: 'client_secret_basic',
      clientId: formDecoded(pair.slice(0, colon)),
      secret: formDecoded(pair.slice(colon + 1)),
    }
  },
)

export const oneAuthMethod = rule([rfc6749.oneClientAuthMethod], (ways: readonly Credentials[]) => {
  if (ways.length > 1) throw new OAuthError('invalid_request', 'the client authenticates in more than one way')
})

/** One JWT, which is said to be one. */
export const receivedAssertion = rule(
  [rfc7523.assertionTypeNamed, rfc7523.singleAssertion],
  (type: string | undefined, value: string): ParsedJwt => {
    const assertion = parseJwt(value)
    if (assertion === undefined || type !== assertionType)
      throw new OAuthError('invalid_client', 'client_assertion is not a signed JWT of the stated type')
    return assertion
  },
)

/** The form's own credentials; `undefined` where it names no client at all. By what an assertion is signed is for its client to say. */
export function bodyCredentials(params: Params, read: typeof receivedAssertion.apply): Credentials | undefined {
  const clientId = params.get('client_id')
  const secret = params.get('client_secret')
  if (params.has('client_assertion') || params.has('client_assertion_type')) {
    const assertion = read(params.get('client_assertion_type'), params.get('client_assertion') ?? '')
    const subject = assertion.claims['sub']
    return { method: 'private_key_jwt', clientId: clientId ?? (typeof subject === 'string' ? subject : ''), assertion }
  }
  if (clientId === undefined) return undefined
  return secret === undefined ? { method: 'none', clientId } : { method: 'client_secret_post', clientId, secret }
}

/** The parameters in which credentials may stand: those of the form and no others. */
export const credentialsNotInUri = rule([rfc6749.credentialsNotInUri], (query: RawParams, form: Params): Params => {
  if (query.some(([name]) => name === 'client_secret' || name === 'client_assertion')) {
    throw new OAuthError('invalid_request', 'client credentials do not belong into the URI')
  }
  return form
})

/** A request that names no client comes from none, whatever else in it might lead to one. */
export const unnamedClient = rule(
  [rfc6749.publicClientNamed, rfc6749.refreshAuthenticated],
  async (_params: Params, _store: Store): Promise<Client | undefined> => undefined,
)

export const clientIsKnown = rule([rfc6749.invalidClient], (client: Client | undefined): Client => {
  if (client === undefined) throw new OAuthError('invalid_client', 'client authentication failed')
  return client
})

/** What the endpoint takes is what the metadata lists for it. */
export const authMethodIsSupported = rule(
  [
    rfc8414.tokenAuthMethods,
    rfc8414.revocationAuthMethods,
    rfc8414.introspectionAuthMethods,
    oauth21.secretInBody,
    oauth21.noSecretOfNativeApps,
  ],
  (method: ClientAuthMethod, supported: readonly ClientAuthMethod[], _at: AuthenticatingEndpoint) => {
    if (!supported.includes(method)) throw new OAuthError('invalid_client', 'client authentication failed')
  },
)

/** A client that has credentials does not get by with its name alone. That it must use the method which it registered is this server's choice. */
export const authMethodIsRegistered = rule(
  [
    rfc6749.clientIdIsNoProof,
    rfc6749.clientAuthenticatedIfPossible,
    rfc6749.clientAuthenticated,
    rfc6749.codeClientAuthenticated,
    rfc6749.passwordClientRequired,
    rfc6749.refreshAuthenticated,
    rfc6749.clientCredentialsAuthenticated,
    rfc7009.clientValidated,
    rfc8252.clientTypeRecorded,
    rfc9700.clientsAuthenticated,
    oauth21.oneClientType,
  ],
  (client: Client, credentials: Credentials) => {
    if (client.authMethod !== credentials.method) throw new OAuthError('invalid_client', 'client authentication failed')
  },
)

export const secretMatches = rule(
  [
    rfc6749.invalidClient,
    rfc6749.clientAuthenticated,
    rfc6749.codeClientAuthenticated,
    rfc6749.passwordClientAuthenticated,
    rfc6749.refreshAuthenticated,
    rfc6749.clientCredentialsAuthenticated,
    rfc7009.clientValidated,
  ],
  (client: Client, secret: string) => {
    if (client.secret === undefined || !sameText(client.secret, secret))
      throw new OAuthError('invalid_client', 'client authentication failed')
  },
)

/** What clients may sign their assertions with, and what with a secret. */
export const assertionAlgs: readonly SigningAlg[] = ['ES256', 'RS256']
export const assertionMacAlgs = ['HS256'] as const

export const assertionIsSigned = rule(
  [rfc7523.signed, rfc7523.otherwiseValid, rfc7523.invalidClient, rfc8414.signingAlgsSupported],
  (client: Client, assertion: ParsedJwt) => {
    const { alg, kid, crit } = assertion.header
    const supported = assertionAlgs.find((one) => one === alg)
    const keys = client.keys.filter((key) => kid === undefined || key['kid'] === kid)
    if (
      supported === undefined ||
      crit !== undefined ||
      !keys.some((key) => signatureIsRight(assertion, key, supported))
    ) {
      throw new OAuthError('invalid_client', 'the signature of client_assertion is wrong')
    }
  },
)

/** What the client shares with the server is the key as it is: its octets in UTF-8 (OpenID Connect Core §9). */
export const assertionHasMac = rule(
  [
    rfc7523.signed,
    rfc7523.otherwiseValid,
    rfc7523.invalidClient,
    rfc8414.signingAlgsSupported,
    oidcCore.assertionMacKey,
  ],
  ({ secret }: Client, { header, input, signature }: ParsedJwt) => {
    const isRight =
      secret !== undefined &&
      header['crit'] === undefined &&
      assertionMacAlgs.some((one) => one === header['alg']) &&
      sameText(macOf(input, secret), signature)
    if (!isRight) throw new OAuthError('invalid_client', 'the MAC of client_assertion is wrong')
  },
)

export const macOf = (input: string, secret: string | Buffer) =>
  createHmac('sha256', secret).update(input).digest('base64url')

export const assertionHasClaims = rule([oidcCore.assertionClaims], (assertion: ParsedJwt) => {
  const missing = ['iss', 'sub', 'aud', 'jti', 'exp'].find((name) => assertion.claims[name] === undefined)
  if (missing !== undefined) throw new OAuthError('invalid_client', `${missing} of client_assertion is missing`)
})

export const assertionNamesClient = rule([rfc7523.issuerAndSubject], (client: Client, assertion: ParsedJwt) => {
  const { iss, sub } = assertion.claims
  if (iss !== client.clientId || sub !== client.clientId)
    throw new OAuthError('invalid_client', 'iss and sub of client_assertion must both be the client_id')
})

/** The issuer, and nothing besides: an assertion for several servers could be used by one of them at another. */
export const assertionNamesServer = rule(
  [rfc7523.audience, oauth21.assertionAudience],
  (audiences: readonly string[], assertion: ParsedJwt) => {
    const { aud } = assertion.claims
    const named = Array.isArray(aud) ? (aud as unknown[]) : [aud]
    if (named.length === 0 || !named.every((one) => typeof one === 'string' && audiences.includes(one))) {
      throw new OAuthError('invalid_client', 'aud of client_assertion does not name this server')
    }
  },
)

export const assertionIsCurrent = rule([rfc7523.expiry], (assertion: ParsedJwt, now: number) => {
  const { exp } = assertion.claims
  if (typeof exp !== 'number' || exp <= seconds(now))
    throw new OAuthError('invalid_client', 'client_assertion has expired')
})

export const assertionHasBegun = rule([rfc7523.notBefore], (assertion: ParsedJwt, now: number) => {
  const { nbf } = assertion.claims
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf > seconds(now)))
    throw new OAuthError('invalid_client', 'client_assertion is not valid yet')
})

export const assertionIsFresh = rule(
  [oidcCore.assertionSingleUse, cwe.failuresHandled],
  async (client: Client, assertion: ParsedJwt, store: Store) => {
    const { jti, exp } = assertion.claims
    if (!(await store.rememberAssertion(client.clientId, String(jti), Number(exp) * 1000))) {
      throw new OAuthError('invalid_client', 'jti of client_assertion was used before')
    }
  },
)

/** Whoever authenticated is who asks: the name of another client beside that is nobody's word. */
export const clientThatAsks = rule(
  [rfc6749.codeBoundToClient, rfc6749.refreshBoundToClient, rfc7009.ownTokensOnly],
  async (client: Client, named: string, _at: AuthenticatingEndpoint, _store: Store): Promise<Client> => {
    if (named !== client.clientId)
      throw new OAuthError('invalid_request', 'client_id names another client than the one that authenticated')
    return client
  },
)

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (cause) {
    throw new OAuthError('invalid_client', 'the Authorization header is not form-encoded', { cause })
  }
}

/** Compares in constant time what has the same length; how long a secret is, is none. */
export function sameText(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)]
  return one.length === other.length && timingSafeEqual(one, other)
}
