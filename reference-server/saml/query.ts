import { NotAnswerable } from './saml-error.ts'

/** A parameter decoded, and as it was encoded: what is signed is the latter (SAML Bindings §3.4.4.1). */
export interface QueryParameter {
  readonly name: string
  readonly value: string
  readonly encoded: string
}

/** The parameters of a message by HTTP-Redirect by name, in the order in which they came; none of them twice. */
export type SamlQuery = ReadonlyMap<string, QueryParameter>

/** Reads the query of a URL as it came, before any URL parser has repaired it. */
export function readQuery(url: string): SamlQuery {
  const at = url.indexOf('?')
  const query = at < 0 ? '' : url.slice(at + 1)
  const parameters = query.split('&').map((pair): QueryParameter => {
    const [name = '', encoded = ''] = pair.includes('=') ? splitAt(pair, pair.indexOf('=')) : [pair]
    return { name: decoded(name), value: decoded(encoded), encoded }
  })
  const byName = new Map(parameters.map((one) => [one.name, one]))
  const repeated = parameters.find((one) => byName.get(one.name) !== one)
  if (repeated !== undefined) throw new NotAnswerable('a parameter is repeated')
  return byName
}

const splitAt = (text: string, at: number) => [text.slice(0, at), text.slice(at + 1)]

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new NotAnswerable('a parameter is malformed')
  }
}
