import { document } from './document.ts'
import { rfc6749 } from './rfc6749.ts'

/** Why nobody outside sees what a page tells the person. */
const inWords = { unobservable: 'a page says it in words, of any language, which no test can tell from other words' }

/**
 * Where the draft asks for more than the documents that it gathers, or for what none of them says. What it repeats of
 * RFC 6749, 6750, 7636, 8252, 9207 and 9700 at the same level has its row in their tables, and binds everybody.
 */
export const oauth21 = document(
  'oauth2.1',
  'The OAuth 2.1 Authorization Framework (draft)',
  'https://datatracker.ietf.org/doc/draft-ietf-oauth-v2-1/',
  {
    httpsEverywhere: ['1.5', 'MUST', 'offers each of its endpoints by https'],
    confidenceConsidered: [
      '2.1',
      'SHOULD',
      'lets what a client may reach depend on how sure it is who the client is',
      { unobservable: 'how sure a server is of a client shows in no answer' },
    ],
    oneClientType: ['2.1', 'SHOULD NOT', 'treats the same client as confidential at one time and as public at another'],
    redirectUrisRegistered: ['2.3.1', 'MUST', 'requires every client to register where it is redirected to'],
    redirectUriComplete: ['2.3.1', 'MUST', 'requires the complete redirection URI, its path included'],
    credentialsConfidential: [
      '2.4',
      'MUST',
      'relies on the authentication of a client only where its credentials were handed out in confidence',
      { unobservable: 'how credentials came to a client is between the two' },
    ],
    assertionAudience: ['2.4', 'MUST', 'rejects a client assertion whose audience is not its issuer identifier alone'],
    unauthenticatedLimited: [
      '2.4',
      'MUST',
      'takes measures that limit the exposure of tokens of clients that do not authenticate',
      { unobservable: 'the draft leaves open which measures are enough' },
    ],
    privilegesAssessed: [
      '2.4',
      'MUST',
      'lets the privileges of a client depend on how it is identified and keeps its credentials',
      { unobservable: 'it is an assessment, of which only the outcome shows' },
    ],
    secretInBody: ['2.4.1', 'MUST', 'takes a client secret from the body of the request'],
    tokenCorsForBrowserApps: [
      '3.2',
      'STATES',
      'lets other origins read its token endpoint where it wishes to serve browser-based applications',
      { unobservable: 'which applications a server wishes to serve is for its operator to say' },
    ],
    scopeReturned: ['3.2.3', 'SHOULD', 'names the granted scope, even where it is the one that was asked for'],
    strayVerifierReported: [
      '3.2.4',
      'STATES',
      'reports invalid_request for a verifier where the authorization request had no challenge',
    ],
    challengeOfPublicClients: ['4.1.2.1', 'MUST', 'rejects requests of public clients without code_challenge'],
    challengeOfOtherClients: [
      '4.1.2.1',
      'MUST',
      'rejects requests of other clients without code_challenge, unless a nonce protects the code instead',
    ],
    codeNeedsChallenge: [
      '4.1.3',
      'MUST',
      'denies a token request whose code was asked for without code_challenge, unless a nonce protects it instead',
    ],
    refreshBoundToName: [
      '4.3.1',
      'MUST',
      'makes sure that a refresh token was issued to the client_id with which a client presents it',
    ],
    refreshedGrantActive: ['4.3.1', 'MUST', 'makes sure that the grant of a refresh token is still active'],
    refreshReplayEndsGrant: [
      '4.3.1',
      'STATES',
      'revokes the grant of a rotated refresh token that comes back',
      {
        unobservable: 'that its refresh token is dead has a row in RFC 9700; what else the grant held is not said',
      },
    ],
    queryTokenIgnored: ['5.1', 'MUST', 'ignores an access token in the query of a request for a resource'],
    tokensNotInUrls: ['7.1.3.7', 'MUST NOT', 'passes an access token in the URL of a page'],
    challengeBesideNonce: ['7.5.1.1', 'SHOULD', 'enforces code_challenge even where a nonce would protect the code'],
    invalidReplayHarmless: [
      '7.5.2',
      'SHOULD NOT',
      'revokes what a code has bought where the request that brings it again is invalid',
    ],
    registrationControlled: [
      '7.9',
      'SHOULD',
      'controls who may register clients, and which scopes they may ask for',
      { unobservable: 'a server need only consider it, and may have decided for no control at all' },
    ],
    developersVerified: [
      '7.9',
      'SHOULD',
      'verifies who developed a client before the client gets at what is sensitive',
      { unobservable: 'it is done when a client is registered, by people' },
    ],
    consentInformed: [
      '7.9',
      'SHOULD',
      'tells the person which client asks, who registered it, and which scopes it asks for',
      inWords,
    ],
    unknownClientsExplained: [
      '7.9',
      'SHOULD',
      'makes sure that the person understands which client asks where nobody registered it beforehand',
      inWords,
    ],
    grantsListed: [
      '7.9',
      'SHOULD',
      'shows people and administrators which clients they have let in, and lets them revoke that',
      { unobservable: 'no standard says where such a list is' },
    ],
    noSecretOfNativeApps: ['8.1', 'MUST NOT', 'makes a native app authenticate by a secret that its copies share'],
    noTokenAtAuthorization: ['10.1', 'STATES', 'issues no access token in the authorization response'],
    noNullMembers: ['C.3', 'SHOULD', 'leaves out of a JSON answer what has no value, rather than writing null'],
  },
)

/** What the draft has dropped of RFC 6749 or made a matter of the client: it does not bind whoever claims the draft. */
export const droppedByOauth21 = [
  // §2.4.1: a secret must be taken from the body of the request, and may be by HTTP Basic.
  rfc6749.basicSupported,
  // §3.2.3 asks for Cache-Control alone.
  rfc6749.pragmaNoCache,
  // §10.2: redirect_uri is no parameter of the token request any more, so a server for new clients ignores it.
  rfc6749.codeRedirectUriRequired,
  rfc6749.codeRedirectUriMatches,
] as const
