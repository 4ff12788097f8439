import { cwe } from '../../core/spec/cwe.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import type { RawParams } from '../parameters.ts'
import { rule } from '../rule.ts'

/** The method that a request is answered by: its own, whatever else its headers and its query say. */
export const requestMethod = rule([rfc6749.tokenPostOnly], (request: Request): string => request.method)

/** What is done with the headers of a request before anything else: nothing. */
export const headersAreLookedThrough = rule([cwe.failuresHandled], (_request: Request) => {})

/**
 * What is done with an input before anything else: nothing. Parameters come by their names, and what is no parameter as
 * one text: an `access token`, a `registration`, a `SAML message`.
 */
export const inputIsLookedThrough = rule([cwe.failuresHandled, cwe.workInProportion], (_input: RawParams) => {})
