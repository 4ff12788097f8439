import http from 'k6/http'
import { encodeForm, type Params } from '../../core/wire/form.ts'
import type { Credentials } from './oauth.ts'
import { type Answer, answered } from './story.ts'

/** One of the forms that are posted at once. */
export interface Shot {
  /** What the request is called in the figures. */
  readonly name: string
  readonly url: string
  readonly params: Params
  readonly credentials: Credentials
}

/** Posts forms at once, each on a connection of its own, and gives their answers in the same order. k6 has six connections. */
export function volley(shots: readonly Shot[]): readonly Answer[] {
  if (shots.length === 0) return []
  warm(shots)
  const answers = http.batch(
    shots.map(({ name, url, params, credentials }) => ({
      method: 'POST' as const,
      url,
      body: encodeForm(params) + credentials.params(),
      params: {
        headers: credentials.headers,
        redirects: 0,
        responseType: 'text' as const,
        tags: { name },
      },
    })),
  )
  return answers.map((answer) => answered(answer))
}

/** A server hangs up on whoever was silent for this long, in milliseconds; few do so sooner than after five seconds. */
const coolsAfter = 4000

/** Of each URL: how many connections were in use at once, and when. */
const warmth = new Map<string, { readonly connections: number; readonly at: number }>()

/** Who has to connect first comes late. So as many connections as are needed are opened beforehand, where they may be closed. */
function warm(shots: readonly Shot[]): void {
  const [{ url } = { url: '' }] = shots
  const { connections, at } = warmth.get(url) ?? { connections: 0, at: 0 }
  const now = Date.now()
  warmth.set(url, { connections: shots.length, at: now })
  if (connections >= shots.length && now - at < coolsAfter) return
  // Asks for nothing, which every server may be asked for.
  http.batch(shots.map(() => ({ method: 'OPTIONS' as const, url, params: { redirects: 0, tags: apart } })))
}

const apart = { scenario: 'assay', name: 'connection' }
