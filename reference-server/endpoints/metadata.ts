import type { Context, Endpoint } from '../context.ts'
import { json } from '../http.ts'

/** RFC 8414 §3 and OpenID Connect Discovery §4: computed from what the server does, so that it cannot promise anything else. */
export const metadataEndpoint =
  ({ enforce, config, issuer }: Context): Endpoint =>
  async (request, url) =>
    json(
      enforce.metadataStatus(url.pathname),
      {
        issuer: enforce.metadataIssuer(issuer, request),
        ...enforce.metadataEndpoints(issuer, config),
        ...enforce.metadataCapabilities(config),
        code_challenge_methods_supported: enforce.challengeMethods(config),
      },
      enforce.metadataHeaders(),
    )

export const jwksEndpoint =
  ({ enforce, keys }: Context): Endpoint =>
  async () =>
    json(
      200,
      { keys: enforce.publishedKeys(keys) },
      {
        'content-type': 'application/jwk-set+json',
        'access-control-allow-origin': '*',
        'cache-control': 'public, max-age=60',
      },
    )
