import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { rule } from '../rule.ts'

/** The parameters of an authorization response, in order. */
export type ResponseParams = Readonly<Record<string, string | undefined>>

export const codeState = rule([rfc6749.stateReturned], (state: string | undefined): string | undefined => state)

export const errorState = rule([rfc6749.stateReturnedOnError], (state: string | undefined): string | undefined => state)

/** Adds the response to the redirection URI and keeps a query that stands there. */
export const responseLocation = rule(
  [rfc6749.redirectUriQueryKept, rfc6749.errorByRedirect],
  (redirectUri: string, params: ResponseParams): string => {
    const query = new URLSearchParams(
      Object.entries(params).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value] as [string, string]],
      ),
    )
    return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${query.toString()}`
  },
)

/** 303 turns the POST that may have carried a password into a GET (RFC 9700 §4.12). */
export const redirectStatus = rule([rfc9700.noRedirect307], (): number => 303)
