import http, { type CookieJar } from 'k6/http'
import { formsIn } from '../../core/markup.ts'
import { actionOf, type Carrier, carrierOn, type Control, controlIn } from '../../core/page-form.ts'
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

/** Takes a person from a request for sign-on by SAML to the form that would post the response, which is not sent. */
export const signOn = (url: string, person: Person, jar: CookieJar): Carrier =>
  walk(get('sign-on', url, jar), person, jar, carrierIn)

function carrierIn({ body, url }: Answer): Carrier | undefined {
  const carrier = carrierOn(body)
  return carrier === undefined ? undefined : { ...carrier, action: absolute(carrier.action, url) }
}

/**
 * Takes a person through pages and redirects to where they arrive. Pages are searched for their tags: a parser would cost
 * more than the request.
 */
function walk<T>(start: Answer, person: Person, jar: CookieJar, arrivalIn: (answer: Answer) => T | undefined): T {
  let answer = start
  for (let hop = 0; hop < hopsAtMost; hop++) {
    const arrival = arrivalIn(answer)
    if (arrival !== undefined) return arrival
    const location = answer.headers['Location']
    if (location !== undefined) {
      answer = get('page', within(start.url, absolute(location, answer.url)), jar)
      continue
    }
    const form = formOf(answer.body, person)
    if (form === undefined) throw new Abandoned()
    answer = answered(
      http.post(within(start.url, absolute(form.action, answer.url)), form.body, {
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
  const origin = originOf(url)
  if (origin === undefined || originOf(start) !== origin) throw new Abandoned()
  return url
}

/** What stands before the path, in small letters; nothing where a parser could read another host than stands there. */
export function originOf(url: string): string | undefined {
  const origin = httpOrigin.exec(url)?.[0]
  return origin !== undefined && '/?#'.includes(url.charAt(origin.length)) ? origin.toLowerCase() : undefined
}

const get = (name: string, url: string, jar: CookieJar): Answer =>
  answered(http.get(url, { jar, redirects: 0, responseType: 'text', tags: { name } }))

/** The first form of a page, filled in: hidden fields as they are, the person's name and password, the first button that does not refuse. */
function formOf(html: string, person: Person) {
  const pieces = formsIn(html)[0]
  if (pieces === undefined) return undefined
  const fields: Record<string, string> = {}
  let asksPassword = false
  let button: Control | undefined
  pieces.forEach((piece) => {
    const control = controlIn(piece)
    if (control === undefined) return
    const { isButton, name, type, value } = control
    if (isButton) {
      if (button === undefined && !refusal.test(value)) button = control
    } else if (type === 'password') {
      asksPassword = true
      fields[name] = person.password
    } else if (type === 'text' || type === 'email') fields[name] = person.username
    else if (type !== 'checkbox' && type !== 'submit') fields[name] = value
  })
  if (button !== undefined) fields[button.name] = button.value
  return { action: actionOf(pieces), body: encodeForm(fields), name: asksPassword ? 'login' : 'consent' }
}

/** Resolves what stands in a Location or an action; k6 has no `URL`. */
function absolute(reference: string, base: string): string {
  if (absoluteUri.test(reference)) return reference
  const origin = schemeAndHost.exec(base)?.[0] ?? ''
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
const refusal = /deny|cancel|abort|reject|no\b/i
