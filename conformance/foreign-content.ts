import { type HttpResponse, headersOf } from '../harness/client/http.ts'
import { type Outline, outlineOf } from '../harness/client/page-outline.ts'

/** What a page tells other sites of its own address. */
export interface Exposure {
  /** The hosts of other sites that learn more than that the server exists, as far as the page itself says. */
  readonly told: readonly string[]
  /** The policies on the page that hand out the whole address. */
  readonly open: readonly string[]
}

/**
 * What a browser fetches or links to from a page, and by which policy. A page that says nothing leaves it to the
 * browser, and not all of them keep the address to themselves. `own` are hosts that the person is on the way to anyway.
 */
export function exposureOf(page: HttpResponse, own: readonly string[]): Exposure | undefined {
  const outline = outlineOf(page.body)
  if (outline === undefined) return undefined
  const ofPage = policyOf(
    [...headersOf(page, 'referrer-policy'), ...metaPolicies(outline)].flatMap((value) => value.split(',')),
  )
  const references = [...referencesOf(outline, page.url), ...styledWith(outline, page.url)]
    .map(({ url, policy }) => ({
      host: url.hostname,
      policy: policyOf(policy === undefined ? [] : [policy]) ?? ofPage,
    }))
    .filter(({ host }) => ![new URL(page.url).hostname, ...own].some((one) => isSameSite(one, host)))
  return {
    told: references.flatMap(({ host, policy }) => (policy !== undefined && discreet.has(policy) ? [] : [host])),
    open: [ofPage, ...references.map(({ policy }) => policy)].filter(
      (policy): policy is string => policy !== undefined && !discreet.has(policy),
    ),
  }
}

/** Policies that tell another site the origin at most. */
const discreet: ReadonlySet<string> = new Set([
  'no-referrer',
  'same-origin',
  'origin',
  'strict-origin',
  'origin-when-cross-origin',
  'strict-origin-when-cross-origin',
])

/** The last one that is known: what a browser does not know it skips. */
const policyOf = (values: readonly string[]): string | undefined =>
  values
    .map((value) => value.trim().toLowerCase())
    .findLast((value) => discreet.has(value) || value === 'unsafe-url' || value === 'no-referrer-when-downgrade')

const metaPolicies = ({ $ }: Outline): readonly string[] =>
  $('meta[name="referrer" i]')
    .toArray()
    .map(({ attribs }) => attribs['content'] ?? '')

function referencesOf({ $ }: Outline, base: string) {
  return $('[src], a[href], link[href], object[data]')
    .toArray()
    .filter(
      ({ name, attribs }) =>
        name !== 'link' || !/\b(?:canonical|alternate|dns-prefetch|preconnect)\b/i.test(attribs['rel'] ?? ''),
    )
    .flatMap(({ attribs }) => {
      const reference = attribs['src'] ?? attribs['href'] ?? attribs['data'] ?? ''
      return addressOf(reference, base).map((url) => ({ url, policy: attribs['referrerpolicy'] }))
    })
}

/** What the styles on a page import or show. */
function styledWith({ $ }: Outline, base: string) {
  const styles = [
    ...$('style')
      .toArray()
      .map((style) => $(style).text()),
    ...$('[style]')
      .toArray()
      .map(({ attribs }) => attribs['style'] ?? ''),
  ]
  return styles.flatMap((style) =>
    [...style.replaceAll(/\/\*.*?\*\//gs, ' ').matchAll(inStyle)].flatMap(([, reference = '']) =>
      addressOf(reference, base).map((url) => ({ url, policy: undefined })),
    ),
  )
}

const inStyle = /(?:(?:@import\s+)?url\(\s*|@import\s+)["']?([^"')\s;]+)/gi

function addressOf(reference: string, base: string): readonly URL[] {
  if (!URL.canParse(reference, base)) return []
  const url = new URL(reference, base)
  return /^https?:$/.test(url.protocol) ? [url] : []
}

/** Whether two hosts are one, or below the same name of two labels: who runs them cannot be told from outside any better. */
function isSameSite(one: string, other: string): boolean {
  const siteOf = (host: string) =>
    /[a-z]/i.test(host.slice(host.lastIndexOf('.') + 1)) ? host.split('.').slice(-2).join('.') : host
  return siteOf(one) === siteOf(other)
}
