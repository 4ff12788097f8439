import crypto from 'k6/crypto'
import encoding from 'k6/encoding'
import http, { type RefinedParams } from 'k6/http'
import { basicCredentials } from '../../core/wire/basic.ts'
import type { LoadClient } from '../../core/story.ts'
import { encodeComponent, encodeForm } from '../../core/wire/form.ts'
import { assertionOf } from './assertion.ts'
import { plan } from './plan.ts'
import { Abandoned, type Answer, answered, bodyOf } from './story.ts'

/** How a client authenticates, prebuilt as far as can be, for every request carries it. */
export interface Credentials {
  /** What a client that authenticates in the body adds to every form. */
  readonly params: () => string
  /** What a form is sent with, by the name that the request has in the figures. */
  readonly request: (name: string) => RefinedParams<'text'>
}

export function credentialsOf(client: LoadClient): Credentials {
  const { client_id: id, client_secret: secret, method } = client
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  switch (method) {
    case 'client_secret_basic': {
      const authorization = basicCredentials(id, secret, (ascii) => encoding.b64encode(ascii))
      return presented({ ...headers, authorization }, () => '')
    }
    case 'client_secret_post': {
      const own = `&${encodeForm({ client_id: id, client_secret: secret })}`
      return presented(headers, () => own)
    }
    case 'client_secret_jwt':
    case 'private_key_jwt': {
      const own = `&${encodeForm({ client_id: id, client_assertion_type: assertionType })}&client_assertion=`
      return presented(headers, () => own + assertionOf(client))
    }
    case 'none': {
      const own = `&${encodeForm({ client_id: id })}`
      return presented(headers, () => own)
    }
  }
}

/** To make anew what a request is sent with takes time. */
function presented(headers: Readonly<Record<string, string>>, params: () => string): Credentials {
  const requests = new Map<string, RefinedParams<'text'>>()
  return {
    params,
    request: (name) => {
      const known = requests.get(name)
      if (known !== undefined) return known
      const made = { headers, redirects: 0, responseType: 'text' as const, tags: { name } }
      requests.set(name, made)
      return made
    },
  }
}

/** RFC 7523 §2.2. */
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

const ofTheService = credentialsOf(plan.client)

/** A form that a client posts itself, authenticated. */
export const post = (
  name: string,
  url: string,
  form: string,
  { params, request }: Credentials = ofTheService,
): Answer => answered(http.post(url, form + params(), request(name)))

/** Forms that are posted again and again, made without an object to be taken apart. */
export const clientCredentialsForm = 'grant_type=client_credentials'
export const refreshForm = (token: string): string => `grant_type=refresh_token&refresh_token=${encodeComponent(token)}`
export const tokenForm = (token: string): string => `token=${encodeComponent(token)}`

/** What is asked for by its URL alone, or with a token in the headers. */
export const get = (name: string, url: string, headers: Readonly<Record<string, string>> = {}): Answer =>
  answered(http.get(url, { headers, redirects: 0, responseType: 'text', tags: { name } }))

/** A member of a JSON answer; nothing where it has none. k6 finds it sooner than it reads all of them. */
export function memberOf(answer: Answer, name: string): unknown {
  return bodyOf(answer) === '' ? undefined : answer.json(name)
}

/** All members of a JSON answer; none where it is no JSON object. */
export function membersOf(answer: Answer): Readonly<Record<string, unknown>> {
  const value = memberOf(answer, '@this')
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** A member without which an iteration cannot go on. */
export function textIn(answer: Answer, name: string): string {
  const value = memberOf(answer, name)
  if (typeof value !== 'string') throw new Abandoned()
  return value
}

/** The header that was read last; one server's are mostly the same. */
let known: { readonly part: string; readonly header: ReturnType<typeof partOf> } | undefined

/** The header of a JWT; nothing where a token is none. */
export function headerOf(token: string) {
  const end = token.indexOf('.')
  if (end < 0) return undefined
  const part = token.slice(0, end)
  if (part !== known?.part) known = { part, header: partOf(token, 0) }
  return known.header
}

/** The claims of a JWT, its signature not looked at. To read those of every token is for the companion. */
export const claimsOf = (token: unknown) => partOf(token, 1)

function partOf(token: unknown, at: 0 | 1): Readonly<Record<string, unknown>> | undefined {
  const part = typeof token === 'string' ? token.split('.', 2)[at] : undefined
  if (part === undefined) return undefined
  try {
    return JSON.parse(encoding.b64decode(part, 'rawurl', 's')) as Record<string, unknown>
  } catch {
    return undefined
  }
}

export const randomText = (bytes: number) => encoding.b64encode(crypto.randomBytes(bytes), 'rawurl')

export const s256 = (verifier: string) => crypto.sha256(verifier, 'base64rawurl')
