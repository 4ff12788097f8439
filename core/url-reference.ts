/**
 * What a reference on a page leads to, where that is at the origin of `start`; nothing where it leads elsewhere. It is
 * resolved as a browser does it, by the URL standard, but runs in k6, which has no `URL`.
 */
export function resolvedWithin(start: string, reference: string, base: string): string | undefined {
  const origin = originIn(start)
  if (origin === undefined) return undefined
  // As nearly everywhere: no pattern is needed for that.
  if (!reference.includes('/.')) {
    if (reference.startsWith('/') && !reference.startsWith('//')) return origin + reference
    if (isPlain(reference) && originIn(base) === origin) return directoryOf(base, origin) + reference
  }
  const url = resolved(reference, base)
  return originOf(url) === origin.toLowerCase() ? url : undefined
}

/** What stands before the path, in small letters; nothing where a parser could read another host than stands there. */
export function originOf(url: string): string | undefined {
  const origin = httpOrigin.exec(url)?.[0]
  return origin !== undefined && '/?#'.includes(url.charAt(origin.length)) ? origin.toLowerCase() : undefined
}

/** The last origin, and how a URL of it begins: a target has one as a rule, and k6 takes long to match a pattern. */
let last = { origin: '', root: '/' }

/** What stands before the path, as it stands there. */
function originIn(url: string): string | undefined {
  if (url.startsWith(last.root)) return last.origin
  const length = originOf(url)?.length
  if (length === undefined) return undefined
  last = { origin: url.slice(0, length), root: `${url.slice(0, length)}/` }
  return last.origin
}

/** Whether it names something beside where it stands, and nothing else. */
const isPlain = (reference: string) => !reference.includes(':') && !'./?#'.includes(reference.charAt(0))

/** A URL up to the last slash of its path. */
function directoryOf(url: string, origin: string): string {
  const path = withoutQuery(url)
  const slash = path.lastIndexOf('/')
  return slash < origin.length ? `${origin}/` : path.slice(0, slash + 1)
}

function withoutQuery(url: string): string {
  const whole = withoutFragment(url)
  const query = whole.indexOf('?')
  return query < 0 ? whole : whole.slice(0, query)
}

function withoutFragment(url: string): string {
  const fragment = url.indexOf('#')
  return fragment < 0 ? url : url.slice(0, fragment)
}

/** RFC 3986 §5.2.2, where the base has a host. */
function resolved(reference: string, base: string): string {
  if (scheme.test(reference)) return reference
  const origin = schemeAndHost.exec(base)?.[0] ?? ''
  if (reference.startsWith('//')) return origin.slice(0, origin.indexOf('/')) + reference
  if (reference === '' || reference.startsWith('#')) return withoutFragment(base) + reference
  if (reference.startsWith('?')) return withoutQuery(base) + reference
  const url = reference.startsWith('/') ? origin + reference : directoryOf(base, origin) + reference
  const path = withoutQuery(url)
  return origin + withoutDots(path.slice(origin.length)) + url.slice(path.length)
}

/** A path without the segments that lead back or nowhere (RFC 3986 §5.2.4). */
function withoutDots(path: string): string {
  const segments = path.split('/')
  const kept: string[] = []
  for (const segment of segments) {
    if (segment === '..' && kept.length > 1) kept.pop()
    if (!isDots(segment)) kept.push(segment)
  }
  return [...kept, ...(isDots(segments.at(-1) ?? '') ? [''] : [])].join('/')
}

const isDots = (segment: string) => segment === '.' || segment === '..'

// A regular expression that stands where it is used is made anew by k6 each time.
const scheme = /^[a-z][a-z0-9+.-]*:/i
const schemeAndHost = /^[a-z]+:\/\/[^/?#]+/i
const httpOrigin = /^https?:\/\/[\w.:[\]-]+/i
