import { encodeComponent } from '../../core/wire/form.ts'
import type { LoginHints, UserAccount } from '../target/target.ts'
import { newCookies } from './cookies.ts'
import { headerOf, type HttpClient, type HttpResponse } from './http.ts'
import { nextStep, refreshTarget, type Step } from './login-form.ts'
import { type Hop, navigationHeaders, redirected, redirectOf, type Territory, within } from './navigation.ts'
import type { Submission } from './submission.ts'

/** Where a journey through a server's pages ended. */
export type Arrival =
  /** The browser was sent away from the server; `location` has the octets that came. */
  | { readonly kind: 'redirect'; readonly location: string; readonly status: number; readonly page?: HttpResponse }
  /** A page whose form would submit the response away from the server; `action` is as it stands in the page. */
  | {
      readonly kind: 'form_post'
      readonly action: string
      readonly params: readonly (readonly [name: string, value: string])[]
      /** The page as it came. */
      readonly page?: HttpResponse
    }
  /** A page or body that asks nothing more of a person. */
  | { readonly kind: 'page'; readonly status: number; readonly response: HttpResponse }
  /** A sign-in that does not end; `because` says what to do. */
  | { readonly kind: 'stuck'; readonly because: string }

export type Person = Pick<UserAccount, 'username' | 'password'>

/** A URL to go to, or a form to post there. */
export type Start = string | { readonly url: string; readonly method: 'POST'; readonly form: string }

export interface Journey {
  readonly person?: Person
  readonly decide?: 'accept' | 'deny'
  /** URIs that are a client's although they may lie at the server's own origin: what leads there has arrived. */
  readonly stopAt?: readonly string[]
  /** Is shown every page on the way: as it came, and as it stands once its scripts have run. */
  readonly onPage?: (response: HttpResponse, html: string) => void
}

export interface UserAgent {
  /**
   * Carries a person from a URL through login and consent to where the server sends the browser. Throws NoAnswer where
   * the server does not answer, and a HarnessError where the hints of the target file cannot be used.
   */
  arrive(start: Start, journey: Journey): Promise<Arrival>
  /** Drops all cookies: a fresh browser. */
  forget(): void
  close(): Promise<void>
}

export interface UserAgentOptions {
  readonly http: Pick<HttpClient, 'send'>
  readonly login: LoginHints
  /** Where the server's pages may lie besides the origin that a journey starts from. */
  readonly origins?: readonly string[]
}

/** No sign-in takes more redirects in a row, more pages, or the password more often. */
export const hopsAtMost = 20
const pagesAtMost = 12
const passwordsAtMost = 3

/** A page as it lies before a person. */
export interface Page {
  readonly response: HttpResponse
  readonly html: string
  /** True where its scripts have run. */
  readonly scripted: boolean
}

export type Look = (page: Page) => Step

/** A step that leads to another page. */
export type Way = Extract<Step, { readonly kind: 'submit' | 'follow' }>

/** What gets a person from page to page. */
export interface Vehicle {
  /** Waits for the next page, and for what there is to do on it. */
  land(look: Look): Promise<Arrival | { readonly page: Page; readonly step: Step }>
  take(way: Way): Promise<void>
}

/** Goes on until the server sends the browser away, or asks nothing more. */
export async function travel(vehicle: Vehicle, journey: Journey, { selectors }: LoginHints): Promise<Arrival> {
  const { person, decide = 'accept' } = journey
  let passwords = 0
  let last: Way | undefined
  for (let pages = 0; pages < pagesAtMost; pages++) {
    const landing = await vehicle.land((page) => stepOn(page, { person, decide, selectors }))
    if ('kind' in landing) return landing
    const { page, step } = landing
    journey.onPage?.(page.response, page.html)
    if (step.kind === 'nothing') return { kind: 'page', status: page.response.status, response: page.response }
    if (step.kind === 'stuck') return step
    if (step.kind === 'submit' && step.asks === 'password') {
      passwords += 1
      if (isSameForm(step, last) || passwords > passwordsAtMost) return refused(person)
    }
    await vehicle.take(step)
    last = step
  }
  return stuck(`the sign-in did not end after ${pagesAtMost} pages; name its fields under login in the target file`)
}

function stepOn(page: Page, circumstances: Omit<Parameters<typeof nextStep>[1], 'status' | 'scripted'>): Step {
  const { response, html, scripted } = page
  const isHtml = /html/i.test(headerOf(response, 'content-type') ?? '')
  const step: Step = isHtml
    ? nextStep(html, { ...circumstances, status: response.status, scripted })
    : { kind: 'nothing' }
  const refresh = refreshTarget(headerOf(response, 'refresh'))
  return step.kind === 'nothing' && refresh !== undefined
    ? { kind: 'follow', href: refresh, base: undefined, press: undefined }
    : step
}

const isSameForm = (step: Submission, last: Way | undefined) =>
  last?.kind === 'submit' && last.asks === step.asks && last.name === step.name

const refused = (person: Person | undefined) =>
  stuck(`the target refused the password of ${person?.username}; correct it under users in the target file`)

export const stuck = (because: string): Arrival => ({ kind: 'stuck', because })

export const tooManyRedirects = () =>
  stuck(`the target redirects ${hopsAtMost} times in a row; see where its redirects lead in a circle`)

export const leadsAway = () => stuck('the sign-in form leads away from the target; sign in by hand to see where')

/** Where a journey may go: the origin that it starts from, and those that it is told of. */
export const territoryOf = (start: Start, journey: Journey, origins: readonly string[] = []): Territory => ({
  origins: new Set([new URL(typeof start === 'string' ? start : start.url).origin, ...origins]),
  stopAt: journey.stopAt ?? [],
})

/** The arrival that a way means which leaves the server; nothing where it stays. A password is never sent elsewhere. */
export function departureOf(way: Way, page: HttpResponse, territory: Territory): Arrival | undefined {
  const base = baseOf(way, page.url)
  if (way.kind === 'follow') {
    return within(territory, way.href, base) ? undefined : { kind: 'redirect', location: way.href, status: 200 }
  }
  const { action, method, pairs, asks } = way
  if (action === '' || within(territory, action, base)) return undefined
  if (asks === 'password' || asks === 'user name') {
    return leadsAway()
  }
  if (method === 'POST') return { kind: 'form_post', action, params: pairs, page }
  return {
    kind: 'redirect',
    location: URL.canParse(action, base) ? withForm(action, base, pairs) : action,
    status: 200,
    page,
  }
}

export const baseOf = ({ base }: Way, page: string): string =>
  base !== undefined && URL.canParse(base, page) ? new URL(base, page).href : page

const encoded = (pairs: Submission['pairs']) =>
  pairs.map(([name, value]) => `${encodeComponent(name)}=${encodeComponent(value)}`).join('&')

function withForm(action: string, base: string, pairs: Submission['pairs']): string {
  const url = new URL(action, base)
  url.search = encoded(pairs)
  return url.href
}

/** A browser without a screen: a cookie jar, redirects, and forms that it finds and fills. */
export function browserlessAgent({ http, login, origins }: UserAgentOptions): UserAgent {
  let cookies = newCookies()

  const send = async (hop: Hop): Promise<HttpResponse> => {
    const response = await http.send({
      method: hop.method,
      url: hop.url,
      headers: navigationHeaders(hop, login.headers, await cookies.headerFor(hop.url)),
      ...(hop.body !== undefined && { body: hop.body }),
    })
    await cookies.keep(response)
    return response
  }

  return {
    arrive: async (start, journey) =>
      await travel(walk(firstHop(start), territoryOf(start, journey, origins), send), journey, login),
    forget: () => {
      cookies = newCookies()
    },
    close: async () => {},
  }
}

export const firstHop = (start: Start): Hop =>
  typeof start === 'string' ? { url: start, method: 'GET' } : { url: start.url, method: 'POST', body: start.form }

function walk(start: Hop, territory: Territory, send: (hop: Hop) => Promise<HttpResponse>): Vehicle {
  let next: Hop | Arrival = start
  let page: HttpResponse | undefined
  return {
    land: async (look) => {
      for (let hops = 0; hops < hopsAtMost; hops++) {
        if ('kind' in next) return next
        const response = await send(next)
        const location = redirectOf(response)
        if (location === undefined) {
          page = response
          const landed = { response, html: response.body, scripted: false }
          return { page: landed, step: look(landed) }
        }
        const url = within(territory, location, next.url)
        if (url === undefined) return { kind: 'redirect', location, status: response.status }
        next = redirected(next, url, response.status)
      }
      return tooManyRedirects()
    },
    take: async (way) => {
      if (page === undefined) throw new TypeError('no page was shown')
      next = departureOf(way, page, territory) ?? hopOf(way, page.url)
    },
  }
}

function hopOf(way: Way, page: string): Hop {
  const base = baseOf(way, page)
  if (way.kind === 'follow') return { url: new URL(way.href, base).href, method: 'GET', from: page }
  const action = way.action === '' ? page : way.action
  if (way.method === 'GET') return { url: withForm(action, base, way.pairs), method: 'GET', from: page }
  return { url: new URL(action, base).href, method: 'POST', body: encoded(way.pairs), from: page }
}
