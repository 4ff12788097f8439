import { headerOf, type HttpResponse } from './http.ts'

/** One request of a browser for a page. */
export interface Hop {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly body?: string
  /** The page that the request came from. */
  readonly from?: string
}

type Headers = readonly (readonly [name: string, value: string])[]

/** What a browser's own navigation says of itself: some servers answer anything else with JSON. `more` goes before it. */
export function navigationHeaders(
  { method, from }: Hop,
  more: Readonly<Record<string, string>>,
  cookie: string,
): Headers {
  const posted: Headers =
    method === 'POST'
      ? [
          ['content-type', 'application/x-www-form-urlencoded'],
          ['origin', from === undefined ? 'null' : new URL(from).origin],
        ]
      : []
  const own: Headers = [
    ['user-agent', 'Mozilla/5.0 (compatible; Assay)'],
    ['accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
    ['accept-language', 'en'],
    ['sec-fetch-dest', 'document'],
    ['sec-fetch-mode', 'navigate'],
    ['sec-fetch-site', from !== undefined ? 'same-origin' : method === 'POST' ? 'cross-site' : 'none'],
    ['sec-fetch-user', '?1'],
    ['upgrade-insecure-requests', '1'],
    ...posted,
    ...(from === undefined ? [] : [['referer', from.replace(/#.*$/s, '')] as const]),
    ...(cookie === '' ? [] : [['cookie', cookie] as const]),
  ]
  return withHeaders(own, more)
}

/** Headers with others in their place or beside them. */
export function withHeaders(own: Headers, more: Readonly<Record<string, string>>): Headers {
  const named = new Set(Object.keys(more).map((name) => name.toLowerCase()))
  return [...own.filter(([name]) => !named.has(name.toLowerCase())), ...Object.entries(more)]
}

const redirecting: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** The Location that a browser would follow: with any other status it is a page's header like others. */
export function redirectOf(response: HttpResponse): string | undefined {
  const location = headerOf(response, 'location')
  return redirecting.has(response.status) && location !== '' ? location : undefined
}

/** What a redirect makes of the request that it answers: 307 and 308 repeat it, the others ask for a page. */
export function redirected({ from, ...hop }: Hop, to: URL, status: number): Hop {
  const repeats = hop.method === 'GET' || status === 307 || status === 308
  const next: Hop = repeats ? { ...hop, url: to.href } : { url: to.href, method: 'GET' }
  return from === undefined ? next : { ...next, from }
}

/** Tells the server's own pages from everywhere else. */
export interface Territory {
  readonly origins: ReadonlySet<string>
  /** URIs that are a client's although they may lie at one of these origins. */
  readonly stopAt: readonly string[]
}

/** Where a reference leads within the server; nothing where it leads away, or where no browser could follow it. */
export function within({ origins, stopAt }: Territory, reference: string, base: string): URL | undefined {
  const url = resolve(reference, base)
  if (url === undefined || !origins.has(url.origin)) return undefined
  const isClient = (to: string) =>
    stopAt.some((uri) => URL.canParse(uri) && to.startsWith(uri) && /^(?:$|[?#&])/.test(to.slice(uri.length)))
  return isClient(reference) || isClient(url.href) ? undefined : url
}

/** Browsers escape the octets of a Location that are not ASCII one by one; the wire's octets come as Latin-1. */
function resolve(reference: string, base: string): URL | undefined {
  const escaped = reference.replaceAll(
    /[\u0080-\u00FF]/g,
    (octet) => `%${octet.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return URL.canParse(escaped, base) ? new URL(escaped, base) : undefined
}
