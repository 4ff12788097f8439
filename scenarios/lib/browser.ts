import http, { type CookieJar } from 'k6/http'
import { attribute, attributesOf, formsIn } from '../../core/markup.ts'
import { encodeForm } from '../../core/wire/form.ts'
import { Abandoned, type Answer, answered } from './story.ts'

interface Person {
  readonly username: string
  readonly password: string
}

/** No sign-in takes more pages and redirects together. */
const hopsAtMost = 20

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
      const attributes = attributesOf(tag)
      const name = attributes.get('name')
      if (name !== undefined) fields[name] = attributes.get('value') ?? ''
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
  const origin = originOf(start.url)
  let answer = start
  for (let hop = 0; hop < hopsAtMost; hop++) {
    const arrival = arrivalIn(answer)
    if (arrival !== undefined) return arrival
    const location = answer.headers['Location']
    if (location !== undefined) {
      answer = get('page', within(origin, absolute(location, answer.url)), jar)
      continue
    }
    const form = formOf(answer.body, person)
    if (form === undefined) throw new Abandoned()
    answer = answered(
      http.post(within(origin, absolute(form.action, answer.url)), form.body, {
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
function within(origin: string | undefined, url: string): string {
  if (origin === undefined || originOf(url) !== origin) throw new Abandoned()
  return url
}

/** What stands before the path, in small letters; nothing where a parser could read another host than stands there. */
export function originOf(url: string): string | undefined {
  const [origin] = httpOrigin.exec(url) ?? []
  return origin !== undefined && '/?#'.includes(url.charAt(origin.length)) ? origin.toLowerCase() : undefined
}

const get = (name: string, url: string, jar: CookieJar): Answer =>
  answered(http.get(url, { jar, redirects: 0, responseType: 'text', tags: { name } }))

/** The first form of a page, filled in: hidden fields as they are, the person's name and password, the first button that does not refuse. */
function formOf(html: string, person: Person) {
  const [attributes, ...tags] = formsIn(html)[0] ?? []
  if (attributes === undefined) return undefined
  const fields: Record<string, string> = {}
  let asksPassword = false
  for (const tag of tags.filter(isInput)) {
    const own = attributesOf(tag)
    const name = own.get('name')
    const type = own.get('type') ?? 'text'
    if (name === undefined || type === 'submit') continue
    if (type === 'password') asksPassword = true
    if (type === 'password') fields[name] = person.password
    else if (type === 'text' || type === 'email') fields[name] = person.username
    else if (type !== 'checkbox') fields[name] = own.get('value') ?? ''
  }
  for (const tag of tags.filter((one) => buttonTag.test(one))) {
    const own = attributesOf(tag)
    const name = own.get('name')
    const value = own.get('value') ?? ''
    if (name === undefined || refusal.test(value)) continue
    fields[name] = value
    break
  }
  return {
    action: attribute(attributes, 'action') ?? '',
    body: encodeForm(fields),
    name: asksPassword ? 'login' : 'consent',
  }
}

const isInput = (tag: string) => inputTag.test(tag)

/** Resolves what stands in a Location or an action; k6 has no `URL`. */
function absolute(reference: string, base: string): string {
  if (absoluteUri.test(reference)) return reference
  const [origin = ''] = schemeAndHost.exec(base) ?? []
  if (reference.startsWith('/')) return origin + reference
  const path = base.slice(origin.length).replace(queryAndFragment, '')
  if (reference === '') return origin + path
  if (reference.startsWith('?')) return origin + path + reference
  return origin + path.slice(0, path.lastIndexOf('/') + 1) + reference
}

// A regular expression that stands where it is used is made anew by k6 each time.
const absoluteUri = /^[a-z][a-z0-9+.-]*:/i
const schemeAndHost = /^[a-z]+:\/\/[^/?#]+/i
const queryAndFragment = /[?#].*$/
const httpOrigin = /^https?:\/\/[\w.:[\]-]+/i
const inputTag = /^input\b/i
const buttonTag = /^button\b/i
const refusal = /deny|cancel|abort|reject|no\b/i
