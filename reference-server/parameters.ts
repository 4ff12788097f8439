/** The parameters of a query or form as they came: in order, repeated ones included, empty ones too. */
export type RawParams = readonly (readonly [name: string, value: string])[]

/** The parameters that a request is judged by: each once, none empty. */
export type Params = ReadonlyMap<string, string>

/** As `URLSearchParams` reads them; what needs no decoding is taken as it stands, which is most. */
export function readParams(text: string): RawParams {
  const params: (readonly [string, string])[] = []
  for (let from = 0, to = 0; from < text.length; from = to + 1) {
    const end = text.indexOf('&', from)
    to = end === -1 ? text.length : end
    if (to === from) continue
    const equals = text.indexOf('=', from)
    params.push(
      equals === -1 || equals > to
        ? [decoded(text.slice(from, to)), '']
        : [decoded(text.slice(from, equals)), decoded(text.slice(equals + 1, to))],
    )
  }
  return params
}

function decoded(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    // What is no escape stays as it is, and what is no UTF-8 becomes U+FFFD.
    return new URLSearchParams(`=${text}`).get('') ?? ''
  }
}
