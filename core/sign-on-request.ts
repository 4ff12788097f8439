/** A request for sign-on by SAML: a URL that is ready to be gone to, and what the answer to it must fit. */
export interface SignOnRequest {
  readonly url: string
  readonly id: string
  /** The entityID of the service provider that asks, and the place where it wants the response. */
  readonly provider: string
  readonly consumer: string
  readonly relayState: string
}

/** As a line, which the interpreter of k6 reads in less time than JSON. */
export const signOnLineOf = ({ url, id, provider, consumer, relayState }: SignOnRequest): string =>
  // No URL has a line in it: whoever goes there leaves these out.
  [...[id, provider, consumer, relayState].map(encodeURIComponent), url.replaceAll(/[\t\n\r]/g, '')].join('\t')

export function signOnRequestIn(line: string): SignOnRequest {
  const parts = line.split('\t')
  const part = (at: number) => decodeURIComponent(parts[at] ?? '')
  return { id: part(0), provider: part(1), consumer: part(2), relayState: part(3), url: parts[4] ?? '' }
}
