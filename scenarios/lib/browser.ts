import http, { type CookieJar, type RefinedParams } from 'k6/http'
import { carrierFormIn } from '../../core/page-form.ts'
import { filledForm, type Person } from '../../core/sign-in-form.ts'
import { Abandoned, type Answer, answered, bodyOf } from './story.ts'

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

/** A form that would post a SAML response, and where the page was had that holds it, without its query. */
export interface Arrival {
  readonly form: string
  readonly url: string
}

/** Takes a person from a request for sign-on by SAML to the form that would post the response, which is not sent. */
export const signOn = (url: string, person: Person, jar: CookieJar): Arrival =>
  walk(get('sign-on', url, jar), person, jar, arrivalIn)

function arrivalIn(answer: Answer): Arrival | undefined {
  const form = carrierFormIn(bodyOf(answer))
  if (form === undefined) return undefined
  const { url } = answer
  const query = url.indexOf('?')
  return { form, url: query < 0 ? url : url.slice(0, query) }
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
      answer = get('page', within(start.url, location, answer.url), jar)
      continue
    }
    const form = filledForm(bodyOf(answer), person)
    if (form === undefined) throw new Abandoned()
    answer = answered(
      http.post(within(start.url, form.action, answer.url), form.body, {
        jar,
        redirects: 0,
        responseType: 'text',
        tags: { name: form.asksPassword ? 'login' : 'consent' },
        headers: formHeaders,
      }),
    )
  }
  throw new Abandoned()
}

const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' }

/** What a reference leads to, where it stays at the server: neither a password nor anything else is sent to another one. */
function within(start: string, reference: string, base: string): string {
  const origin = originIn(start)
  // As nearly everywhere: no pattern is needed for that.
  if (reference.startsWith('/') && !reference.startsWith('//')) return origin + reference
  const url = absolute(reference, base)
  if (originOf(url) !== origin.toLowerCase()) throw new Abandoned()
  return url
}

/** What stands before the path of a URL of the target, as it stands there. */
function originIn(url: string): string {
  const origin = originOf(url)
  if (origin === undefined) throw new Abandoned()
  return url.slice(0, origin.length)
}

/** What stands before the path, in small letters; nothing where a parser could read another host than stands there. */
export function originOf(url: string): string | undefined {
  const origin = httpOrigin.exec(url)?.[0]
  return origin !== undefined && '/?#'.includes(url.charAt(origin.length)) ? origin.toLowerCase() : undefined
}

const get = (name: string, url: string, jar: CookieJar): Answer => answered(http.get(url, paramsOf(name, jar)))

/** What the requests of the browser at hand are sent with, by their names: to make it anew takes time. */
const made = new Map<string, RefinedParams<'text'>>()
let madeFor: CookieJar | undefined

function paramsOf(name: string, jar: CookieJar): RefinedParams<'text'> {
  if (jar !== madeFor) {
    made.clear()
    madeFor = jar
  }
  const known = made.get(name)
  if (known !== undefined) return known
  const params: RefinedParams<'text'> = { jar, redirects: 0, responseType: 'text', tags: { name } }
  made.set(name, params)
  return params
}

/** Resolves what stands in a Location or an action; k6 has no `URL`. */
function absolute(reference: string, base: string): string {
  if (absoluteUri.test(reference)) return reference
  const origin = schemeAndHost.exec(base)?.[0] ?? ''
  if (reference.startsWith('//')) return origin.slice(0, origin.indexOf('/')) + reference
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
