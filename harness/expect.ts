import type { Requirement } from '../core/spec/document.ts'
import type { Violation } from '../core/finding.ts'
import { cwe } from '../core/spec/cwe.ts'
import { rfc6749 } from '../core/spec/rfc6749.ts'
import { isUriReference } from '../core/wire/uri-reference.ts'
import { type Breach, Broken } from './breach.ts'
import { describeArrival, responseOf } from './client/protocol-client.ts'
import { headerOf, headersOf, type HttpResponse, objectOf } from './client/http.ts'
import type { Arrival } from './client/user-agent.ts'
import { Untestable } from './error.ts'
import { ssoVerbs } from './expect-sso.ts'
import type { SsoAnswer } from './client/saml-client.ts'

/**
 * Judges messages whole. A verb notes a breach against the requirement that owns the part which is wrong; against the
 * unit's own requirements (or the one given) where the message as a whole is not what the unit is about.
 */
export type Expect = ReturnType<typeof expectFor>

export function expectFor(proves: readonly Requirement[], note: (breach: Breach) => void) {
  const expect = {
    /** An answer to a direct request: of the token, introspection, revocation, userinfo or registration endpoint. */
    response: (response: HttpResponse, about?: Requirement) =>
      responseVerbs(judgeable(response), about === undefined ? proves : [about], note),
    /** Where an authorization request ended. */
    arrival: (arrival: Arrival, about?: Requirement) =>
      arrivalVerbs(judgeable(arrival), about === undefined ? proves : [about], note),
    /** What a sign-on by SAML came to. */
    sso: (answer: SsoAnswer, about?: Requirement) => ssoVerbs(answer, about === undefined ? proves : [about], note),
    /** Any other fact about the target. */
    that: (
      holds: boolean,
      breach: { readonly expected: string; readonly actual: string; readonly violation?: Violation },
      about?: Requirement,
    ) => {
      if (holds) return
      for (const requirement of about === undefined ? proves : [about])
        note({ violation: 'wrong-value', ...breach, requirement })
    },
  }
  return expect
}

type Note = (breach: Breach) => void

/** A server that asks for fewer requests is neither right nor wrong about the one that it was sent. */
export function judgeable<Answer extends HttpResponse | Arrival>(answer: Answer): Answer {
  if (!('status' in answer) || (answer.status !== 429 && answer.status !== 503)) return answer
  throw new Untestable(
    `the server asks for fewer requests: status ${answer.status}; lower limits.max_rps in the target file`,
  )
}

function responseVerbs(response: HttpResponse, about: readonly Requirement[], note: Note) {
  const against = (requirements: readonly Requirement[], violation: Violation, expected: string, actual: string) => {
    for (const requirement of requirements) note({ requirement, violation, expected, actual })
  }
  const body = objectOf(response)

  return {
    /** A successful token response (RFC 6749 §5.1), every part of it. */
    toBeTokenResponse(): Readonly<Record<string, unknown>> {
      if (response.status !== 200) {
        against([rfc6749.tokenResponse], 'refused', 'status 200 with a token', describeAnswer(response))
        throw new Broken('no token response')
      }
      judgeTokenHeaders(response, against)
      if (body === undefined || !isText(body['access_token']) || !isText(body['token_type'])) {
        against(
          [rfc6749.tokenResponse],
          'malformed',
          'a JSON object with access_token and token_type',
          describeAnswer(response),
        )
        throw new Broken('no token response')
      }
      return body
    },

    /**
     * A refusal by RFC 6749 §5.2 with one of these codes. A success is a breach of what the unit is about; a refusal in
     * another form is one of the requirements on errors.
     */
    toBeOAuthError(...codes: readonly [string, ...string[]]) {
      const owed = `the error ${codes.join(' or ')}`
      const failing = whyNoRefusal(response)
      if (failing === undefined) judgeErrorBody(response, codes, owed, about, against)
      else against(about, failing, owed, describeAnswer(response))
    },

    /** A refusal of any form: a status of 4xx, or a body that says error. */
    toBeRefused(how = 'a refusal') {
      const failing = whyNoRefusal(response)
      if (failing !== undefined) against(about, failing, how, describeAnswer(response))
    },

    toHaveStatus(...statuses: readonly [number, ...number[]]) {
      if (!statuses.includes(response.status))
        against(about, 'wrong-status', `status ${statuses.join(' or ')}`, describeAnswer(response))
    },

    /** A header whose value matches. */
    toHaveHeader(name: string, pattern: RegExp, expected: string) {
      const values = headersOf(response, name)
      if (values.length === 0) against(about, 'missing-header', `${name}: ${expected}`, `no ${name}`)
      else if (!values.some((value) => pattern.test(value)))
        against(about, 'wrong-header', `${name}: ${expected}`, `${name}: ${values.join(', ')}`)
    },

    notToHaveHeader(name: string) {
      const value = headerOf(response, name)
      if (value !== undefined) against(about, 'wrong-header', `no ${name}`, `${name}: ${value}`)
    },

    /** A JSON object; what it holds is judged by its caller. */
    toBeJsonObject(): Readonly<Record<string, unknown>> {
      if (body !== undefined) return body
      against(about, 'malformed', 'a JSON object', describeAnswer(response))
      throw new Broken('no JSON object')
    },
  }
}

type Against = (requirements: readonly Requirement[], violation: Violation, expected: string, actual: string) => void

/** Why an answer is no refusal of any form; nothing where it is one. */
function whyNoRefusal(response: HttpResponse): Violation | undefined {
  if (response.status >= 500) return 'crashed'
  if (response.status >= 400) return undefined
  const body = objectOf(response)
  if (isText(body?.['error']) && body?.['access_token'] === undefined) return undefined
  return response.status >= 300 ? 'wrong-status' : 'accepted'
}

const isText = (value: unknown) => typeof value === 'string' && value !== ''

/** What a token response owes: a header, how it must read, and to which requirement. Values that are apart are one list. */
const tokenHeaders = [
  ['cache-control', /(?:^|[\s,])no-store(?:$|[\s,])/i, 'no-store', rfc6749.noStore],
  ['pragma', /(?:^|[\s,])no-cache(?:$|[\s,])/i, 'no-cache', rfc6749.pragmaNoCache],
  ['content-type', /^application\/json\s*(?:;|$)/i, 'application/json', rfc6749.tokenResponseJson],
] as const

function judgeTokenHeaders(response: HttpResponse, against: Against) {
  for (const [name, pattern, owed, requirement] of tokenHeaders) {
    const value = headersOf(response, name).join(', ')
    if (value === '') against([requirement], 'missing-header', `${name}: ${owed}`, `no ${name}`)
    else if (!pattern.test(value)) against([requirement], 'wrong-header', `${name}: ${owed}`, `${name}: ${value}`)
  }
}

function judgeErrorBody(
  response: HttpResponse,
  codes: readonly string[],
  owed: string,
  about: readonly Requirement[],
  against: Against,
) {
  const body = objectOf(response)
  const error = body?.['error']
  if (typeof error !== 'string') {
    against([rfc6749.errorJson], 'malformed', 'a JSON object with the member error', describeAnswer(response))
    return
  }
  if (!codes.includes(error)) against(about, 'wrong-error', owed, `the error ${error}`)
  const { error_uri: uri } = body ?? {}
  if (!isPrintable(error))
    against([rfc6749.errorCharset], 'malformed', `error ${inPrintable}`, JSON.stringify(error.slice(0, 80)))
  if (uri !== undefined && (typeof uri !== 'string' || !isUriReference(uri)))
    against([rfc6749.errorUri], 'malformed', 'an error_uri that is a URI reference', 'another text')
  const lawful = error === 'invalid_client' ? [400, 401] : [400]
  if (!lawful.includes(response.status))
    against([rfc6749.errorStatus], 'wrong-status', `status ${lawful.join(' or ')}`, describeAnswer(response))
  const description = body?.['error_description']
  if (description !== undefined && (typeof description !== 'string' || !isPrintable(description))) {
    against(
      [rfc6749.errorDescriptionCharset],
      'malformed',
      `an error_description ${inPrintable}`,
      JSON.stringify(description),
    )
  }
}

/** The characters of RFC 6749 §4.1.2.1 and §5.2. */
const isPrintable = (text: string) => /^[\x20-\x21\x23-\x5B\x5D-\x7E]*$/.test(text)

const inPrintable = 'of printable ASCII without " and \\'

function arrivalVerbs(arrival: Arrival, about: readonly Requirement[], note: Note) {
  const against = (violation: Violation, expected: string, requirements = about) => {
    for (const requirement of requirements) note({ requirement, violation, expected, actual: describeArrival(arrival) })
  }
  const response = responseOf(arrival)
  const granted = response.has('code') || response.has('access_token')
  const crashed = arrival.kind === 'page' && arrival.status >= 500

  return {
    /** The browser comes back to this URI with a code. */
    toBringCode(redirectUri?: string): ReadonlyMap<string, string> {
      if (arrival.kind === 'stuck') throw new Untestable(arrival.because)
      if (!response.has('code')) {
        against(crashed ? 'crashed' : 'refused', 'a redirect with a code')
        throw new Broken('no code')
      }
      if (redirectUri !== undefined && !leadsTo(arrival, redirectUri))
        against('redirected', `a redirect to ${redirectUri}`)
      return response
    },

    /** The browser comes back to this URI with one of these errors, and no code. */
    toBringError(redirectUri: string, ...codes: readonly [string, ...string[]]): ReadonlyMap<string, string> {
      const owed = `a redirect to ${redirectUri} with error=${codes.join(' or ')}`
      if (arrival.kind === 'stuck') throw new Untestable(arrival.because)
      if (granted) against('accepted', owed)
      else if (crashed) against('crashed', owed)
      else if (arrival.kind === 'page') against('refused', owed, [rfc6749.errorByRedirect])
      else if (!leadsTo(arrival, redirectUri)) against('redirected', owed)
      else if (!codes.includes(response.get('error') ?? '')) against('wrong-error', owed)
      judgeErrorParams(response, note)
      return response
    },

    /** No code, whether the refusal comes as a page or as a redirect. */
    toBringNoCode(): ReadonlyMap<string, string> {
      if (arrival.kind === 'stuck') throw new Untestable(arrival.because)
      if (granted) against('accepted', 'no code')
      else if (crashed) against('crashed', 'no code')
      return response
    },

    /** A page: the browser is sent nowhere, least of all to a URI that nobody registered. */
    toStayAtServer() {
      if (arrival.kind === 'stuck') throw new Untestable(arrival.because)
      if (arrival.kind === 'redirect' || arrival.kind === 'form_post')
        against('redirected', 'an error page and no redirect')
      // Who fails sends the browser nowhere, either.
      else if (crashed) against('crashed', 'an error page that is no failure of the server', [cwe.failuresHandled])
    },
  }
}

/** The characters of what a client is told of an error. */
function judgeErrorParams(response: ReadonlyMap<string, string>, note: Note) {
  const [error, description, uri] = ['error', 'error_description', 'error_uri'].map((name) => response.get(name) ?? '')
  const judge = (holds: boolean, requirement: Requirement, expected: string, actual: string) => {
    if (!holds) note({ requirement, violation: 'malformed', expected, actual })
  }
  judge(isPrintable(error ?? ''), rfc6749.authorizationErrorCharset, `error ${inPrintable}`, JSON.stringify(error))
  judge(
    isPrintable(description ?? ''),
    rfc6749.authorizationDescriptionCharset,
    `error_description ${inPrintable}`,
    JSON.stringify(description),
  )
  judge(
    isUriReference(uri ?? ''),
    rfc6749.authorizationErrorUri,
    'an error_uri that is a URI reference',
    'another text',
  )
}

/** Whether the browser came to this URI: the text as it is, or as a URL parser writes it, with all that its query held. */
function leadsTo(arrival: Arrival, uri: string): boolean {
  const to = arrival.kind === 'redirect' ? arrival.location : arrival.kind === 'form_post' ? arrival.action : ''
  const added = uri.includes('?') ? '&' : '?'
  if (to === uri || to.startsWith(uri + added) || to.startsWith(`${uri}#`)) return true
  if (!URL.canParse(to) || !URL.canParse(uri)) return false
  const [reached, owed] = [new URL(to), new URL(uri)]
  const places = [reached, owed].map(({ protocol, host, pathname }) => `${protocol}//${host}${pathname}`)
  return (
    places[0] === places[1] && [...owed.searchParams].every(([name, value]) => reached.searchParams.has(name, value))
  )
}

/** The status, and the error code where there is one: never a body, which may hold a token. */
export function describeAnswer(response: HttpResponse): string {
  const body = objectOf(response)
  const error = body?.['error']
  if (typeof error === 'string') return `status ${response.status} with the error ${error.slice(0, 80)}`
  if (body !== undefined && 'access_token' in body) return `status ${response.status} with a token`
  return `status ${response.status}`
}
