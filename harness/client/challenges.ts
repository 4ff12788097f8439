import { headersOf, type HttpResponse } from './http.ts'

/** One challenge of `WWW-Authenticate`; parameters in order, repeated ones included, names in small letters. */
export interface Challenge {
  /** In small letters. */
  readonly scheme: string
  readonly params: readonly (readonly [name: string, value: string])[]
}

/** RFC 9110 §11.2: a parameter is a token or a quoted string; a scheme has no equals sign behind it. */
const parameter = /^[\s,]*([!#$%&'*+.^_`|~\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/s
const scheme = /^[\s,]*([!#$%&'*+.^_`|~\w-]+)(?=\s|,|$)/

/** The challenges of an answer, quoted strings without their quotes and escapes; what is no challenge ends them. */
export function challengesOf(answer: Pick<HttpResponse, 'headers'>): readonly Challenge[] {
  const challenges: { readonly scheme: string; readonly params: [string, string][] }[] = []
  for (const value of headersOf(answer, 'www-authenticate')) {
    for (let rest = value; rest !== '';) {
      const [found, name = '', quoted, bare = ''] = parameter.exec(rest) ?? []
      const last = challenges.at(-1)
      if (found !== undefined && last !== undefined) {
        last.params.push([name.toLowerCase(), quoted?.replaceAll(/\\(.)/gs, '$1') ?? bare])
        rest = rest.slice(found.length)
        continue
      }
      const [lead, word] = scheme.exec(rest) ?? []
      if (lead === undefined || word === undefined) break
      challenges.push({ scheme: word.toLowerCase(), params: [] })
      rest = rest.slice(lead.length)
    }
  }
  return challenges
}
