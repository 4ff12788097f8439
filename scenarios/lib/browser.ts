import http, { type CookieJar } from 'k6/http'
import { encodeForm } from '../../core/wire/form.ts'
import { Abandoned, type Answer, answered } from './story.ts'

/** No sign-in takes more pages and redirects together. */
const hopsAtMost = 20

/** A page is read up to here, in characters; and so many tags of its form. */
const pageAtMost = 256 * 1024
const tagsAtMost = 1000

/**
 * Takes a person with a fresh browser from an authorization URL to the redirect that brings the browser back to the
 * client, and gives that URL. Pages are read by regular expressions: a parser would cost more than the request.
 */
export function signIn(
  url: string,
  redirectUri: string,
  person: { readonly username: string; readonly password: string },
): string {
  const jar = http.cookieJar()
  jar.clear(url)
  let answer = get('authorize', url, jar)
  for (let hop = 0; hop < hopsAtMost; hop++) {
    const location = answer.headers['Location']
    if (location !== undefined) {
      if (location.startsWith(redirectUri)) return location
      answer = get('page', within(url, absolute(location, answer.url)), jar)
      continue
    }
    const form = formOf(answer.body, person)
    if (form === undefined) throw new Abandoned()
    answer = answered(
      http.post(within(url, absolute(form.action, answer.url)), form.body, {
        jar,
        redirects: 0,
        responseType: 'text',
        tags: { name: form.name },
        headers: formHeaders,
      }),
    )
  }
  throw new Abandoned()
}

const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' }

/** The URL, where it stays at the server: neither a password nor anything else is sent to another one. */
function within(start: string, url: string): string {
  const origin = originOf(start)
  if (origin === undefined || originOf(url) !== origin) throw new Abandoned()
  return url
}

/** What stands before the path, in small letters; nothing where a parser could read another host than stands there. */
const originOf = (url: string) => /^https?:\/\/[\w.:[\]-]+(?=[/?#]|$)/i.exec(url)?.[0].toLowerCase()

const get = (name: string, url: string, jar: CookieJar): Answer =>
  answered(http.get(url, { jar, redirects: 0, responseType: 'text', tags: { name } }))

/** The first form of a page, filled in: hidden fields as they are, the person's name and password, the first button that does not refuse. */
function formOf(html: string, person: { readonly username: string; readonly password: string }) {
  const [attributes, ...tags] = tagsOfForm(html)
  if (attributes === undefined) return undefined
  const fields: Record<string, string> = {}
  let asksPassword = false
  for (const tag of tags.filter((one) => /^input\b/i.test(one))) {
    const name = attribute(tag, 'name')
    const type = attribute(tag, 'type') ?? 'text'
    if (name === undefined || type === 'submit') continue
    if (type === 'password') asksPassword = true
    if (type === 'password') fields[name] = person.password
    else if (type === 'text' || type === 'email') fields[name] = person.username
    else if (type !== 'checkbox') fields[name] = attribute(tag, 'value') ?? ''
  }
  for (const tag of tags.filter((one) => /^button\b/i.test(one))) {
    const name = attribute(tag, 'name')
    const value = attribute(tag, 'value') ?? ''
    if (name === undefined || /deny|cancel|abort|reject|no\b/i.test(value)) continue
    fields[name] = value
    break
  }
  return {
    action: attribute(attributes, 'action') ?? '',
    body: encodeForm(fields),
    name: asksPassword ? 'login' : 'consent',
  }
}

/** The first form of a page, from the name of its tag on, and what is in it; each tag without the text that follows. */
function tagsOfForm(html: string): readonly string[] {
  const pieces = html.slice(0, pageAtMost).split('<')
  const start = pieces.findIndex((piece) => /^form\b/i.test(piece))
  if (start < 0) return []
  const end = pieces.findIndex((piece, at) => at > start && /^\/form\b/i.test(piece))
  const own = pieces.slice(start, end < 0 ? start : Math.min(end, start + tagsAtMost))
  return own.map((piece) => piece.split('>')[0] ?? '')
}

const attribute = (tag: string, name: string) => {
  const found = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(tag)
  return found === null
    ? undefined
    : (found[1] ?? found[2] ?? found[3] ?? '').replaceAll('&amp;', '&').replaceAll('&#38;', '&')
}

/** Resolves what stands in a Location or an action; k6 has no `URL`. */
function absolute(reference: string, base: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(reference)) return reference
  const [origin = ''] = /^[a-z]+:\/\/[^/?#]+/i.exec(base) ?? []
  const path = base.slice(origin.length).replace(/[?#].*$/, '')
  if (reference === '') return origin + path
  if (reference.startsWith('/')) return origin + reference
  if (reference.startsWith('?')) return origin + path + reference
  return origin + path.replace(/[^/]*$/, '') + reference
}
