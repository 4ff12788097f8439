import { formPost } from '../../core/spec/form-post.ts'
import { multipleResponseTypes } from '../../core/spec/multiple-response-types.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc8252 } from '../../core/spec/rfc8252.ts'
import { rfc9207 } from '../../core/spec/rfc9207.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { ResponseMode } from '../model.ts'
import type { OAuthError } from '../oauth-error.ts'
import { submitPolicy } from '../page-frame.ts'
import { type PostForm, postFormPage } from '../post-form.ts'
import { rule } from '../rule.ts'
import { printable } from './token-endpoint.ts'

/** The parameters of an authorization response, in order. */
export type ResponseParams = Readonly<Record<string, string | undefined>>

export const codeState = rule([rfc6749.stateReturned], (state: string | undefined): string | undefined => state)

export const errorState = rule(
  [rfc6749.stateReturnedOnError, rfc6749.implicitErrorState],
  (state: string | undefined): string | undefined => state,
)

export const responseIss = rule(
  [rfc9207.issInResponse, rfc9207.issIdentical, rfc9207.issIsPlainUrl],
  (issuer: string): string | undefined => issuer,
)

export const errorIss = rule(
  [rfc9207.issInError, rfc9207.issIdentical, rfc9207.issIsPlainUrl],
  (issuer: string): string | undefined => issuer,
)

/** Adds the response to the redirection URI and keeps a query that stands there. */
export const responseLocation = rule(
  [
    rfc6749.redirectUriQueryKept,
    rfc6749.codeByQuery,
    rfc6749.errorByRedirect,
    rfc6749.responseParamsNotRepeated,
    rfc6749.formEncoded,
    rfc8252.privateUseRedirect,
    multipleResponseTypes.queryMode,
  ],
  (redirectUri: string, params: ResponseParams): string =>
    `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${encoded(params)}`,
)

/** A registered redirection URI has no fragment of its own. */
export const fragmentLocation = rule(
  [multipleResponseTypes.fragmentMode, rfc6749.implicitInFragment, rfc6749.implicitErrorInFragment],
  (redirectUri: string, params: ResponseParams): string => `${redirectUri}#${encoded(params)}`,
)

export const formPostForm = rule(
  [formPost.responseInForm, formPost.actionIsRedirectUri, formPost.methodIsPost],
  (redirectUri: string, params: ResponseParams): PostForm => ({
    action: redirectUri,
    method: 'post',
    controls: present(params).map(([name, value]) => ({ type: 'hidden', name, value })),
  }),
)

export const formPostPage = rule(
  [formPost.responseInForm, rfc6749.inputSanitized, rfc6749.stateReturned, rfc6749.stateReturnedOnError],
  (form: PostForm): string => postFormPage(form),
)

export const formPostHeaders = rule(
  [formPost.notStored, formPost.responseInForm],
  (): Readonly<Record<string, string>> => ({
    'content-security-policy': submitPolicy,
    'cache-control': 'no-cache, no-store',
    pragma: 'no-cache',
  }),
)

/** Errors go the way of the code or token that they stand for. */
export const errorMode = rule(
  [multipleResponseTypes.fragmentMode, formPost.responseInForm, rfc6749.implicitErrorInFragment],
  (mode: ResponseMode): ResponseMode => mode,
)

export const authorizationError = rule([rfc6749.authorizationErrorCharset], (error: OAuthError): string => error.code)

/** What the client is told of an error besides its code. */
export const errorExplanation = rule(
  [rfc7636.errorsExplained, rfc6749.authorizationDescriptionCharset, rfc6749.authorizationErrorUri],
  (error: OAuthError): Readonly<Record<string, string>> => ({ error_description: printable(error.message) }),
)

/** 303 turns the POST that may have carried a password into a GET (RFC 9700 §4.12). */
export const redirectStatus = rule(
  [rfc9700.noRedirect307, rfc9700.seeOther, rfc9700.credentialsNotForwarded],
  (): number => 303,
)

const present = (params: ResponseParams): readonly (readonly [name: string, value: string])[] =>
  Object.entries(params).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))

const encoded = (params: ResponseParams) => new URLSearchParams(Object.fromEntries(present(params))).toString()
