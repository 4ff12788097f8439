import type { Requirement } from '../../core/spec/document.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { type HttpResponse, objectOf } from '../../harness/client/http.ts'
import { describeAnswer, type Expect, judgeable } from '../../harness/expect.ts'

/** Whether the answer holds a token, whatever its status. */
export const bringsToken = (answer: HttpResponse): boolean => objectOf(answer)?.['access_token'] !== undefined

/** A wrong request brings no token. How it is refused is for the server to choose, as long as it does not fail itself. */
export function expectNoToken(expect: Expect, answer: HttpResponse, about: Requirement): void {
  const breach = { expected: 'a refusal', actual: describeAnswer(answer) }
  expect.that(!bringsToken(answer), { ...breach, violation: 'accepted' }, about)
  expect.that(!isCrash(answer), { ...breach, violation: 'crashed' }, about)
}

/** A right request brings a token. */
export function expectToken(expect: Expect, answer: HttpResponse, about: Requirement): void {
  judgeable(answer)
  expect.that(
    bringsToken(answer),
    {
      violation: isCrash(answer) ? 'crashed' : 'refused',
      expected: 'status 200 with a token',
      actual: describeAnswer(answer),
    },
    about,
  )
}

/** A failure of the server itself; 503 only asks to come back later. */
export const isCrash = ({ status }: { readonly status: number }): boolean => status >= 500 && status !== 503

/** What an error in another form than that of RFC 6749 §5.2 breaks. */
export const errorRequirements = [rfc6749.errorStatus, rfc6749.errorJson, rfc6749.errorDescriptionCharset] as const

/**
 * Judges the form of a refusal by RFC 6749 §5.2. What is wrong with the HTTP of a request, its size or its rate is
 * reported as HTTP has it, and a request that is no form at all need only be survived.
 */
export function judgeErrorForm(expect: Expect, answer: HttpResponse, isForm = true): void {
  const actual = describeAnswer(answer)
  const { error, error_description: description = '' } = objectOf(answer) ?? {}
  if (ofHttp.has(answer.status) || (answer.status < 400 && error === undefined)) return
  if (answer.status !== 400 && answer.status !== 401) {
    const violation = isCrash(answer) ? 'crashed' : 'wrong-status'
    const owed = { violation, expected: 'status 400, or 401 for a client', actual } as const
    expect.that(!isForm && !isCrash(answer), owed, rfc6749.errorStatus)
    return
  }
  if (!isForm) return
  expect.that(
    typeof error === 'string',
    { violation: 'malformed', expected: 'a JSON object with the member error', actual },
    rfc6749.errorJson,
  )
  expect.that(
    typeof description === 'string' && /^[\x20-\x21\x23-\x5B\x5D-\x7E]*$/.test(description),
    {
      violation: 'malformed',
      expected: 'an error_description of printable ASCII without " and \\',
      actual: JSON.stringify(description),
    },
    rfc6749.errorDescriptionCharset,
  )
}

/** Forbidden by a firewall, method, timeout, length, size, URI, media type, rate, headers; and come back later. */
const ofHttp: ReadonlySet<number> = new Set([403, 405, 408, 411, 413, 414, 415, 429, 431, 503])
