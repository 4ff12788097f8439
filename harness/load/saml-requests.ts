import { randomBytes } from 'node:crypto'
import { Redactor } from '../../core/redact.ts'
import { type SignOnRequest, signOnLineOf } from '../../core/sign-on-request.ts'
import { HttpClient } from '../client/http.ts'
import { requestIdpMetadata, signOnLocationOf, usableIdpMetadata } from '../client/saml-metadata.ts'
import { authnRequest, nameIdFormats, nameIdPolicy, redirectQuery, urlWith } from '../client/saml-request.ts'
import { assertAuthorized } from '../target/authorized.ts'
import type { ServiceProvider, Target } from '../target/target.ts'
import { type Pool, poolOf } from './pool.ts'

/** So many octets of a random RelayState come to 68 characters: SAML Bindings §3.4.3 allows 80. */
const relayStateOctets = 51

/**
 * Requests for sign-on by SAML, by the path at which they are asked for: with whatever name identifier there is, and with
 * a persistent one. They are compressed, which k6 cannot do. None where the target file has no service provider.
 */
export function samlRequestPools(target: Target): ReadonlyMap<string, Pool> {
  const providers = target.saml?.service_providers ?? []
  if (target.saml === undefined || providers.length === 0) return new Map()
  const places = providers.flatMap((provider) =>
    [provider.acs_url, ...(provider.other_acs_urls ?? [])].map((consumer) => ({ provider, consumer })),
  )
  let location: Promise<string> | undefined
  const poolWith = (content: string) => {
    let turn = 0
    return poolOf(async () => {
      const place = places[turn++ % places.length]
      if (place === undefined) throw new TypeError('there is no service provider')
      // Asked for once, whatever comes of it: what cannot be had is not asked for again in every iteration.
      return signOnLineOf(requestFrom(place, await (location ??= signOnLocation(target)), content))
    })
  }
  return new Map([
    ['saml-requests/any', poolWith('')],
    ['saml-requests/persistent', poolWith(nameIdPolicy(nameIdFormats.persistent))],
  ])
}

function requestFrom(
  { provider, consumer }: { readonly provider: ServiceProvider; readonly consumer: string },
  destination: string,
  content: string,
): SignOnRequest {
  const { entity_id: issuer, private_key: key } = provider
  const relayState = randomBytes(relayStateOctets).toString('base64')
  const { id, xml } = authnRequest({ issuer, destination, consumer, now: Date.now() }, { content })
  const query = redirectQuery(xml, { relayState, ...(key !== undefined && { key }) })
  return { url: urlWith(destination, query), id, provider: issuer, consumer, relayState }
}

/** The metadata may lead to hosts that are not the target's own. */
async function signOnLocation({ saml, limits, authorizedHosts }: Target): Promise<string> {
  const http = new HttpClient({ timeoutMs: limits.timeout_ms, redactor: new Redactor() })
  const metadata = await usableIdpMetadata(await requestIdpMetadata(saml?.metadata_url ?? '', http))
  const location = signOnLocationOf(metadata)
  assertAuthorized(location, authorizedHosts, 'load')
  return location
}
