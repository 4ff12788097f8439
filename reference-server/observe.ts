import type { OAuthErrorCode } from './oauth-error.ts'

/** What an endpoint has to tell whoever watches the server. Every value is from a closed set: none comes from a request. */
export type Occurrence =
  | { readonly type: 'issued'; readonly grantType: GrantType }
  | { readonly type: 'denied'; readonly error: OAuthErrorCode }
  | { readonly type: 'replayed'; readonly credential: Credential }

/** An answer, or what happened on the way to it. The path is that of a route, or `unmatched`. */
export type Observation =
  | {
      readonly type: 'answered'
      readonly endpoint: string
      readonly method: string
      readonly status: number
      readonly seconds: number
    }
  | (Occurrence & { readonly endpoint: string })

export const grantTypes = ['authorization_code', 'client_credentials', 'refresh_token', 'password', 'implicit'] as const
export type GrantType = (typeof grantTypes)[number]

/** What may be used once. */
export const credentials = ['code', 'refresh_token'] as const
export type Credential = (typeof credentials)[number]

/** Watches the server: metrics on Node, nothing at all, or what an edge runtime offers. It is called within each request. */
export type Observe = (observation: Observation) => void

/** An observer that throws is heard of once, by the operator, and never by a request. */
export function harmless(observe: Observe): Observe {
  let failed = false
  return (observation) => {
    try {
      observe(observation)
    } catch (error) {
      if (!failed) console.error('what observes the server failed; further failures are not reported', error)
      failed = true
    }
  }
}
