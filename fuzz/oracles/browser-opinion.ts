import { browserDestination } from '../../harness/client/browser-verdict.ts'
import type { Arrival } from '../../harness/client/user-agent.ts'
import { isAbsoluteUri } from '../generators/uri.ts'
import { destinationOf } from './redirects.ts'

/** More of a URL is not needed to see where it leads, in characters. */
const longest = 200

/**
 * Where a real browser would go, as words that follow those of a breach. What is a URI by RFC 3986 says that itself: only
 * for other texts a browser is asked, if one is installed.
 */
export async function opinionOn(arrival: Arrival, from: string): Promise<string> {
  const destination = destinationOf(arrival)
  const reference = destination?.replace(/[?#].*$/s, '')
  if (destination === undefined || reference === undefined || isAbsoluteUri(reference)) return ''
  const way = arrival.kind === 'form_post' ? 'action' : 'location'
  const written = arrival.kind === 'form_post' ? arrival.action : destination
  const to = (await browserDestination(way, written, from))?.replace(/[?#].*$/s, '').slice(0, longest)
  if (to === undefined) return ''
  return to === '' ? '; a browser goes nowhere' : `; a browser goes to ${to}`
}
