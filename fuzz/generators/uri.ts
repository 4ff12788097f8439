/** A URI in parts, as RFC 3986 Appendix B takes it apart; what is put together again is the same text. */
export interface UriParts {
  readonly scheme: string
  /** What stands between the scheme and the authority: `://`, or `:` where there is no authority. */
  readonly separator: string
  readonly user: string
  readonly host: string
  readonly port: string
  readonly path: string
  readonly query: string
}

export function partsOf(uri: string): UriParts {
  const [, scheme = '', colon = '', slashes = '', authority = '', path = '', query = ''] =
    /^(?:([^:/?#]+)(:))?(?:(\/\/)([^/?#]*))?([^?#]*)(.*)$/s.exec(uri) ?? []
  const [, user = '', host = '', port = ''] = /^(.*@)?(\[[^\]]*\]|[^:]*)(:.*)?$/s.exec(authority) ?? []
  return { scheme, separator: `${colon}${slashes}`, user, host, port, path, query }
}

export const uriOf = ({ scheme, separator, user, host, port, path, query }: UriParts): string =>
  `${scheme}${separator}${user}${host}${port}${path}${query}`

/** RFC 3986 §3.2 and §3.3. */
const name = "(?:[\\w.~!$&'()*+,;=-]|%[0-9a-f]{2})"
const user = `(?:${name}|:)`
const pathCharacter = `(?:${user}|@)`
const authority = `(?:${user}*@)?(?:\\[[0-9a-f:.]+\\]|${name}*)(?::[0-9]*)?`

const absoluteUri = new RegExp(
  `^[a-z][a-z0-9+.-]*:(?://${authority}(?:/${pathCharacter}*)*|/?(?:${pathCharacter}+(?:/${pathCharacter}*)*)?)(?:\\?(?:${pathCharacter}|[/?])*)?$`,
  'i',
)

/** RFC 3986 §4.3: a scheme, a hierarchical part and perhaps a query; no fragment. */
export const isAbsoluteUri = (text: string): boolean => absoluteUri.test(text)
