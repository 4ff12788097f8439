import { type Cookie, CookieJar, MemoryCookieStore } from 'tough-cookie'
import { isLoopback } from '../target/authorized.ts'
import { headersOf, type HttpResponse } from './http.ts'

/** What browsers keep: so many cookies of one site, none longer than this. More would only cost memory. */
const cookiesAtMost = 180
const cookieLengthAtMost = 4096

/** The cookies of one browser. */
export interface Cookies {
  /** The value of the header that goes with a request; '' where no cookie does. */
  headerFor(url: string): Promise<string>
  /** Takes what an answer sets. What a browser would refuse is left out without a word. */
  keep(response: HttpResponse): Promise<void>
}

export function newCookies(): Cookies {
  const store = new MemoryCookieStore()
  const jar = new CookieJar(store, { rejectPublicSuffixes: false, looseMode: true })
  /** How many were ever set: until there can be too many, nobody needs to count those that are kept. */
  let set = 0
  return {
    headerFor: async (url) => (set === 0 ? '' : await jar.getCookieString(asSecure(url))),
    keep: async (response) => {
      const lines = headersOf(response, 'set-cookie').filter((line) => line.length <= cookieLengthAtMost)
      for (const line of lines.slice(-cookiesAtMost)) {
        await jar.setCookie(line, asSecure(response.url), { ignoreError: true }).catch(() => undefined)
      }
      set += lines.length
      if (lines.length > 0 && set > cookiesAtMost) await forgetUnused(store)
    },
  }
}

/** Like browsers, it lets go first what was not sent for longest: a session that is in use outlives what a sign-in leaves behind. */
async function forgetUnused(store: MemoryCookieStore) {
  const all = await store.getAllCookies()
  const leastUsedFirst = all.toSorted(
    (a, b) => lastUse(a) - lastUse(b) || (a.creationIndex ?? 0) - (b.creationIndex ?? 0),
  )
  for (const { domain, path, key } of leastUsedFirst.slice(0, Math.max(0, all.length - cookiesAtMost))) {
    await store.removeCookie(domain ?? '', path ?? '', key)
  }
}

const lastUse = ({ lastAccessed }: Cookie): number => (lastAccessed instanceof Date ? lastAccessed.getTime() : 0)

/** Browsers treat loopback over http as trustworthy and send Secure cookies there; the jar does so only for https. */
export function asSecure(url: string): string {
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && isLoopback(hostname) ? url.replace(/^http:/i, 'https:') : url
}
