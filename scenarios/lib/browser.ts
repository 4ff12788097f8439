import http, { type CookieJar } from 'k6/http'
import { encodeForm } from '../../core/wire/form.ts'
import { attribute } from './markup.ts'
import { Abandoned, type Answer, answered } from './story.ts'

interface Person {
  readonly username: string
  readonly password: string
}

/** No sign-in takes more pages and redirects together. */
const hopsAtMost = 20

/** A page is read up to here, in characters; and so many tags of a form. */
const pageAtMost = 256 * 1024
const tagsAtMost = 1000

/**
 * Takes a person from an authorization URL to the redirect that brings the browser back to the client, and gives that
 * URL. The browser is a fresh one, unless the cookies of one are given.
 */
export const signIn = (
  url: string,
  redirectUri: string,
  person: Person,
  jar: CookieJar = new http.CookieJar(),
): string =>
  walk(get('authorize', url, jar), person, jar, ({ headers: { Location: location } }) =>
    location?.startsWith(redirectUri) ? location : undefined,
  )

/** A form that a page brings to somebody else. */
export interface Carrier {
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
}

/** Takes a person from a request for sign-on by SAML to the form that would post the response, which is not sent. */
export const signOn = (url: string, person: Person, jar: CookieJar): Carrier =>
  walk(get('sign-on', url, jar), person, jar, carrierIn)

function carrierIn({ body, url }: Answer): Carrier | undefined {
  if (!body.includes('SAMLResponse')) return undefined
  for (const [form = '', ...tags] of formsIn(body)) {
    const fields: Record<string, string> = {}
    for (const tag of tags.filter(isInput)) {
      const name = attribute(tag, 'name')
      if (name !== undefined) fields[name] = attribute(tag, 'value') ?? ''
    }
    if (fields['SAMLResponse'] !== undefined) return { action: absolute(attribute(form, 'action') ?? '', url), fields }
  }
  return undefined
}

/**
 * Takes a person through pages and redirects to where they arrive. Pages are read by regular expressions: a parser would
 * cost more than the request.
 */
function walk<T>(start: Answer, person: Person, jar: CookieJar, arrivalIn: (answer: Answer) => T | undefined): T {
  const { url } = start
  let answer = start
  for (let hop = 0; hop < hopsAtMost; hop++) {
    const arrival = arrivalIn(answer)
    if (arrival !== undefined) return arrival
    const location = answer.headers['Location']
    if (location !== undefined) {
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
export const originOf = (url: string) => /^https?:\/\/[\w.:[\]-]+(?=[/?#]|$)/i.exec(url)?.[0].toLowerCase()

const get = (name: string, url: string, jar: CookieJar): Answer =>
  answered(http.get(url, { jar, redirects: 0, responseType: 'text', tags: { name } }))

/** The first form of a page, filled in: hidden fields as they are, the person's name and password, the first button that does not refuse. */
function formOf(html: string, person: Person) {
  const [attributes, ...tags] = formsIn(html)[0] ?? []
  if (attributes === undefined) return undefined
  const fields: Record<string, string> = {}
  let asksPassword = false
  for (const tag of tags.filter(isInput)) {
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

const isInput = (tag: string) => /^input\b/i.test(tag)

/** The tags of each form of a page, its own first: from their names on, without the text that follows. */
const formsIn = (html: string): readonly (readonly string[])[] =>
  html
    .slice(0, pageAtMost)
    .split(/<(?=form\b)/i)
    .slice(1)
    .map(tagsOfForm)

function tagsOfForm(text: string): readonly string[] {
  const pieces = text.split('<')
  const end = pieces.findIndex((piece) => /^\/form\b/i.test(piece))
  return pieces.slice(0, Math.max(0, Math.min(end, tagsAtMost))).map((piece) => piece.split('>')[0] ?? '')
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
