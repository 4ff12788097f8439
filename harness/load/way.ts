import type { Target } from '../target/target.ts'
import { type Distance, distanceTo, type Remoteness } from './distance.ts'

/** How k6 reaches a target. */
export interface Way {
  /** Where it connects to instead of each `host:port` of the target. */
  readonly hosts: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** A long way to each host of a target that seems far away; straight to them where it does not. */
export async function wayTo(target: Target, remoteness: Remoteness | undefined): Promise<Way> {
  if (remoteness === undefined) return { hosts: {}, close: async () => {} }
  const authorities = new Set(
    [target.issuer, target.saml?.metadata_url, ...Object.values(target.metadata)].flatMap(
      (value) => authorityOf(value) ?? [],
    ),
  )
  const distances = new Map<string, Distance>()
  for (const authority of authorities) {
    const at = authority.lastIndexOf(':')
    const port = Number(authority.slice(at + 1))
    distances.set(authority, await distanceTo(bare(authority.slice(0, at)), port, remoteness))
  }
  return {
    hosts: Object.fromEntries([...distances].map(([authority, distance]) => [authority, distance.authority])),
    close: async () => void (await Promise.all([...distances.values()].map(async (one) => await one.close()))),
  }
}

/** `host:port` of a URL, the usual port of its scheme included; nothing where it is none. */
function authorityOf(url: unknown): string | undefined {
  if (typeof url !== 'string' || !/^https?:/i.test(url) || !URL.canParse(url)) return undefined
  const { protocol, hostname, port } = new URL(url)
  return `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`
}

/** An IPv6 address without its brackets. */
const bare = (host: string) => host.replace(/^\[(.*)\]$/, '$1')
