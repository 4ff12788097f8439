import type { HostileCase } from './case.ts'
import { bodies } from './cases/bodies.ts'
import { http } from './cases/http.ts'
import { json } from './cases/json.ts'
import { pages } from './cases/pages.ts'
import { redirects } from './cases/redirects.ts'
import { tokenCases } from './cases/tokens.ts'
import { xmlCases } from './cases/xml.ts'

/** Every way to hurt that the harness is known to survive, by what it is about. */
export const kinds = {
  'what an answer is made of': bodies,
  'HTTP itself': http,
  'where it leads': redirects,
  'pages that people sign in on': pages,
  JSON: json,
  tokens: tokenCases,
  XML: xmlCases,
} as const satisfies Readonly<Record<string, readonly HostileCase[]>>

export const cases: readonly HostileCase[] = Object.values(kinds).flat()
