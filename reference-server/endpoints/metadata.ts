import type { Context, Endpoint } from '../context.ts'
import { jsonText } from '../http.ts'

/** How long others may keep what is published: it changes when the server is started anew. */
const published = { 'cache-control': 'public, max-age=60' }

/** RFC 8414 §3 and OpenID Connect Discovery §4: computed once, from what the server does, so that it cannot promise anything else. */
export function metadataEndpoint({ enforce, config, keys, issuer }: Context): Endpoint {
  const members = {
    ...enforce.metadataEndpoints(issuer, config),
    ...enforce.metadataCapabilities(config),
    code_challenge_methods_supported: enforce.challengeMethods(config),
    authorization_response_iss_parameter_supported: enforce.responseIssPublished(),
  }
  const others = {
    ...members,
    ...(config.signedMetadata && {
      signed_metadata: enforce.signedMetadata({ issuer, ...members }, issuer, keys[config.idTokenAlg]),
    }),
  }
  const documentOf = (named: unknown) => JSON.stringify({ issuer: named, ...others })
  const usual = documentOf(issuer)
  return async (request, url) => {
    const named = enforce.metadataIssuer(issuer, request)
    return jsonText(enforce.metadataStatus(url.pathname), named === issuer ? usual : documentOf(named), {
      ...published,
      ...enforce.metadataHeaders(),
    })
  }
}

export function jwksEndpoint({ enforce, keys }: Context): Endpoint {
  const keySet = JSON.stringify({ keys: enforce.publishedKeys(keys) })
  return async () => jsonText(200, keySet, { ...published, 'content-type': 'application/jwk-set+json' })
}
