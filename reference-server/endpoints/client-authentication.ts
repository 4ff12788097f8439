import type { Context, Place } from '../context.ts'
import type { AuthenticatingEndpoint, Client } from '../model.ts'
import { type Params, readParams } from '../parameters.ts'
import { bodyCredentials, type Credentials } from '../rules/client-authentication.ts'

/** The client that a direct request comes from, authenticated by the method that it registered (RFC 6749 §2.3, OpenID Connect Core §9). */
export async function authenticateClient(
  { enforce, store, clock, config, issuer }: Context,
  request: Request,
  url: Place,
  params: Params,
  at: AuthenticatingEndpoint,
): Promise<Client> {
  const authorization = request.headers.get('authorization')
  const header = authorization === null ? undefined : enforce.basicCredentials(authorization)
  const form = enforce.credentialsNotInUri(readParams(url.search.slice(1)), params)
  const body = bodyCredentials(form, enforce.receivedAssertion)
  const credentials = chosen(header, body)
  enforce.oneAuthMethod(credentials)

  const [shown] = credentials
  const found =
    shown === undefined ? await enforce.unnamedClient(params, store) : await store.findClient(shown.clientId)
  const client = enforce.clientIsKnown(found)
  if (shown === undefined) return client
  const used = signedBy(client, shown)
  enforce.authMethodIsSupported(used.method, config.authMethods, at)
  enforce.authMethodIsRegistered(client, used)
  if (used.secret !== undefined) {
    enforce.secretMatches(client, used.secret)
    enforce.secretIsCurrent(client, clock.now())
  }
  if (used.assertion !== undefined) {
    if (used.method === 'client_secret_jwt') {
      enforce.assertionHasMac(client, used.assertion)
      enforce.secretIsCurrent(client, clock.now())
    } else {
      enforce.assertionIsSigned(client, used.assertion)
    }
    enforce.assertionHasClaims(used.assertion)
    enforce.assertionNamesClient(client, used.assertion)
    enforce.assertionNamesServer([issuer], used.assertion)
    enforce.assertionIsCurrent(used.assertion, clock.now())
    enforce.assertionHasBegun(used.assertion, clock.now())
    await enforce.assertionIsFresh(client, used.assertion, store)
  }
  const named = params.get('client_id')
  return header === undefined || named === undefined ? client : await enforce.clientThatAsks(client, named, at, store)
}

/** What signs an assertion is what its client has registered: whoever sent it is not asked, and its header says nothing of that. */
const signedBy = ({ authMethod }: Client, shown: Credentials): Credentials =>
  shown.assertion !== undefined && authMethod === 'client_secret_jwt' ? { ...shown, method: authMethod } : shown

/** A bare client_id beside an Authorization header is no second way of authenticating, whomever it names. */
const chosen = (header: Credentials | undefined, body: Credentials | undefined): readonly Credentials[] => {
  if (header === undefined) return body === undefined ? [] : [body]
  if (body === undefined) return [header]
  return body.method === 'none' ? [header] : [header, body]
}
