/** Tokens of which all are read, or some verified. */
export const tokenKinds = ['access_token', 'id_token', 'saml_response'] as const

export type TokenKind = (typeof tokenKinds)[number]

/** A token that came, and what its claims must say where they say anything of it. */
export interface TokenTold {
  readonly kind: TokenKind
  /** The client that asked for it, or the service provider. */
  readonly client: string
  /** Who signed in for it; nothing where nobody did. */
  readonly person: string
  /** The nonce of the request, or its ID; nothing where it had none. */
  readonly nonce: string
  readonly token: string
}

/**
 * As a line: the interpreter of k6 takes longer to write JSON, or to read the claims itself, than to send a request. The
 * nonce is of characters that need no encoding; a token of others is none that anybody could read.
 */
export const lineOf = ({ kind, client, person, nonce, token }: TokenTold): string =>
  `${kind}\t${encodeURIComponent(client)}\t${encodeURIComponent(person)}\t${nonce}\t${token}`

/** What such a line says; nothing where it is none. */
export function tokenIn(line: string): TokenTold | undefined {
  const [name, client = '', person = '', nonce = '', token, ...more] = line.split('\t')
  const kind = tokenKinds.find((one) => one === name)
  if (kind === undefined || token === undefined || more.length > 0) return undefined
  try {
    return { kind, client: decodeURIComponent(client), person: decodeURIComponent(person), nonce, token }
  } catch {
    return undefined
  }
}
