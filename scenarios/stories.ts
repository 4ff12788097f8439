import { cwe } from '../core/spec/cwe.ts'
import { oidcCore } from '../core/spec/oidc-core.ts'
import { rfc6749 } from '../core/spec/rfc6749.ts'
import { rfc6750 } from '../core/spec/rfc6750.ts'
import { rfc7009 } from '../core/spec/rfc7009.ts'
import { rfc7519 } from '../core/spec/rfc7519.ts'
import { rfc7591 } from '../core/spec/rfc7591.ts'
import { rfc7592 } from '../core/spec/rfc7592.ts'
import { rfc7662 } from '../core/spec/rfc7662.ts'
import { rfc8414 } from '../core/spec/rfc8414.ts'
import { rfc9068 } from '../core/spec/rfc9068.ts'
import { rfc9700 } from '../core/spec/rfc9700.ts'
import { samlBindings } from '../core/spec/saml-bindings.ts'
import { samlCore } from '../core/spec/saml-core.ts'
import { samlProfiles } from '../core/spec/saml-profiles.ts'
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
      'no two tokens share a jti': {
        proves: [rfc7519.jtiUnique],
        by: { unique: 'jti' },
        unseenWhere: 'access tokens have no jti',
      },
      'no token names another client': {
        proves: [rfc9068.clientClaim],
        by: { claim: 'client_id', of: 'access_token' },
        unseenWhere: 'access tokens have no client_id',
      },
    },
  },
  'authorization-code': {
    title: 'a person signs in, consents, and the client redeems the code with PKCE',
    needs: ['authorization_code'],
    promise: { p95: 300, p99: 600 },
    invariants: {
      'state comes back unchanged': { proves: [rfc6749.stateReturned] },
      'every code is redeemed': { proves: [rfc6749.tokenResponse] },
      'no code is issued twice': { proves: [rfc6749.tokensUnguessable], by: { unique: 'code' } },
      'a spent code stays spent': { proves: [rfc6749.codeSingleUse] },
      'the ID token has the nonce of its request': {
        proves: [oidcCore.idTokenNonce],
        by: { claim: 'nonce', of: 'id_token' },
        unseenWhere: 'the target is no OpenID provider',
      },
      'the ID token is for the client that asked': {
        proves: [oidcCore.idTokenAudience],
        by: { claim: 'aud', of: 'id_token' },
        unseenWhere: 'the target is no OpenID provider',
      },
      'no two people share a subject': {
        proves: [oidcCore.subjectUnique],
        by: { unique: 'sub' },
        unseenWhere: 'the target is no OpenID provider',
      },
      'a published key verifies the sampled ID tokens': {
        proves: [oidcCore.idTokenSigned],
        by: { sampled: 'id_token' },
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
  'refresh-storm': {
    title: 'after an outage apps come back all at once, and some send what they have more than once',
    needs: ['authorization_code', 'refresh_token'],
    promise: { p95: 200, p99: 400 },
    invariants: {
      'of uses at once one line of refresh tokens goes on': {
        proves: [rfc9700.refreshRotatedForPublic],
        unseenWhere: 'the target has no public client, or does not rotate its refresh tokens',
      },
      'a code that comes twice at once buys once': { proves: [rfc6749.codeSingleUse] },
      'whatever comes at once is answered and is no failure': { proves: [cwe.failuresHandled] },
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
  'revocation-storm': {
    title: 'a client revokes its tokens in bursts, and whoever asks about them at once knows',
    needs: ['client_credentials', 'introspection', 'revocation'],
    promise: { p95: 100, p99: 250 },
    invariants: {
      'a revocation is answered with 200': {
        proves: [rfc7009.revokedIsOk],
        unseenWhere: 'the target does not revoke access tokens',
      },
      'a revoked token is inactive at once': {
        proves: [rfc7662.revokedInactive, rfc7009.revokedAtOnce],
        unseenWhere: 'the target does not revoke access tokens',
      },
      'a live token of another client stays active': {
        proves: [rfc7662.activeMember],
        unseenWhere: 'the target file has no other client that gets tokens with a secret',
      },
      'a revoked token is refused at userinfo': {
        proves: [rfc6750.invalidToken, rfc7009.revokedAtOnce],
        unseenWhere: 'the target has no userinfo endpoint, or does not revoke access tokens',
      },
    },
  },
  registration: {
    title: 'clients register, use what they were given, and are deleted again',
    needs: ['registration', 'client_secret_basic'],
    promise: { p95: 150, p99: 300 },
    invariants: {
      'a registration is answered with 201': { proves: [rfc7591.created] },
      'every new client is told its name': { proves: [rfc7591.clientIdReturned] },
      'no two clients share a name': { proves: [rfc6749.clientIdUnique], by: { unique: 'client_id' } },
      'clients registered at once are told apart': {
        proves: [rfc7591.clientIdUnique],
        unseenWhere: 'the target does not let clients delete their registration',
      },
      'the credentials of a new client are good at once': {
        proves: [rfc7591.metadataAssociated],
        unseenWhere: 'the target gives no secret to clients that register themselves',
      },
      'a client can read what it registered': {
        proves: [rfc7592.readAnswered],
        unseenWhere: 'the target does not let clients read their registration',
      },
      'a client keeps its name': {
        proves: [rfc7592.clientIdKept],
        unseenWhere: 'the target does not let clients read their registration',
      },
      'a deletion is answered with 204': {
        proves: [rfc7592.deleted],
        unseenWhere: 'the target does not let clients delete their registration',
      },
      'a deleted registration is answered with 401': {
        proves: [rfc7592.tokenDiesWithClient],
        unseenWhere: 'the target does not let clients delete their registration',
      },
      'a deleted client gets no more tokens': {
        proves: [rfc7592.deletedClientIsDead],
        unseenWhere: 'registered clients get no tokens for themselves, or cannot delete their registration',
      },
    },
  },
  userinfo: {
    title: 'a client asks about the people who have signed in, one after the other',
    needs: ['authorization_code', 'openid', 'userinfo'],
    promise: { p95: 200, p99: 400 },
    invariants: {
      'every live token is answered with claims': { proves: [oidcCore.userinfoBearer] },
      'the claims are those of the person in the ID token': { proves: [oidcCore.userinfoSameSubject] },
      'an unknown token is refused': { proves: [rfc6750.invalidToken] },
    },
  },
  discovery: {
    title: 'clients and resource servers fetch metadata and keys, while the keys rotate',
    needs: ['client_credentials'],
    promise: { p95: 100, p99: 250 },
    invariants: {
      'the metadata name the issuer': { proves: [rfc8414.issuerIdentical] },
      'the key set holds keys': {
        proves: [rfc8414.jwksHoldsSigningKeys],
        unseenWhere: 'the target publishes no jwks_uri',
      },
      'the key of a new access token is published': {
        proves: [rfc9068.keysPublished],
        unseenWhere: 'the access tokens are no JWTs of RFC 9068, or are signed with secrets',
      },
      'a retired key stays published while its tokens live': {
        proves: [oidcCore.retiredKeysKept],
        unseenWhere: 'the target is no OpenID provider, its access tokens are no JWTs, or nothing rotates its keys',
      },
    },
  },
  'saml-sso': {
    title: 'a person signs on at a service provider through the identity provider',
    needs: ['saml_idp'],
    promise: { p95: 300, p99: 600 },
    invariants: {
      'every request is answered with success at the place that it names': {
        proves: [samlCore.consumerHonoured],
        by: { claim: 'AssertionConsumerServiceURL', of: 'saml_response' },
      },
      'RelayState comes back unchanged': {
        proves: [samlBindings.relayStateReturned],
        by: { claim: 'RelayState', of: 'saml_response' },
      },
      'the response names its request': {
        proves: [samlCore.inResponseTo],
        by: { claim: 'InResponseTo', of: 'saml_response' },
      },
      'no two assertions share an ID': {
        proves: [samlCore.idsUnique],
        by: { unique: 'assertion_id' },
        unseenWhere: 'the assertions are encrypted',
      },
      'the assertion is for the service provider that asked': {
        proves: [samlProfiles.audience],
        by: { claim: 'Audience', of: 'saml_response' },
        unseenWhere: 'the assertions are encrypted',
      },
      'the assertion is about the person who signed in': {
        proves: [samlCore.subjectIsPresenter],
        by: { unique: 'name_id' },
        unseenWhere: 'people have another name each time, or one that nobody here knows',
      },
      'a person keeps the persistent identifier': {
        proves: [samlCore.persistentStays],
        by: { claim: 'NameID', of: 'saml_response' },
        unseenWhere: 'people are not called by persistent identifiers',
      },
      'a published key verifies the sampled responses': {
        proves: [samlProfiles.assertionsSigned],
        by: { sampled: 'saml_response' },
        unseenWhere: 'the assertions are encrypted',
      },
    },
  },
} as const satisfies Readonly<Record<string, Story>>

export type StoryName = keyof typeof stories
