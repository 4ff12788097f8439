import { redirectParams } from '../../core/wire/form.ts'
import { Inapplicable, Untestable } from '../error.ts'
import type { ServiceProvider, Target, UserAccount } from '../target/target.ts'
import type { HttpClient, HttpResponse } from './http.ts'
import { describeArrival, responseOf } from './protocol-client.ts'
import { type IdpMetadata, requestIdpMetadata, signOnLocationOf, usableIdpMetadata } from './saml-metadata.ts'
import {
  authnRequest,
  type AuthnRequestOverrides,
  redirectQuery,
  type RedirectEncoding,
  urlWith,
} from './saml-request.ts'
import { readPostedResponse, readRedirectedResponse, type SamlResponse } from './saml-response.ts'
import type { Arrival, UserAgent } from './user-agent.ts'
import { MalformedXml } from './xml.ts'

/** What a sign-on came to. */
export interface SsoAnswer {
  /** The service provider that asked. */
  readonly provider: ServiceProvider
  readonly requestId: string
  readonly arrival: Exclude<Arrival, { readonly kind: 'stuck' }>
  /** What the person was shown on the way. */
  readonly pages: readonly HttpResponse[]
  /** The page whose form carries the response. */
  readonly carrier: HttpResponse | undefined
  /** Nothing where none came, or none that can be read; `unreadable` says why. */
  readonly response: SamlResponse | undefined
  readonly unreadable?: string
  /** Whether the identity provider publishes a key to judge signatures by. */
  readonly hasKeys: boolean
}

export interface SignOn extends AuthnRequestOverrides {
  readonly relayState?: string
  /** Signs the request with the private key that the target file has for the service provider. */
  readonly signed?: true
  readonly encoding?: Pick<RedirectEncoding, 'encode' | 'edit'>
}

/** A browser, and the last answer that brought it a response: a page that sends itself is gone before anybody looks at it. */
export interface WatchedBrowser {
  readonly agent: UserAgent
  readonly seen: { carrier: HttpResponse | undefined }
}

export function watchedBrowser(
  http: HttpClient,
  agentOver: (http: Pick<HttpClient, 'send' | 'load'>) => UserAgent,
): WatchedBrowser {
  const seen: WatchedBrowser['seen'] = { carrier: undefined }
  const agent = agentOver({
    send: async (request) => {
      const response = await http.send(request)
      // Of all others none is kept: there may be thousands of them, of a mebibyte each.
      if (carriesResponse(response)) seen.carrier = response
      return response
    },
    load: async (request) => await http.load(request),
  })
  return { agent, seen }
}

/** What a {@link SamlClient} acts with. */
export interface SamlClientParts {
  readonly target: Target
  readonly provider: ServiceProvider
  readonly user: UserAccount
  readonly http: HttpClient
  readonly browser: WatchedBrowser
  /** Milliseconds since the epoch, as the target's clock has it. */
  readonly now: () => number
}

/** A service provider of the target and the browser of a person, that can ask for sign-on rightly and wrongly. */
export class SamlClient {
  readonly provider: ServiceProvider
  readonly agent: UserAgent
  readonly now: () => number
  readonly #parts: SamlClientParts
  #metadata: Promise<IdpMetadata> | undefined

  constructor(parts: SamlClientParts) {
    this.provider = parts.provider
    this.agent = parts.browser.agent
    this.now = parts.now
    this.#parts = parts
  }

  /** Who signs in. */
  get person(): UserAccount {
    return this.#parts.user
  }

  /** The other service providers of the target file, in the same browser. */
  get others(): readonly SamlClient[] {
    const all = this.#parts.target.saml?.service_providers ?? []
    return all
      .filter(({ entity_id: id }) => id !== this.provider.entity_id)
      .map((provider) => new SamlClient({ ...this.#parts, provider }))
  }

  /** One of them; without any the unit cannot judge. */
  get other(): SamlClient {
    const [first] = this.others
    if (first === undefined)
      throw new Untestable('it needs a second service provider; add one under saml.service_providers')
    return first
  }

  async fetchMetadata(): Promise<HttpResponse> {
    const { target, http } = this.#parts
    const url = target.saml?.metadata_url
    if (url === undefined) throw new Untestable('the target file names no identity provider; add one under saml')
    return await requestIdpMetadata(url, http)
  }

  /** The metadata, fetched once. */
  async metadata(): Promise<IdpMetadata> {
    this.#metadata ??= this.fetchMetadata().then(usableIdpMetadata)
    return await this.#metadata
  }

  /**
   * Takes a person from an AuthnRequest by HTTP-Redirect, right or wrong, to where the identity provider sends the browser.
   * Where the sign-in does not end the unit cannot judge.
   */
  async signOn(overrides: SignOn = {}): Promise<SsoAnswer> {
    const { relayState, signed, encoding } = overrides
    const destination = await this.signOnLocation()
    const { provider } = this
    const right = { issuer: provider.entity_id, destination, consumer: provider.acs_url, now: this.now() }
    const { id, xml } = authnRequest(right, overrides)
    const key = signed === undefined ? {} : { key: this.#signingKey() }
    const query = redirectQuery(xml, { relayState, ...key, ...encoding })
    const pages: HttpResponse[] = []
    this.#parts.browser.seen.carrier = undefined
    const arrival = await this.agent.arrive(urlWith(destination, query), {
      stopAt: [provider.acs_url, ...(provider.other_acs_urls ?? [])],
      onPage: (page) => void pages.push(page),
      person: this.person,
    })
    if (arrival.kind === 'stuck') throw new Untestable(arrival.because)
    return await this.#read(id, arrival, pages)
  }

  async signOnLocation(): Promise<string> {
    return signOnLocationOf(await this.metadata())
  }

  #signingKey() {
    const { private_key: key, entity_id: id } = this.provider
    if (key === undefined) throw new Inapplicable(`the target file has no private_key for the service provider ${id}`)
    return key
  }

  async #read(requestId: string, arrival: SsoAnswer['arrival'], pages: readonly HttpResponse[]): Promise<SsoAnswer> {
    const { signingKeys: keys } = await this.metadata()
    const { provider } = this
    const answer = {
      provider,
      requestId,
      arrival,
      pages: pages.filter((page) => !carriesResponse(page)),
      carrier: this.#parts.browser.seen.carrier,
      hasKeys: keys.length > 0,
    }
    const value = samlResponseIn(arrival)
    if (value === undefined) return { ...answer, response: undefined }
    try {
      const read = arrival.kind === 'redirect' ? readRedirectedResponse : readPostedResponse
      return { ...answer, response: await read(value, keys) }
    } catch (error) {
      if (error instanceof MalformedXml) return { ...answer, response: undefined, unreadable: error.message }
      throw error
    }
  }
}

const carriesResponse = ({ body }: HttpResponse) => /\bname\s*=\s*["']?SAML[-_]?Response\b/i.test(body)

function samlResponseIn(arrival: SsoAnswer['arrival']): string | undefined {
  if (arrival.kind === 'redirect') return new Map(redirectParams(arrival.location).query).get('SAMLResponse')
  return responseOf(arrival).get('SAMLResponse')
}

/** Where the browser was sent: the endpoint of the response, without its parameters. */
export function sentTo({ arrival }: SsoAnswer): string | undefined {
  switch (arrival.kind) {
    case 'form_post':
      return arrival.action
    case 'redirect':
      return arrival.location
    case 'page':
      return undefined
  }
}

/** Where a sign-on ended, in words that hold nothing of an assertion. */
export function describeSso(answer: SsoAnswer): string {
  const { arrival, response, unreadable } = answer
  const to = sentTo(answer)?.replace(/[?#].*$/s, '')
  if (unreadable !== undefined) return `a SAMLResponse for ${to} that cannot be read: ${unreadable}`
  if (response === undefined) return describeArrival(arrival)
  const status = response.status.map((code) => code.replace(/^.*:/s, '').slice(0, 80)).join(' and ')
  const how = arrival.kind === 'redirect' ? ' by redirect' : ''
  return `a response${how} to ${to} with the status ${status === '' ? 'missing' : status} and ${response.assertions.length} assertions`
}
