import http from 'k6/http'
import { originOf } from '../../core/url-reference.ts'
import type { Credentials } from './oauth.ts'
import { type Answer, answered } from './story.ts'

/** One of the forms that are posted at once. */
export interface Shot {
  /** What the request is called in the figures. */
  readonly name: string
  readonly url: string
  readonly form: string
  readonly credentials: Credentials
}

/** Posts forms at once, each on a connection of its own, and gives their answers in the same order. k6 has six connections. */
export function volley(shots: readonly Shot[]): readonly Answer[] {
  if (shots.length === 0) return []
  warm(shots)
  const answers = http.batch(
    shots.map(({ name, url, form, credentials }) => ({
      method: 'POST' as const,
      url,
      body: form + credentials.params(),
      params: credentials.request(name),
    })),
  )
  return answers.map((answer) => answered(answer))
}

/** A server hangs up on whoever was silent for this long, in milliseconds; few do so sooner than after five seconds. */
const coolsAfter = 4000

/** Of each server, and of each URL of one: when one connection was last in use, when two were at once, and so on. */
const warmth = new Map<string, number[]>()

function warmthOf(url: string): number[] {
  const known = warmth.get(url)
  if (known !== undefined) return known
  const origin = originOf(url) ?? url
  const used = warmth.get(origin) ?? []
  warmth.set(origin, used).set(url, used)
  return used
}

/** Who has to connect first comes late. So as many connections as are needed are opened beforehand, where they may be closed. */
function warm(shots: readonly Shot[]): void {
  const url = shots[0]?.url ?? ''
  const used = warmthOf(url)
  const now = Date.now()
  const areWarm = shots.every((_, at) => now - (used[at] ?? 0) < coolsAfter)
  shots.forEach((_, at) => (used[at] = now))
  if (areWarm) return
  // Asks for nothing, which every server may be asked for.
  http.batch(shots.map(() => ({ method: 'OPTIONS' as const, url, params: { redirects: 0, tags: apart } })))
}

const apart = { scenario: 'assay', name: 'connection' }
