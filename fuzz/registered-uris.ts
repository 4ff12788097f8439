import type { Arbitrary } from 'fast-check'
import { isNonEmpty, type NonEmpty } from '../core/verdict.ts'
import type { ProtocolClient } from '../harness/client/protocol-client.ts'
import { Untestable } from '../harness/error.ts'
import { type RedirectUriVariation, redirectUriVariation } from './generators/redirect-uri.ts'
import { isForeign } from './oracles/redirects.ts'

/** The redirection URIs of a client; without any the unit cannot judge. */
export function registeredOf({ account }: ProtocolClient): NonEmpty<string> {
  if (isNonEmpty(account.redirect_uris)) return account.redirect_uris
  throw new Untestable(`the client ${account.client_id} has no redirect_uris`)
}

/** What is made of them and leads to hosts where the client has nothing. */
export function foreignVariation(client: ProtocolClient): Arbitrary<RedirectUriVariation> {
  const registered = registeredOf(client)
  return redirectUriVariation(registered, (uri) => !isForeign(uri, registered))
}
