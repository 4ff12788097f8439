import { type SignOnAsked, signOnAskedOf } from './sign-on-request.ts'

/** Tokens of which all are read, or some verified. */
export const tokenKinds = ['access_token', 'id_token', 'saml_response'] as const

export type TokenKind = (typeof tokenKinds)[number]

/** What came, and is read by the companion of a run: its interpreter does that in a tenth of the time. */
export type Told = TokenTold | ResponseTold

/** A token, and what its claims must say where they say anything of it. */
export interface TokenTold {
  readonly kind: 'access_token' | 'id_token'
  /** The client that asked for it. */
  readonly client: string
  /** Who signed in for it; nothing where nobody did. */
  readonly person: string
  /** The nonce of the request; nothing where it had none. */
  readonly nonce: string
  readonly token: string
}

/** A form that brings a SAML response, as the page has it. */
export interface ResponseTold {
  readonly kind: 'saml_response'
  readonly person: string
  readonly asked: SignOnAsked
  /** Where the page was had. */
  readonly url: string
  /** When it came, in milliseconds since the epoch, where the response is to be verified in full. */
  readonly sampledAt?: number
  readonly form: string
}

/** What stands before a token: a line of its own, with the end of the one before. The nonce is of characters that need no encoding. */
export const tokenHead = (kind: TokenTold['kind'], token: string, client: string, person: string, nonce: string) =>
  `\n${kind}\t${token.length}\t${encodeURIComponent(person)}\t${encodeURIComponent(client)}\t${nonce}\n`

/** What stands before a form, likewise. What was asked for is a line already; no URL that was gone to has a line or a tab in it. */
export const responseHead = (form: string, asked: string, person: string, url: string, sampledAt: number | '') =>
  `\nsaml_response\t${form.length}\t${encodeURIComponent(person)}\t${sampledAt}\t${url}\t${asked}\n`

/**
 * All that was told: lines, each with the text behind it that is as long as it says. Nothing where one of them is none, for
 * nobody knows where the next one begins.
 */
export function toldIn(text: string): readonly Told[] | undefined {
  const told: Told[] = []
  for (let at = 0; at < text.length;) {
    const start = text.indexOf('\n', at) + 1
    const [kind, length = '', person = '', ...rest] = text.slice(at, start - 1).split('\t')
    const end = start + Number(length)
    if (start === 0 || !wholeNumber.test(length) || end > text.length || (text[end] ?? '\n') !== '\n') return undefined
    const one = oneTold(kind, person, rest, text.slice(start, end))
    if (one === undefined) return undefined
    told.push(one)
    at = end + 1
  }
  return told
}

const wholeNumber = /^\d{1,9}$/

function oneTold(
  kind: string | undefined,
  writtenPerson: string,
  rest: readonly string[],
  text: string,
): Told | undefined {
  try {
    const person = decodeURIComponent(writtenPerson)
    if (kind === 'saml_response') return responseTold(person, rest, text)
    const [client = '', nonce = '', ...more] = rest
    if ((kind !== 'access_token' && kind !== 'id_token') || more.length > 0) return undefined
    return { kind, client: decodeURIComponent(client), person, nonce, token: text }
  } catch {
    return undefined
  }
}

function responseTold(
  person: string,
  [at = '', url = '', ...asked]: readonly string[],
  form: string,
): ResponseTold | undefined {
  if (asked.length !== 4 || !Number.isFinite(Number(at))) return undefined
  const sampledAt = at === '' ? {} : { sampledAt: Number(at) }
  return { kind: 'saml_response', person, asked: signOnAskedOf(asked), url, form, ...sampledAt }
}
