import type { Requirement } from '../../core/spec/document.ts'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { describeArrival, responseOf } from '../../harness/client/protocol-client.ts'
import type { Arrival } from '../../harness/client/user-agent.ts'
import type { Expect } from '../../harness/expect.ts'
import type { Target } from '../../harness/target/target.ts'
import { latin1Of, type OctetText } from '../octets.ts'
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

/** A place where a server is offered a redirection URI, be it by a query, a form, a JSON document or a signed message. */
export interface RedirectSurface {
  /** What it may take there: these, octet by octet. */
  readonly known: readonly string[]
  /** Whether the port of a loopback address may differ (RFC 8252 §7.3). */
  readonly portVaries: boolean
}

/** Whether a surface may take this URI. What a port of `localhost` means is left to the server. */
export function mayTake(uri: OctetText, { known, portVaries }: RedirectSurface): boolean {
  const read = portVaries ? (text: string) => withoutLoopbackPort(latin1Of(text)) : latin1Of
  return known.some((one) => read(one) === read(uri))
}

/** Judges that a surface took a URI, or did not. */
export function judgeTaken(
  expect: Expect,
  surface: RedirectSurface,
  offered: { readonly uri: OctetText; readonly isTaken: boolean; readonly actual: string },
  about: readonly Requirement[],
): void {
  const breach = { violation: 'accepted', expected: 'nothing taken but what is known, letter by letter' } as const
  for (const requirement of about)
    expect.that(!offered.isTaken || mayTake(offered.uri, surface), { ...breach, actual: offered.actual }, requirement)
}

/** Whether an authorization request may have this URI of a client that registered those. */
export const passesFor = (uri: OctetText, registered: readonly string[]): boolean =>
  mayTake(uri, { known: registered, portVaries: true })

const withoutLoopbackPort = (uri: string) =>
  uri.replace(/^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::[0-9]*)?(?=[/?#]|$)/, '$1')

/** Where the browser was sent, with the response in it: each octet is a character, as a header has it. */
export function destinationOf(arrival: Arrival): string | undefined {
  if (arrival.kind === 'form_post') return latin1Of(arrival.action)
  if (arrival.kind !== 'redirect') return undefined
  return /^[\0-\u00FF]*$/.test(arrival.location) ? arrival.location : latin1Of(arrival.location)
}

/** Whether a destination is this very URI, with nothing but a response added to its query or as its fragment. */
function isAt(destination: string, uri: OctetText): boolean {
  const octets = latin1Of(uri)
  return (
    destination.startsWith(octets) &&
    (octets.includes('?') ? /^(?:$|[&#])/ : /^(?:$|[?#])/).test(destination.slice(octets.length))
  )
}

/**
 * The same for a registered URI, which others may begin with: what they have behind it does not come back but as the name
 * of a parameter that responses have.
 */
function isRegisteredAt(destination: string, registered: string, named: readonly string[]): boolean {
  if (!isAt(destination, registered)) return false
  const own = latin1Of(registered)
  const rest = destination.slice(own.length)
  const isResponse = /^[?&#](?:code|error|state|iss|session_state|error_description|error_uri|response)=/.test(rest)
  return (
    isResponse ||
    !named.some((uri) => {
      const other = latin1Of(uri)
      return other.length > own.length && other.startsWith(own) && rest.startsWith(other.slice(own.length))
    })
  )
}

/** Whether a request with a URI that may not be taken was answered as if it might: there, or with what opens something. */
export const isTaken = (arrival: Arrival, sent: OctetText, registered: readonly string[]): boolean =>
  responseOf(arrival).has('code') ||
  /[?&#](?:code|access_token)=./.test(destinationOf(arrival) ?? '') ||
  leadsAstray(arrival, [sent], registered)

/**
 * Judges what became of a request with a redirect_uri that is not registered: no code may leave the server, and the browser
 * may be sent neither there nor to another place of that host or of a registered one. A registered URI may be told of the
 * error, and a server may keep its error page on a host of its own. `opinion` says where a browser would go.
 */
export function judgeUnregistered(
  { expect, target }: { readonly expect: Expect; readonly target: Target },
  arrival: Arrival,
  sent: OctetText,
  registered: readonly string[],
  opinion = '',
): void {
  const lawful = !isTaken(arrival, sent, registered)
  const crashed = arrival.kind === 'page' && isCrash(arrival)
  const breach = breachOf(arrival, crashed ? 'crashed' : 'redirected', opinion)
  expect.that(lawful && !crashed, breach, rfc9700.exactRedirectUri)
  expect.that(lawful, breach, rfc6749.redirectUriCompared)
  if (target.capabilities.has('openid')) expect.that(lawful, breach, oidcCore.redirectUriExact)
}

/** Judges where a request led that was spoilt somehow: to a page of the server's, or to exactly what is registered. */
export function judgeDestination(
  expect: Expect,
  arrival: Arrival,
  named: readonly OctetText[],
  registered: readonly string[],
  { opinion = '', about = openRedirectRequirements }: DestinationJudgement = {},
): void {
  for (const requirement of about)
    expect.that(!leadsAstray(arrival, named, registered), breachOf(arrival, 'redirected', opinion), requirement)
}

export interface DestinationJudgement {
  /** Where a browser would go, in words. */
  readonly opinion?: string
  readonly about?: readonly Requirement[]
}

/** Whether the browser was sent to what a request names, or near to what is registered, and not exactly there. */
export function leadsAstray(arrival: Arrival, named: readonly OctetText[], registered: readonly string[]): boolean {
  const destination = destinationOf(arrival)
  if (destination === undefined) return false
  const spellings = registered.flatMap((uri) => (URL.canParse(uri) ? [uri, new URL(uri).href] : [uri]))
  if (spellings.some((uri) => isRegisteredAt(destination, uri, named))) return false
  if (named.some((uri) => isAt(destination, uri))) return true
  if (registered.some((uri) => isResponseAt(arrival, uri))) return false
  return [...named, ...registered].some((uri) => shares('host', destination, latin1Of(uri)))
}

const breachOf = (arrival: Arrival, violation: 'redirected' | 'crashed', opinion: string) => ({
  violation,
  expected: 'an error page, and no redirect to a URI that is not registered',
  actual: `${describeArrival(arrival)}${opinion}`,
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
