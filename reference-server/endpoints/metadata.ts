import type { Context, Endpoint } from '../context.ts'
import { jsonText } from '../http.ts'

/** How long others may keep the metadata: what they say changes when the server is started anew. */
const forAWhile = { 'cache-control': 'public, max-age=60' }

/** RFC 8414 §3 and OpenID Connect Discovery §4: computed once, from what the server does, so that it cannot promise anything else. */
export function metadataEndpoint({ enforce, config, keys, issuer }: Context): Endpoint {
  const members = {
    ...enforce.metadataEndpoints(issuer, config),
    ...enforce.metadataCapabilities(config),
    code_challenge_methods_supported: enforce.challengeMethods(config),
    authorization_response_iss_parameter_supported: enforce.responseIssPublished(),
  }
  // Keys rotate, so what they sign is signed anew for everybody.
  const signed = () => ({
    signed_metadata: enforce.signedMetadata({ issuer, ...members }, issuer, keys.signing[config.idTokenAlg]),
  })
  const documentOf = (named: unknown) =>
    JSON.stringify({ issuer: named, ...members, ...(config.signedMetadata && signed()) })
  const usual = documentOf(issuer)
  return async (request, url) => {
    const named = enforce.metadataIssuer(issuer, request)
    const isUsual = named === issuer && !config.signedMetadata
    return jsonText(enforce.metadataStatus(url.pathname), isUsual ? usual : documentOf(named), {
      ...forAWhile,
      ...enforce.metadataHeaders(),
    })
  }
}

/** Nobody may keep the key set: whoever comes back for an unfamiliar kid has to find it (OpenID Connect Core §10.1.1). */
export function jwksEndpoint({ enforce, keys }: Context): Endpoint {
  const make = () => ({
    of: keys.signing,
    text: JSON.stringify({ keys: enforce.publishedKeys(keys.signing, keys.retired) }),
  })
  let made = make()
  return async () => {
    if (!enforce.keySetIsCurrent(made.of, keys.signing)) made = make()
    return jsonText(200, made.text, { 'cache-control': 'no-cache', 'content-type': 'application/jwk-set+json' })
  }
}
