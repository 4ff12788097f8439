/** What a response to a request for sign-on by SAML must fit. */
export interface SignOnAsked {
  readonly id: string
  /** The entityID of the service provider that asks, and the place where it wants the response. */
  readonly provider: string
  readonly consumer: string
  readonly relayState: string
}

/** A request that is ready to be gone to. */
export interface SignOnRequest extends SignOnAsked {
  readonly url: string
}

/** As a line, which the interpreter of k6 reads in less time than JSON. */
export const signOnLineOf = ({ url, id, provider, consumer, relayState }: SignOnRequest): string =>
  // No URL has a line in it: whoever goes there leaves these out.
  [url.replaceAll(/[\t\n\r]/g, ''), ...[id, provider, consumer, relayState].map(encodeURIComponent)].join('\t')

/** Where such a line leads, and what stands behind that. */
export const signOnUrlIn = (line: string): string => line.slice(0, line.indexOf('\t'))
export const signOnAskedIn = (line: string): string => line.slice(line.indexOf('\t') + 1)

/** What is asked for, of the parts of what stands behind a URL. */
export const signOnAskedOf = ([
  id = '',
  provider = '',
  consumer = '',
  relayState = '',
]: readonly string[]): SignOnAsked => ({
  id: decodeURIComponent(id),
  provider: decodeURIComponent(provider),
  consumer: decodeURIComponent(consumer),
  relayState: decodeURIComponent(relayState),
})
