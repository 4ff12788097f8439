import { isIPv4 } from 'node:net'
import { HarnessError } from '../error.ts'
import { publishedUrls } from './metadata.ts'
import type { Target } from './target.ts'

/** Whether a host name or address, without port, is this machine: 127.0.0.0/8, ::1, localhost and what ends with .localhost. */
export function isLoopback(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
  return (
    (isIPv4(name) && name.startsWith('127.')) || name === '::1' || name === 'localhost' || name.endsWith('.localhost')
  )
}

/** What a target must allow. */
export type Intrusion = 'fuzz' | 'load'

/** Throws `HOST_NOT_AUTHORIZED`, with the line to add, where a URL leads to a host that is neither loopback nor listed. */
export function assertAuthorized(url: string, authorizedHosts: readonly string[], what: Intrusion) {
  refuse([url], authorizedHosts, what)
}

/** The same for everything that a run would send requests to: the metadata may lead to hosts that the issuer does not own. */
export function assertTargetAuthorized(
  {
    issuer,
    metadata,
    authorizedHosts,
    clockUrl,
    control,
    saml,
  }: Pick<Target, 'issuer' | 'metadata' | 'authorizedHosts' | 'clockUrl' | 'control' | 'saml'>,
  what: Intrusion,
) {
  const named = [clockUrl, control?.rotate_keys?.url, saml?.metadata_url].filter((url) => url !== undefined)
  refuse([issuer, ...publishedUrls(metadata), ...named], authorizedHosts, what)
}

function refuse(urls: readonly string[], authorizedHosts: readonly string[], what: Intrusion) {
  const foreign = [
    ...new Set(
      urls
        .map((url) => new URL(url))
        .filter((url) => !isAuthorized(url, authorizedHosts))
        .map(({ host }) => host),
    ),
  ]
  if (foreign.length === 0) return
  throw new HarnessError('HOST_NOT_AUTHORIZED', `the target file does not allow to ${what} ${foreign.join(', ')}`, {
    hint: `if you own ${foreign.length === 1 ? 'that host' : 'those hosts'} or have permission, write this line into target.yaml: ${authorizingLine([...authorizedHosts, ...foreign])}`,
  })
}

function isAuthorized(url: URL, authorizedHosts: readonly string[]): boolean {
  if (isLoopback(url.hostname)) return true
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  return authorizedHosts.some((entry) => {
    const allowed = entry.toLowerCase()
    return allowed === url.host || allowed === `${url.hostname}:${port}`
  })
}

/** The line of a target file that lists these hosts. An IPv6 address needs quotes there. */
export const authorizingLine = (hosts: readonly string[]) =>
  `authorized_hosts: [${hosts.map((host) => (/^[\w.:-]+$/.test(host) ? host : JSON.stringify(host))).join(', ')}]`
