import http, { type CookieJar } from 'k6/http'
import { encodeForm } from '../../core/wire/form.ts'
import { Abandoned, type Answer, answered } from './story.ts'

/** No sign-in takes more pages and redirects together. */
const hopsAtMost = 20

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
      answer = get('page', absolute(location, answer.url), jar)
      continue
    }
    const form = formOf(answer.body, person)
    if (form === undefined) throw new Abandoned()
    answer = answered(
      http.post(absolute(form.action, answer.url), form.body, {
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

const get = (name: string, url: string, jar: CookieJar): Answer =>
  answered(http.get(url, { jar, redirects: 0, responseType: 'text', tags: { name } }))

/** The first form of a page, filled in: hidden fields as they are, the person's name and password, the first button that does not refuse. */
function formOf(html: string, person: { readonly username: string; readonly password: string }) {
  const form = /<form\b([^>]*)>([\s\S]*?)<\/form>/i.exec(html)
  if (form === null) return undefined
  const [, attributes = '', inside = ''] = form
  const fields: Record<string, string> = {}
  let asksPassword = false
  for (const [tag] of inside.matchAll(/<input\b[^>]*>/gi)) {
    const name = attribute(tag, 'name')
    const type = attribute(tag, 'type') ?? 'text'
    if (name === undefined || type === 'submit') continue
    if (type === 'password') asksPassword = true
    if (type === 'password') fields[name] = person.password
    else if (type === 'text' || type === 'email') fields[name] = person.username
    else if (type !== 'checkbox') fields[name] = attribute(tag, 'value') ?? ''
  }
  for (const [tag] of inside.matchAll(/<button\b[^>]*>/gi)) {
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
