import { CookieJar } from 'tough-cookie'
import { decodeForm } from '../../core/wire/form.ts'
import type { Secret } from '../target/secret.ts'
import type { LoginHints } from '../target/target.ts'
import { headerOf, headersOf, type HttpClient, type HttpResponse } from './http.ts'
import { type FilledForm, fillForm, metaRefresh, refusingLink } from './login-form.ts'

/** Where a journey through a server's pages ended. */
export type Arrival =
  /** The browser was sent away from the server; `location` has the octets that came. */
  | { readonly kind: 'redirect'; readonly location: string; readonly status: number }
  /** A page whose form would submit the response to another origin. */
  | { readonly kind: 'form_post'; readonly action: string; readonly params: readonly (readonly [name: string, value: string])[] }
  /** A page or body that asks nothing more of a person. */
  | { readonly kind: 'page'; readonly status: number; readonly response: HttpResponse }
  /** A sign-in that does not end; `because` says what to do. */
  | { readonly kind: 'stuck'; readonly because: string }

export interface Person {
  readonly username: string
  readonly password: Secret
}

export type Start = string | { readonly url: string; readonly method: 'POST'; readonly form: string }

export interface Journey {
  readonly person?: Person
  readonly decide?: 'accept' | 'deny'
  /** Is shown every page on the way. */
  readonly onPage?: (response: HttpResponse) => void
}

export interface UserAgent {
  /** Carries a person from a URL through login and consent to where the server sends the browser. */
  arrive(start: Start, journey: Journey): Promise<Arrival>
  /** Drops all cookies: a fresh browser. */
  forget(): void
  close(): Promise<void>
}

/** No sign-in takes more redirects in a row, or more pages. */
const hopsAtMost = 20
const pagesAtMost = 12

/** A browser keeps some 180 cookies for a site; a target that sets more would only cost memory. */
const cookiesPerAnswer = 50

interface Hop {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly body?: string
  /** The page that the request came from. */
  readonly from?: string
}

/** A browser without a screen: a cookie jar, redirects, and forms that it finds and fills. */
export function browserlessAgent({ http, login, origins = [] }: { readonly http: HttpClient; readonly login: LoginHints; readonly origins?: readonly string[] }): UserAgent {
  let jar = newJar()

  const send = async (hop: Hop): Promise<HttpResponse> => {
    const cookies = await jar.getCookieString(asSecure(hop.url))
    const response = await http.send({
      method: hop.method,
      url: hop.url,
      headers: [...navigationHeaders(hop), ...Object.entries(login.headers), ...(cookies === '' ? [] : [['cookie', cookies] as const])],
      ...(hop.body !== undefined && { body: hop.body }),
    })
    for (const line of headersOf(response, 'set-cookie').slice(0, cookiesPerAnswer)) {
      await jar.setCookie(line.slice(0, 8192), asSecure(hop.url), { ignoreError: true }).catch(() => undefined)
    }
    return response
  }

  return {
    arrive: async (start, journey) => {
      const first: Hop = typeof start === 'string' ? { url: start, method: 'GET' } : { url: start.url, method: 'POST', body: start.form }
      const inside = new Set([new URL(first.url).origin, ...origins])
      let hop = first
      let passwords = 0
      for (let page = 0; page < pagesAtMost; page++) {
        const landing = await followRedirects(hop, inside, send)
        if (!('response' in landing)) return landing
        const { response } = landing
        journey.onPage?.(response)
        const next = nextStep(response, inside, journey, login)
        if ('kind' in next) return next
        if (next.signsIn && ++passwords > 2) return stuck(`the target refuses the password of ${journey.person?.username}`)
        hop = next.hop
      }
      return stuck(`the sign-in did not end after ${pagesAtMost} pages`)
    },
    forget: () => {
      jar = newJar()
    },
    close: async () => {},
  }
}

type Send = (hop: Hop) => Promise<HttpResponse>

/** Follows redirects within the server; one that leaves it, or that no browser could follow, is where the journey ends. */
async function followRedirects(start: Hop, inside: ReadonlySet<string>, send: Send): Promise<{ readonly response: HttpResponse } | Arrival> {
  let hop = start
  for (let hops = 0; hops < hopsAtMost; hops++) {
    const response = await send(hop)
    const location = headerOf(response, 'location')
    if (location === undefined || response.status < 300 || response.status >= 400) return { response }
    const next = resolve(location, hop.url)
    if (next === undefined || !inside.has(next.origin)) return { kind: 'redirect', location, status: response.status }
    hop = response.status === 307 || response.status === 308 ? { ...hop, url: next.href } : { url: next.href, method: 'GET', from: hop.url }
  }
  return stuck(`the target redirects more than ${hopsAtMost} times in a row`)
}

/** What a person would do on this page: send a form, follow a link, or nothing more. */
function nextStep(response: HttpResponse, inside: ReadonlySet<string>, journey: Journey, login: LoginHints): Arrival | { readonly hop: Hop; readonly signsIn: boolean } {
  const page: Arrival = { kind: 'page', status: response.status, response }
  if (!/html/i.test(headerOf(response, 'content-type') ?? '')) return page
  const { decide = 'accept' } = journey
  const refusal = decide === 'deny' ? refusingLink(response.body) : undefined
  const form = fillForm(response.body, journey.person, decide, login.selectors)
  if (form !== undefined && (form.signsIn || refusal === undefined)) return formStep(form, response, inside, journey)
  const target = refusal ?? metaRefresh(response.body)
  if (target === undefined) return page
  const url = resolve(target, response.url)
  if (url === undefined || !inside.has(url.origin)) return { kind: 'redirect', location: target, status: response.status }
  return { hop: { url: url.href, method: 'GET', from: response.url }, signsIn: false }
}

function formStep(form: FilledForm, response: HttpResponse, inside: ReadonlySet<string>, journey: Journey): Arrival | { readonly hop: Hop; readonly signsIn: boolean } {
  const url = resolve(form.action === '' ? response.url : form.action, response.url)
  if (url === undefined || !inside.has(url.origin)) return { kind: 'form_post', action: form.action, params: decodeForm(form.body) }
  if (form.signsIn && journey.person === undefined) return stuck('the target asks for a password and nobody is there to sign in; add one under users')
  const { signsIn } = form
  if (form.method === 'POST') return { hop: { url: url.href, method: 'POST', body: form.body, from: response.url }, signsIn }
  url.search = form.body
  return { hop: { url: url.href, method: 'GET', from: response.url }, signsIn }
}

/** What a browser's own navigation says of itself: some servers answer anything else with JSON. */
const navigationHeaders = (hop: Hop): readonly (readonly [string, string])[] => [
  ['accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
  ['accept-language', 'en'],
  ['sec-fetch-dest', 'document'],
  ['sec-fetch-mode', 'navigate'],
  ['sec-fetch-site', hop.from === undefined ? 'none' : 'same-origin'],
  ['upgrade-insecure-requests', '1'],
  ...(hop.from === undefined ? [] : [['referer', hop.from] as const]),
  ...(hop.method === 'POST' ? [['content-type', 'application/x-www-form-urlencoded'] as const, ['origin', hop.from === undefined ? 'null' : new URL(hop.from).origin] as const] : []),
]

const stuck = (why: string): Arrival => ({ kind: 'stuck', because: `${why}; see what it shows, and name its fields under login in the target file if they were not found` })

const newJar = () => new CookieJar(undefined, { rejectPublicSuffixes: false, looseMode: true })

/** Browsers send Secure cookies to loopback over http, for it is trustworthy; the jar does so only for https. */
const asSecure = (url: string) => (/^http:\/\/(?:127\.|\[::1\]|localhost[:/])/.test(url) ? url.replace(/^http:/, 'https:') : url)

function resolve(reference: string, base: string): URL | undefined {
  try {
    return new URL(reference, base)
  } catch {
    return undefined
  }
}
