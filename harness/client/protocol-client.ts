import { createHash, randomBytes } from 'node:crypto'
import { basicCredentials } from '../../core/wire/basic.ts'
import { encodeForm, type Params, redirectParams, withQuery } from '../../core/wire/form.ts'
import { Untestable } from '../error.ts'
import { stringsMember } from '../target/metadata.ts'
import type { ClientAccount, ClientAuthMethod, Target, UserAccount } from '../target/target.ts'
import { signedAssertion, type AssertionOverrides } from './assertion.ts'
import { type Management, managementOf, type RegistrationRequest, registrationMessage } from './registration.ts'
import { headerOf, type HttpClient, type HttpRequest, type HttpResponse, objectOf, type PostRequest } from './http.ts'
import type { Arrival, Journey, UserAgent } from './user-agent.ts'

/** A code on its way to be redeemed, with what the token request must repeat. */
export interface IssuedCode {
  readonly value: string
  readonly redirectUri: string
  readonly verifier: string
  /** The parameters of the response that carried it. */
  readonly response: ReadonlyMap<string, string>
}

/** The tokens of a grant, as the token response had them. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string | undefined
  readonly idToken: string | undefined
  readonly scope: string | undefined
  readonly body: Readonly<Record<string, unknown>>
}

export interface DirectRequest {
  readonly params?: Params
  readonly headers?: HttpRequest['headers']
  /** How the client authenticates; its registered method unless said otherwise. */
  readonly auth?: ClientAuthMethod | 'nothing at all'
  /** Members of the client assertion that differ from the right ones. */
  readonly assertion?: AssertionOverrides
}

/** How the browser goes through an authorization request; by GET, agreeing to everything, unless said otherwise. */
export interface AuthorizationJourney extends Omit<Journey, 'person'> {
  readonly method?: 'GET' | 'POST'
}

/** What a {@link ProtocolClient} acts with. */
export interface ProtocolClientParts {
  readonly target: Target
  readonly account: ClientAccount
  readonly user: UserAccount | undefined
  readonly http: HttpClient
  readonly agent: UserAgent
  /** Milliseconds since the epoch, as the target's clock has it. */
  readonly now: () => number
}

/**
 * A client of the target that can do everything right and everything wrong. Each verb sends the right request;
 * parameters given to it replace, repeat (a list) or remove (`undefined`) those that it would send.
 */
export class ProtocolClient {
  readonly target: Target
  readonly account: ClientAccount
  readonly user: UserAccount | undefined
  readonly agent: UserAgent
  readonly now: () => number
  readonly #http: HttpClient

  constructor(parts: ProtocolClientParts) {
    this.target = parts.target
    this.account = parts.account
    this.user = parts.user
    this.agent = parts.agent
    this.now = parts.now
    this.#http = parts.http
  }

  /** Another client of the target, in the same browser. */
  as(account: ClientAccount): ProtocolClient {
    const { target, user, agent, now } = this
    return new ProtocolClient({ target, account, user, agent, now, http: this.#http })
  }

  get redirectUri(): string {
    const [first] = this.account.redirect_uris
    if (first === undefined) throw new Untestable(`the client ${this.account.client_id} has no redirect_uris`)
    return first
  }

  /** The endpoint's URL as the metadata has it. */
  endpoint(name: string): string {
    const url = this.target.metadata[name]
    if (typeof url !== 'string') throw new Untestable(`the metadata has no ${name}`)
    return url
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    return await this.#http.send(request)
  }

  /** The parameters of a right authorization request, PKCE included, and the verifier that belongs to them. */
  authorizationParams(overrides: Params = {}): { readonly params: Params; readonly verifier: string } {
    const verifier = randomVerifier()
    const openid = this.target.capabilities.has('openid')
    return {
      verifier,
      params: {
        response_type: 'code',
        client_id: this.account.client_id,
        redirect_uri: this.redirectUri,
        scope: openid ? 'openid' : this.account.scope,
        state: randomBytes(16).toString('base64url'),
        ...(openid && { nonce: randomBytes(16).toString('base64url') }),
        code_challenge: challengeOf(verifier),
        code_challenge_method: 'S256',
        ...overrides,
      },
    }
  }

  /** Carries the person from an authorization request to where the server sends the browser. */
  async requestAuthorization(overrides: Params = {}, journey: AuthorizationJourney = {}): Promise<Arrival> {
    const { params } = this.authorizationParams(overrides)
    return await this.travel(params, journey)
  }

  /** Arranges a code; without one the unit cannot judge. */
  async authorize(overrides: Params = {}): Promise<IssuedCode> {
    const { params, verifier } = this.authorizationParams(overrides)
    const arrival = await this.travel(params)
    const response = responseOf(arrival)
    const value = response.get('code')
    if (value === undefined) throw new Untestable(`no code could be had: ${describeArrival(arrival)}`)
    const redirectUri = params['redirect_uri']
    return { value, verifier, response, redirectUri: typeof redirectUri === 'string' ? redirectUri : this.redirectUri }
  }

  async redeem(code: IssuedCode, overrides: Params = {}, direct: DirectRequest = {}): Promise<HttpResponse> {
    const params = {
      grant_type: 'authorization_code',
      code: code.value,
      redirect_uri: code.redirectUri,
      code_verifier: code.verifier,
      ...overrides,
    }
    return await this.direct('token_endpoint', { ...direct, params })
  }

  /** Arranges a grant: authorizes, redeems, and hands over the tokens. */
  async grant(overrides: Params = {}): Promise<Tokens> {
    return this.tokensOf(await this.redeem(await this.authorize(overrides)))
  }

  /**
   * What asks for a refresh token as OpenID Connect has it. A server that lists its scopes without that one gives refresh
   * tokens for the asking, or none.
   */
  get offline(): { readonly scope?: string; readonly prompt?: string } {
    const { capabilities, metadata } = this.target
    const listed = stringsMember(metadata, 'scopes_supported') ?? ['offline_access']
    const isKnown = capabilities.has('openid') && listed.includes('offline_access')
    return isKnown ? { scope: 'openid offline_access', prompt: 'consent' } : {}
  }

  /** The scope that is asked for with a refresh token; nothing where the server is left to choose one. */
  get offlineScope(): string | undefined {
    const { scope } = this.authorizationParams(this.offline).params
    return typeof scope === 'string' ? scope : undefined
  }

  /** Arranges a code that brings a refresh token. */
  async authorizeOffline(overrides: Params = {}): Promise<IssuedCode> {
    return await this.authorize({ ...this.offline, ...overrides })
  }

  /** Arranges a grant that has a refresh token. */
  async offlineGrant(overrides: Params = {}): Promise<Tokens & { readonly refreshToken: string }> {
    const tokens = this.tokensOf(await this.redeem(await this.authorizeOffline(overrides)))
    const { refreshToken } = tokens
    if (refreshToken === undefined) throw new Untestable('the server issued no refresh token')
    return { ...tokens, refreshToken }
  }

  /** The tokens of a token response; a response without them leaves the unit unable to judge. */
  tokensOf(response: HttpResponse): Tokens {
    const body = objectOf(response)
    // An empty text is no token (RFC 6749 A.12, A.17).
    const text = (name: string) => (typeof body?.[name] === 'string' && body[name] !== '' ? body[name] : undefined)
    const accessToken = text('access_token')
    if (response.status !== 200 || body === undefined || accessToken === undefined) {
      const otherwise = accessToken === undefined ? 'no access_token' : 'a token, and owes 200'
      const what = text('error') ?? (response.truncated ? 'more than 1 MiB' : otherwise)
      throw new Untestable(`no token could be had: the token endpoint answered ${response.status} with ${what}`)
    }
    return { accessToken, refreshToken: text('refresh_token'), idToken: text('id_token'), scope: text('scope'), body }
  }

  async refresh(refreshToken: string, overrides: Params = {}, direct: DirectRequest = {}): Promise<HttpResponse> {
    return await this.direct('token_endpoint', {
      ...direct,
      params: { grant_type: 'refresh_token', refresh_token: refreshToken, ...overrides },
    })
  }

  async clientCredentials(overrides: Params = {}, direct: DirectRequest = {}): Promise<HttpResponse> {
    return await this.direct('token_endpoint', {
      ...direct,
      params: { grant_type: 'client_credentials', ...overrides },
    })
  }

  async introspect(token: string, overrides: Params = {}, direct: DirectRequest = {}): Promise<HttpResponse> {
    return await this.direct('introspection_endpoint', { ...direct, params: { token, ...overrides } })
  }

  async revoke(token: string, overrides: Params = {}, direct: DirectRequest = {}): Promise<HttpResponse> {
    return await this.direct('revocation_endpoint', { ...direct, params: { token, ...overrides } })
  }

  async userinfo(
    accessToken: string | undefined,
    request: { readonly method?: 'GET' | 'POST'; readonly headers?: HttpRequest['headers'] } = {},
  ): Promise<HttpResponse> {
    const { method = 'GET' } = request
    return await this.send({
      method,
      url: this.endpoint('userinfo_endpoint'),
      headers: [
        ...(accessToken === undefined ? [] : [['authorization', `Bearer ${accessToken}`] as const]),
        ...(request.headers ?? []),
      ],
    })
  }

  async metadata(): Promise<HttpResponse> {
    return await this.send({ method: 'GET', url: this.target.metadataUrl })
  }

  async jwks(): Promise<HttpResponse> {
    return await this.send({ method: 'GET', url: this.endpoint('jwks_uri') })
  }

  /** Registers a client (RFC 7591 §3.1), with the initial access token of the target file or another bearer token, or with none. */
  async register(metadata: unknown, request: RegistrationRequest = {}): Promise<HttpResponse> {
    return await this.send({
      method: 'POST',
      url: this.endpoint('registration_endpoint'),
      ...registrationMessage(metadata, {
        token: this.target.registration?.initial_access_token?.reveal(),
        ...request,
      }),
    })
  }

  /** Asks for what is registered (RFC 7592 §2.1). */
  async readRegistration({ uri, token }: Management, request: RegistrationRequest = {}): Promise<HttpResponse> {
    return await this.send({ method: 'GET', url: uri, ...registrationMessage(undefined, { token, ...request }) })
  }

  /** Replaces what is registered (RFC 7592 §2.2). */
  async updateRegistration(
    { uri, token }: Management,
    metadata: unknown,
    request: RegistrationRequest = {},
  ): Promise<HttpResponse> {
    return await this.send({ method: 'PUT', url: uri, ...registrationMessage(metadata, { token, ...request }) })
  }

  /** Asks for a registration to be removed (RFC 7592 §2.3). */
  async deleteRegistration({ uri, token }: Management, request: RegistrationRequest = {}): Promise<HttpResponse> {
    return await this.send({ method: 'DELETE', url: uri, ...registrationMessage(undefined, { token, ...request }) })
  }

  /** Removes what a registration made, where its answer says how and stays at the server that gave it. */
  async unregister(registration: HttpResponse): Promise<void> {
    const management = managementOf(registration, this.endpoint('registration_endpoint'))
    if (management !== undefined) await this.deleteRegistration(management)
  }

  /** A request that the client makes itself, as a form, authenticated. */
  async direct(endpoint: string, request: DirectRequest): Promise<HttpResponse> {
    return await this.send(await this.directRequest(endpoint, request))
  }

  /** What {@link direct} sends. */
  async directRequest(endpoint: string, request: DirectRequest): Promise<PostRequest> {
    const url = this.endpoint(endpoint)
    const { headers, params } = await this.authentication(request)
    return {
      method: 'POST',
      url,
      headers: [
        ['content-type', 'application/x-www-form-urlencoded'],
        ['accept', 'application/json'],
        ...headers,
        ...(request.headers ?? []),
      ],
      body: encodeForm({ ...params, ...request.params }),
    }
  }

  /** Sends requests, its own or those of others, so that they land together: {@link HttpClient.volley}. */
  async volley(requests: readonly PostRequest[], stagger?: readonly number[]) {
    return await this.#http.volley(requests, stagger)
  }

  /** The account's secret in clear: for requests that put it where it does not belong. */
  get secret(): string {
    const { client_secret: secret, client_id: id } = this.account
    if (secret === undefined) throw new Untestable(`the client ${id} has no client_secret`)
    return secret.reveal()
  }

  /** What the client shows to say who it is: headers, and parameters of the form. */
  async authentication(
    request: DirectRequest = {},
  ): Promise<{ readonly headers: readonly (readonly [string, string])[]; readonly params: Params }> {
    const { account } = this
    const method = request.auth ?? account.token_endpoint_auth_method
    switch (method) {
      case 'client_secret_basic':
        return { headers: [['authorization', basicCredentials(account.client_id, this.secret, base64)]], params: {} }
      case 'client_secret_post':
        return { headers: [], params: { client_id: account.client_id, client_secret: this.secret } }
      case 'client_secret_jwt':
      case 'private_key_jwt':
        return {
          headers: [],
          params: {
            client_id: account.client_id,
            client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
            client_assertion: await signedAssertion(this, request.assertion ?? {}),
          },
        }
      case 'none':
        return { headers: [], params: { client_id: account.client_id } }
      case 'nothing at all':
        return { headers: [], params: {} }
    }
  }

  /** Takes an authorization request, right or wrong, to its end, in the client's own browser or another one. */
  async travel(params: Params, journey: AuthorizationJourney = {}, agent: UserAgent = this.agent): Promise<Arrival> {
    const { method, ...rest } = journey
    const endpoint = this.endpoint('authorization_endpoint')
    const start =
      method === 'POST'
        ? { url: endpoint, method: 'POST' as const, form: encodeForm(params) }
        : withQuery(endpoint, params)
    const stopAt = [...this.account.redirect_uris, ...[params['redirect_uri'] ?? []].flat()]
    return await agent.arrive(start, { stopAt, ...rest, ...(this.user && { person: this.user }) })
  }
}

/** A verifier as RFC 7636 §4.1 recommends it. */
export const randomVerifier = () => randomBytes(32).toString('base64url')

export const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url')

export const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64')

/** The parameters of an authorization response, wherever it carries them; the first of each. */
export function responseOf(arrival: Arrival): ReadonlyMap<string, string> {
  if (arrival.kind === 'form_post') return new Map(arrival.params.toReversed())
  if (arrival.kind !== 'redirect') return new Map()
  const { query, fragment } = redirectParams(arrival.location)
  return new Map([...query, ...fragment].toReversed())
}

/** Where an authorization request ended, in words that hold no secret. */
export function describeArrival(arrival: Arrival): string {
  switch (arrival.kind) {
    case 'redirect':
    case 'form_post': {
      const params = responseOf(arrival)
      const to = (arrival.kind === 'redirect' ? arrival.location : arrival.action).replace(/[?#].*$/s, '')
      const what = params.has('error')
        ? `error=${params.get('error')}`
        : params.has('code')
          ? 'a code'
          : params.has('access_token')
            ? 'an access token'
            : 'neither a code nor an error'
      return `a redirect to ${to} with ${what}`
    }
    case 'page':
      return `a page with status ${arrival.status}${headerOf(arrival.response, 'content-type')?.includes('html') ? '' : ' that is not HTML'}`
    case 'stuck':
      return arrival.because
  }
}
