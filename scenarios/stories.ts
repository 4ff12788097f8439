import { oidcCore } from '../core/spec/oidc-core.ts'
import { rfc6749 } from '../core/spec/rfc6749.ts'
import { rfc7519 } from '../core/spec/rfc7519.ts'
import { rfc7662 } from '../core/spec/rfc7662.ts'
import { rfc9700 } from '../core/spec/rfc9700.ts'
import type { Story } from '../core/story.ts'

/** Every load scenario by its name; the script of the same name tells the story. */
export const stories = {
  'client-credentials': {
    title: 'a service fetches a token for itself',
    needs: ['client_credentials'],
    promise: { p95: 100, p99: 250 },
    invariants: {
      'every request is answered with a token': { proves: [rfc6749.tokenResponse] },
      'no answer may be stored': { proves: [rfc6749.noStore] },
      'no two tokens share a jti': { proves: [rfc7519.jtiUnique], unseenWhere: 'access tokens have no jti' },
    },
  },
  'authorization-code': {
    title: 'a person signs in, consents, and the client redeems the code with PKCE',
    needs: ['authorization_code'],
    promise: { p95: 300, p99: 600 },
    invariants: {
      'state comes back unchanged': { proves: [rfc6749.stateReturned] },
      'every code is redeemed': { proves: [rfc6749.tokenResponse] },
      'a spent code stays spent': { proves: [rfc6749.codeSingleUse] },
      'the ID token has the nonce of its request': {
        proves: [oidcCore.idTokenNonce],
        unseenWhere: 'the target is no OpenID provider',
      },
      'the ID token is for the client that asked': {
        proves: [oidcCore.idTokenAudience],
        unseenWhere: 'the target is no OpenID provider',
      },
      'a published key verifies the sampled ID tokens': {
        proves: [oidcCore.idTokenSigned],
        bySample: 'id_token',
        unseenWhere: 'the target is no OpenID provider, or signs with secrets',
      },
    },
  },
  refresh: {
    title: 'a client refreshes again and again, and its refresh tokens rotate',
    needs: ['authorization_code', 'refresh_token'],
    promise: { p95: 150, p99: 300 },
    invariants: {
      'every live refresh token is honoured': { proves: [rfc6749.tokenResponse] },
      'a rotated refresh token stays spent': {
        proves: [rfc9700.refreshRotatedForPublic],
        unseenWhere: 'the target has no public client, or does not rotate its refresh tokens',
      },
    },
  },
  introspection: {
    title: 'a resource server asks about tokens, live, revoked and unknown',
    needs: ['client_credentials', 'introspection'],
    promise: { p95: 100, p99: 250 },
    invariants: {
      'a live token is active': { proves: [rfc7662.activeMember] },
      'an unknown token is inactive': { proves: [rfc7662.unknownTokenInactive] },
      'a revoked token is inactive': {
        proves: [rfc7662.revokedInactive],
        unseenWhere: 'the target has no revocation endpoint',
      },
    },
  },
} as const satisfies Readonly<Record<string, Story>>

export type StoryName = keyof typeof stories
