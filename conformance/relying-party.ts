import { importJWK, type JWK } from 'jose'
import * as openid from 'openid-client'
import type { Requirement } from '../core/spec/document.ts'
import { oidcCore } from '../core/spec/oidc-core.ts'
import { rfc6749 } from '../core/spec/rfc6749.ts'
import { rfc7662 } from '../core/spec/rfc7662.ts'
import { Broken } from '../harness/breach.ts'
import { NoAnswer } from '../harness/client/http.ts'
import { describeArrival, type ProtocolClient } from '../harness/client/protocol-client.ts'
import { Untestable } from '../harness/error.ts'
import type { Expect } from '../harness/expect.ts'
import { printable } from '../harness/printable.ts'

/** openid-client as this client of the target. What it sends goes through the harness, so it is recorded like all else. */
export async function relyingParty(client: ProtocolClient): Promise<openid.Configuration> {
  const { account, target } = client
  const skew = Math.round((client.now() - Date.now()) / 1000)
  const auth = await authenticationOf(client)
  // openid-client trusts no member to be what it should: it looks at each when it uses it.
  const metadata = target.metadata as openid.ServerMetadata
  const config = new openid.Configuration(metadata, account.client_id, { [openid.clockSkew]: skew }, auth)
  openid.allowInsecureRequests(config)
  openid.enableNonRepudiationChecks(config)
  config[openid.customFetch] = async (url, { method, headers, body }) => {
    const sent = body === null || body === undefined ? {} : { body: textOf(body) }
    const response = await client.send({ method, url, headers: Object.entries(headers), ...sent })
    if (response.status < 200 || response.status > 599)
      throw new NoAnswer(`the server answered with status ${response.status}`)
    const hasBody = ![204, 205, 304].includes(response.status)
    return new Response(hasBody ? response.body : null, {
      status: response.status,
      headers: headersOf(response.headers),
    })
  }
  return config
}

function textOf(body: NonNullable<openid.FetchBody>): string {
  if (typeof body === 'string' || body instanceof URLSearchParams) return body.toString()
  throw new TypeError('openid-client sent a body that is no form')
}

/** A value that Node's own headers refuse is left out: openid-client reads nothing of the kind. */
function headersOf(pairs: readonly (readonly [name: string, value: string])[]): Headers {
  const headers = new Headers()
  for (const [name, value] of pairs) {
    if (/^[\w!#$%&'*+.^`|~-]+$/.test(name) && !/[\0\r\n]/.test(value)) headers.append(name, value)
  }
  return headers
}

async function authenticationOf(client: ProtocolClient): Promise<openid.ClientAuth> {
  const { token_endpoint_auth_method: method, private_key: privateKey } = client.account
  switch (method) {
    case 'client_secret_basic':
      return openid.ClientSecretBasic(client.secret)
    case 'client_secret_post':
      return openid.ClientSecretPost(client.secret)
    case 'client_secret_jwt':
      return openid.ClientSecretJwt(client.secret)
    case 'none':
      return openid.None()
    case 'private_key_jwt': {
      if (privateKey === undefined) throw new Untestable(`the client ${client.account.client_id} has no private_key`)
      const jwk = JSON.parse(privateKey.reveal()) as JWK
      const key = await importJWK(jwk, jwk.alg ?? (jwk.kty === 'RSA' ? 'RS256' : 'ES256'))
      if (key instanceof Uint8Array) throw new Untestable(`the private_key of ${client.account.client_id} is symmetric`)
      return openid.PrivateKeyJwt({ key, ...(jwk.kid !== undefined && { kid: jwk.kid }) })
    }
  }
}

/** Takes the relying party and the person through the code flow with PKCE. */
export async function completeCodeFlow(
  client: ProtocolClient,
  config: openid.Configuration,
  expect: Expect,
  parameters: Readonly<Record<string, string>>,
) {
  const verifier = openid.randomPKCECodeVerifier()
  const state = openid.randomState()
  const nonce = parameters['scope']?.split(' ').includes('openid') ? openid.randomNonce() : undefined
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: client.redirectUri,
    state,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(nonce !== undefined && { nonce }),
    ...parameters,
  })
  const arrival = await client.agent.arrive(url.href, { ...(client.user && { person: client.user }) })
  if (arrival.kind !== 'redirect' || !URL.canParse(arrival.location)) {
    throw new Untestable(`no code came by redirect: ${describeArrival(arrival)}`)
  }
  const location = new URL(arrival.location)
  return await completes(
    expect,
    rfc6749.tokenResponse,
    async () =>
      await openid.authorizationCodeGrant(config, location, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        ...(nonce !== undefined && { expectedNonce: nonce, idTokenExpected: true }),
      }),
  )
}

/**
 * One step of a flow. Where openid-client gives up, that is a breach of the requirement behind its reason; where the
 * server refused, or answered in a form that is none, of `owed`. A reason that no requirement stands behind leaves the
 * unit unable to judge.
 */
export async function completes<T>(expect: Expect, owed: Requirement, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    const causes = causesOf(error)
    const unanswered = causes.find((cause) => cause instanceof NoAnswer)
    if (unanswered !== undefined) throw unanswered
    const reason = causes.map(reasonOf).find((text) => text !== undefined)
    if (reason === undefined) throw unforeseen(error) ?? error
    const requirement =
      reasons.find(([pattern]) => pattern.test(reason))?.[1] ?? (refusals.test(reason) ? owed : undefined)
    if (requirement === undefined) throw new Untestable(`openid-client gave up: ${reason}`)
    const violation = refusals.test(reason) ? 'refused' : 'wrong-value'
    expect.that(
      false,
      { violation, expected: 'an answer that openid-client takes', actual: `openid-client: ${reason}` },
      requirement,
    )
    throw new Broken('openid-client gave up')
  }
}

/** What openid-client came to grief on and has no words for: an answer that goes too deep, for one. */
const unforeseen = (error: unknown) =>
  error instanceof openid.ClientError && error.cause instanceof Error
    ? new Untestable(`openid-client could not cope with the answer: ${printable(error.cause.message)}`)
    : undefined

/** What stands behind the words in which openid-client gives up; the first that fits counts. */
const reasons: readonly (readonly [pattern: RegExp, requirement: Requirement])[] = [
  [/response parameter "state"|"state" response parameter/, rfc6749.stateReturned],
  [/JWT "iss"/, oidcCore.idTokenIssuer],
  [/(?:JWT|ID Token) "(?:aud|azp)"/, oidcCore.idTokenAudience],
  [/ID Token "nonce"|JWT "nonce"/, oidcCore.idTokenNonce],
  [/JWT "exp"/, oidcCore.idTokenExpiry],
  [/JWT "iat"/, oidcCore.idTokenIssuedAt],
  [/JWT "sub"/, oidcCore.idTokenSubject],
  [/JWT "alg" header parameter/, oidcCore.idTokenNotUnsecured],
  [/JWT signature verification|JWT verification key|Invalid JWT/, oidcCore.idTokenSigned],
  [/"response" body "id_token"/, oidcCore.tokenIdToken],
  [/"response" body "expires_in"/, rfc6749.tokenExpiry],
  [/unexpected "response" body "sub"/, oidcCore.userinfoSameSubject],
  [/"response" body "sub"/, oidcCore.userinfoSubject],
  [/"response" body "active"/, rfc7662.activeMember],
]

/** Refusals, and answers that are no answer of the endpoint at all. */
const refusals =
  /^error |authorization response|unexpected HTTP|content-type|body as JSON|top level object|"response" body/

const causesOf = (error: unknown): readonly unknown[] =>
  error instanceof Error ? [...causesOf(error.cause), error] : []

/** The words of openid-client and its kernel: they name parameters and claims, never values. */
function reasonOf(error: unknown): string | undefined {
  if (
    !(error instanceof Error) ||
    !('code' in error) ||
    typeof error.code !== 'string' ||
    !error.code.startsWith('OAUTH_')
  )
    return undefined
  if (error instanceof openid.ResponseBodyError) return `error ${printable(error.error, 80)}`
  if (error instanceof openid.WWWAuthenticateChallengeError)
    return `error ${printable(error.cause.map(({ parameters }) => parameters.error ?? 'without a code').join(', '), 80)}`
  return printable(error.message)
}
