import http, { type CookieJar, type RefinedParams } from 'k6/http'
import { carrierFormIn } from '../../core/page-form.ts'
import { filledForm, type Person } from '../../core/sign-in-form.ts'
import { resolvedWithin } from '../../core/url-reference.ts'
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

/** A form that would post a SAML response, and where the page was had that holds it. */
export interface Arrival {
  readonly form: string
  readonly url: string
}

/** Takes a person from a request for sign-on by SAML to the form that would post the response, which is not sent. */
export const signOn = (url: string, person: Person, jar: CookieJar): Arrival =>
  walk(get('sign-on', url, jar), person, jar, arrivalIn)

function arrivalIn(answer: Answer): Arrival | undefined {
  const form = carrierFormIn(bodyOf(answer))
  return form === undefined ? undefined : { form, url: answer.url }
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
    const params = paramsOf(form.asksPassword ? 'login' : 'consent', jar, formHeaders)
    answer = answered(http.post(within(start.url, form.action, answer.url), form.body, params))
  }
  throw new Abandoned()
}

const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' }

/** What a reference leads to, where it stays at the server: neither a password nor anything else is sent to another one. */
function within(start: string, reference: string, base: string): string {
  const url = resolvedWithin(start, reference, base)
  if (url === undefined) throw new Abandoned()
  return url
}

const get = (name: string, url: string, jar: CookieJar): Answer => answered(http.get(url, paramsOf(name, jar)))

/** What requests are sent with, by their names: made once and given the cookies of whoever asks, for to make it anew takes time. */
const made = new Map<string, RefinedParams<'text'>>()

function paramsOf(name: string, jar: CookieJar, headers?: Readonly<Record<string, string>>): RefinedParams<'text'> {
  const known = made.get(name)
  if (known !== undefined) {
    known.jar = jar
    return known
  }
  const params: RefinedParams<'text'> = {
    jar,
    redirects: 0,
    responseType: 'text',
    tags: { name },
    ...(headers && { headers }),
  }
  made.set(name, params)
  return params
}
