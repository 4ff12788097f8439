/** Parameters of a request: a list repeats the parameter, `undefined` leaves it out. */
export type Params = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * `application/x-www-form-urlencoded`, in the order of the members. Runs in k6, which has no `URLSearchParams`, and which
 * takes four times as long for a loop over values as for a call with each.
 */
export function encodeForm(params: Params): string {
  let form = ''
  const add = (name: string, value: string) => (form += `&${encodeComponent(name)}=${encodeComponent(value)}`)
  Object.keys(params).forEach((name) => {
    const value = params[name]
    if (typeof value === 'string') add(name, value)
    else value?.forEach((one) => add(name, one))
  })
  return form.slice(1)
}

// A regular expression that stands where it is used is made anew by k6 each time.
const plain = /^[\w.*-]*$/
const surrogate = /[\uD800-\uDFFF]/
/** What the encoding of URIs leaves as it is, and that of forms does not. */
const unlike = /[!'()~]/

/** One name or value, as the form encoding of the URL standard writes it. A lone surrogate becomes U+FFFD. */
export const encodeComponent = (text: string): string =>
  // Most names and values are made of these alone.
  plain.test(text) ? text : formed(encodeURIComponent(surrogate.test(text) ? wellFormed(text) : text))

/** Whether anything is to be done is looked first, here and below: under load that takes longer than the rest. */
const formed = (uriComponent: string) => {
  const spaced = uriComponent.includes('%20') ? uriComponent.replaceAll('%20', '+') : uriComponent
  return unlike.test(spaced)
    ? spaced.replaceAll(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    : spaced
}

/** The parameters of a query or form, decoded, in order, repeated ones included. Malformed escapes stay as they came. */
export const decodeForm = (text: string): readonly (readonly [name: string, value: string])[] =>
  text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=')
      return at < 0
        ? [decodeComponent(pair), '']
        : [decodeComponent(pair.slice(0, at)), decodeComponent(pair.slice(at + 1))]
    })

/** Adds parameters to a URI, keeping a query that it already has. */
export const withQuery = (uri: string, params: Params): string => {
  const query = encodeForm(params)
  return query === '' ? uri : `${uri}${uri.includes('?') ? '&' : '?'}${query}`
}

/** The parameters that a redirect carries: those of the query and those of the fragment, told apart. */
export function redirectParams(location: string) {
  const [beforeFragment = '', ...fragment] = location.split('#')
  const at = beforeFragment.indexOf('?')
  return {
    query: at < 0 ? [] : decodeForm(beforeFragment.slice(at + 1)),
    fragment: decodeForm(fragment.join('#')),
  }
}

/** One parameter of the query that a redirect carries, which has it once. To decode the others as well takes time under load. */
export function redirectParam(location: string, name: string): string | undefined {
  const fragment = location.indexOf('#')
  const url = fragment < 0 ? location : location.slice(0, fragment)
  const query = url.indexOf('?')
  if (query < 0) return undefined
  const at = url.startsWith(`${name}=`, query + 1) ? query : url.indexOf(`&${name}=`, query)
  // A name may be written in other ways.
  if (at < 0) return redirectParams(url).query.find(([one]) => one === name)?.[1]
  const start = at + name.length + 2
  const end = url.indexOf('&', start)
  return decodeComponent(end < 0 ? url.slice(start) : url.slice(start, end))
}

function decodeComponent(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

/** Text with U+FFFD for each lone surrogate. */
export const wellFormed = (text: string) =>
  text.replaceAll(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD')
