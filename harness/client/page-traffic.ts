import type { BrowserContext, CDPSession, Page as Tab } from 'playwright-core'
import { decodeForm } from '../../core/wire/form.ts'
import { asSecure } from './cookies.ts'
import { type HttpClient, type HttpRequest, type HttpResponse, NoAnswer } from './http.ts'
import { type Hop, navigationHeaders, redirectOf, type Territory, within, withHeaders } from './navigation.ts'
import {
  type Arrival,
  departureOf,
  hopsAtMost,
  leadsAway,
  type Look,
  type Person,
  stuck,
  tooManyRedirects,
} from './user-agent.ts'

/** What a page asks for: enough for every sign-in, and an end for scripts that never stop asking. */
const requestsAtMost = 300

export interface TrafficOptions {
  readonly start: Hop
  readonly territory: Territory
  readonly http: Pick<HttpClient, 'send' | 'load'>
  readonly headers: Readonly<Record<string, string>>
  readonly person: Person | undefined
}

/** What went on in a browser's page. */
export interface Traffic {
  /** Where the server sent the browser, as soon as it did. */
  arrival?: Arrival
  /** Why the server did not answer. */
  failure?: NoAnswer
  /** The last document that came, as it came. */
  document?: HttpResponse
  /** How the next document is judged before its scripts run. */
  look?: Look
  /** Requests without an answer as yet. */
  pending: number
  /** How many there were; of those beyond the limit nothing is heard. */
  asked: number
  /** When something last happened, on the clock of `performance`. */
  lastMoved: number
}

/** As much as is needed of the event that holds a request back until it is answered. */
interface Paused {
  readonly requestId: string
  readonly frameId: string
  readonly resourceType: string
  readonly request: {
    readonly url: string
    readonly urlFragment?: string
    readonly method: string
    readonly headers: Readonly<Record<string, string>>
    readonly postDataEntries?: readonly { readonly bytes?: string }[]
  }
}

/**
 * Answers all that a page asks for through the harness's own client: the record, the pace and the limits are those of
 * every other request, and nothing outside the server is ever fetched.
 */
export async function directTraffic(tab: Tab, context: BrowserContext, options: TrafficOptions): Promise<Traffic> {
  const traffic: Traffic = { pending: 0, asked: 0, lastMoved: performance.now() }
  const session = await context.newCDPSession(tab)
  const { frameTree } = await session.send('Page.getFrameTree')
  const answer = answering(traffic, context, frameTree.frame.id, options)
  const moved = () => {
    traffic.lastMoved = performance.now()
  }
  session.on('Fetch.requestPaused', (event) => {
    if (++traffic.asked > requestsAtMost) {
      void deliver(session, event, undefined).catch(() => undefined)
      return
    }
    traffic.pending += 1
    moved()
    void (async () => {
      await deliver(session, event, await answer(event))
    })()
      // The page that asked may be gone.
      .catch(() => undefined)
      .finally(() => {
        traffic.pending -= 1
        moved()
      })
  })
  session.on('Page.frameRequestedNavigation', ({ frameId, url }) => {
    if (frameId !== frameTree.frame.id || /^(?:https?|about|blob|data|javascript):/i.test(url)) return
    traffic.arrival ??= { kind: 'redirect', location: url, status: traffic.document?.status ?? 200 }
  })
  tab.on('popup', (popup) => void popup.close().catch(() => undefined))
  tab.on('crash', () => {
    traffic.arrival ??= stuck('the page makes the browser crash; sign in by hand to see why')
  })
  for (const event of ['domcontentloaded', 'load', 'framenavigated'] as const) tab.on(event as 'load', moved)
  await session.send('Page.enable')
  await session.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] })
  return traffic
}

async function deliver(session: CDPSession, { requestId }: Paused, response: HttpResponse | undefined) {
  if (response === undefined) {
    await session.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
    return
  }
  await session.send('Fetch.fulfillRequest', {
    requestId,
    responseCode: response.status,
    responseHeaders: response.headers
      .filter(([name]) => !/^(?:content-length|content-encoding|transfer-encoding)$/i.test(name))
      .map(([name, value]) => ({ name, value })),
    body: Buffer.from(response.body).toString('base64'),
  })
}

type Answer = (event: Paused) => Promise<HttpResponse | undefined>

function answering(traffic: Traffic, context: BrowserContext, mainFrame: string, options: TrafficOptions): Answer {
  const { territory, http, headers } = options
  const cookieFor = async (url: string) =>
    (await context.cookies(asSecure(url)))
      .map(({ name, value }) => (name === '' ? value : `${name}=${value}`))
      .join('; ')
  const arrive = (arrival: Arrival | undefined) => {
    if (arrival !== undefined) traffic.arrival ??= arrival
  }
  let hops = 0
  /** What replaces the request that the browser would make: the octets of the start, or a form posted without a page. */
  let instead: Hop | undefined = options.start

  const document = async (event: Paused): Promise<HttpResponse | undefined> => {
    const hop = instead ?? hopOf(event)
    if (instead === undefined && within(territory, hop.url, hop.url) === undefined) {
      arrive(departure(event, traffic, options.person))
      return undefined
    }
    const type = instead === undefined ? headerIn(event, 'content-type') : undefined
    const more = { ...(type !== undefined && { 'content-type': type }), ...headers }
    const response = await http.send({
      method: hop.method,
      url: hop.url,
      headers: navigationHeaders(hop, more, await cookieFor(hop.url)),
      ...(hop.body !== undefined && { body: hop.body }),
    })
    const location = redirectOf(response)
    const repeats = response.status === 307 || response.status === 308
    const posted = instead?.method === 'POST' && repeats ? instead : undefined
    instead = undefined
    if (location === undefined) {
      hops = 0
      traffic.document = response
      arrive(leavingBefore(traffic, response, territory))
    } else {
      const url = within(territory, location, hop.url)
      if (url === undefined) arrive({ kind: 'redirect', location, status: response.status })
      // Chromium gives up with the twentieth, without a word.
      else if (++hops >= hopsAtMost) arrive(tooManyRedirects())
      else if (posted !== undefined) instead = { ...posted, url: url.href }
    }
    return traffic.arrival === undefined ? response : onlyCookies(response)
  }

  const part = async (event: Paused): Promise<HttpResponse | undefined> => {
    const { url, method, headers: own } = event.request
    if (!partsWanted.has(event.resourceType) || within(territory, url, url) === undefined) return undefined
    const called = event.resourceType === 'XHR' || event.resourceType === 'Fetch'
    const cookie = await cookieFor(url)
    const sent = withHeaders(Object.entries(own), {
      'accept-language': 'en',
      'sec-fetch-mode': called ? 'cors' : 'no-cors',
      'sec-fetch-site': 'same-origin',
      ...(cookie !== '' && { cookie }),
      ...headers,
    })
    const body = bodyOf(event)
    const request: HttpRequest = { method, url, headers: sent, ...(body !== undefined && { body }) }
    return called ? await http.send(request) : await http.load(request)
  }

  return async (event) => {
    if (traffic.arrival !== undefined) return undefined
    const isMain = event.resourceType === 'Document' && event.frameId === mainFrame
    try {
      return await (isMain ? document(event) : part(event))
    } catch (error) {
      if (isMain && error instanceof NoAnswer) traffic.failure ??= error
      return undefined
    }
  }
}

/** Of the answer that sends the browser away it takes what belongs to the session, and stays where it is. */
const onlyCookies = (response: HttpResponse): HttpResponse => ({
  ...response,
  status: 204,
  headers: response.headers.filter(([name]) => name.toLowerCase() === 'set-cookie'),
  body: '',
})

/** Pictures and fonts bring nobody on. */
const partsWanted: ReadonlySet<string> = new Set(['Document', 'Stylesheet', 'Script', 'XHR', 'Fetch'])

/** A form that would send itself away from the server is read from the page as it came: a browser would rewrite it. */
function leavingBefore({ look }: Traffic, response: HttpResponse, territory: Territory): Arrival | undefined {
  const step = look?.({ response, html: response.body, scripted: false })
  if (step?.kind !== 'submit' || step.asks !== 'nothing') return undefined
  return departureOf(step, response, territory)
}

/** What a browser was about to ask of somebody else. */
function departure(event: Paused, { document }: Traffic, person: Person | undefined): Arrival {
  const { url, method, body = '' } = hopOf(event)
  if (method === 'GET') return { kind: 'redirect', location: url, status: document?.status ?? 200 }
  const params = decodeForm(body)
  const secret = person?.password.reveal()
  if (params.some(([, value]) => value === secret)) return leadsAway()
  return { kind: 'form_post', action: url, params, ...(document !== undefined && { page: document }) }
}

const hopOf = (event: Paused): Hop => {
  const { url, urlFragment = '', method } = event.request
  const body = bodyOf(event)
  const from = headerIn(event, 'referer')
  return {
    url: `${url}${urlFragment}`,
    method: method === 'POST' ? 'POST' : 'GET',
    ...(body !== undefined && { body }),
    ...(from !== undefined && { from }),
  }
}

const bodyOf = ({ request: { postDataEntries } }: Paused): string | undefined =>
  postDataEntries === undefined
    ? undefined
    : Buffer.concat(postDataEntries.map(({ bytes = '' }) => Buffer.from(bytes, 'base64'))).toString('utf8')

const headerIn = ({ request: { headers } }: Paused, name: string): string | undefined =>
  Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
