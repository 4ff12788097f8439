import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { describeArrival, responseOf } from '../../harness/client/protocol-client.ts'
import type { Arrival } from '../../harness/client/user-agent.ts'
import type { Expect } from '../../harness/expect.ts'
import type { Target } from '../../harness/target/target.ts'
import { isCrash } from './answers.ts'

/** What a comparison breaks that lets another URI pass for a registered one. */
export const exactRequirements = [
  rfc9700.exactRedirectUri,
  rfc6749.redirectUriCompared,
  oidcCore.redirectUriExact,
] as const

/** What a redirect to somebody else breaks. */
export const openRedirectRequirements = [
  rfc6749.errorNotToBadUri,
  rfc6749.noOpenRedirector,
  rfc9700.noOpenRedirect,
] as const

/**
 * Whether a server may take this URI for a registered one: they are the same text, but for the port of a loopback address
 * (RFC 8252 §7.3). What a port of `localhost` means is left to the server.
 */
export const passesFor = (uri: string, registered: readonly string[]): boolean =>
  registered.some((one) => withoutLoopbackPort(one) === withoutLoopbackPort(uri))

const withoutLoopbackPort = (uri: string) =>
  uri.replace(/^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::[0-9]*)?(?=[/?#]|$)/, '$1')

/** Where the browser was sent, with the response in it. */
const destinationOf = (arrival: Arrival): string | undefined =>
  arrival.kind === 'redirect' ? arrival.location : arrival.kind === 'form_post' ? arrival.action : undefined

/** Whether a destination is this very URI, with nothing but a response added to its query or as its fragment. */
const isAt = (destination: string, uri: string): boolean =>
  destination.startsWith(uri) && (uri.includes('?') ? /^(?:$|[&#])/ : /^(?:$|[?#])/).test(destination.slice(uri.length))

/**
 * Judges what became of a request with a redirect_uri that is not registered: no code may leave the server, and the browser
 * may be sent neither there nor to another place of that host or of a registered one. A registered URI may be told of the
 * error, and a server may keep its error page on a host of its own.
 */
export function judgeUnregistered(
  { expect, target }: { readonly expect: Expect; readonly target: Target },
  arrival: Arrival,
  sent: string,
  registered: readonly string[],
): void {
  const lawful = !responseOf(arrival).has('code') && !leadsAstray(arrival, [sent], registered)
  const crashed = arrival.kind === 'page' && isCrash(arrival)
  const breach = breachOf(arrival, crashed ? 'crashed' : 'redirected')
  expect.that(lawful && !crashed, breach, rfc9700.exactRedirectUri)
  expect.that(lawful, breach, rfc6749.redirectUriCompared)
  if (target.capabilities.has('openid')) expect.that(lawful, breach, oidcCore.redirectUriExact)
}

/** Judges where a request led that was spoilt somehow: to a page of the server's, or to exactly what is registered. */
export function judgeDestination(
  expect: Expect,
  arrival: Arrival,
  named: readonly string[],
  registered: readonly string[],
): void {
  for (const about of openRedirectRequirements)
    expect.that(!leadsAstray(arrival, named, registered), breachOf(arrival, 'redirected'), about)
}

/** Whether the browser was sent to what a request names, or near to what is registered, and not exactly there. */
function leadsAstray(arrival: Arrival, named: readonly string[], registered: readonly string[]): boolean {
  const destination = destinationOf(arrival)
  if (destination === undefined || registered.some((uri) => isResponseAt(arrival, uri))) return false
  return [...named, ...registered].some((uri) => isAt(destination, uri) || shares('host', destination, uri))
}

const breachOf = (arrival: Arrival, violation: 'redirected' | 'crashed') => ({
  violation,
  expected: 'an error page, and no redirect to a URI that is not registered',
  actual: describeArrival(arrival),
})

/** Whether a URI leads a browser to a host that no registered one has. */
export const isForeign = (uri: string, registered: readonly string[]): boolean =>
  URL.canParse(uri) && !registered.some((one) => shares('hostname', one, uri))

/** Whether a browser takes both to the same place on the network, with its port or without, or to the same application. */
function shares(part: 'host' | 'hostname', one: string, other: string): boolean {
  if (!URL.canParse(one) || !URL.canParse(other)) return false
  const [a, b] = [new URL(one), new URL(other)]
  return a.protocol === b.protocol && a[part] === b[part]
}

/**
 * Whether the browser came to this URI with a response: the text as it is, or as a URL parser writes it, with all that
 * its query held.
 */
export function isResponseAt(arrival: Arrival, uri: string): boolean {
  const destination = destinationOf(arrival)
  if (destination === undefined) return false
  if (isAt(destination, uri)) return true
  if (!URL.canParse(destination) || !URL.canParse(uri)) return false
  const [reached, owed] = [new URL(destination), new URL(uri)]
  const sameQuery = [...owed.searchParams].every(([name, value], which) => {
    const [reachedName, reachedValue] = [...reached.searchParams][which] ?? []
    return reachedName === name && reachedValue === value
  })
  return reached.origin === owed.origin && reached.pathname === owed.pathname && sameQuery
}
