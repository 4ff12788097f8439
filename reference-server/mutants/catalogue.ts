import type { Mutant } from '../mutant.ts'
import * as accessToken from './access-token.ts'
import * as authorizationCode from './authorization-code.ts'
import * as authorizationRequest from './authorization-request.ts'
import * as authorizationDecision from './authorization-decision.ts'
import * as authorizationResponse from './authorization-response.ts'
import * as endpointUris from './endpoint-uris.ts'
import * as tokenRequest from './token-request.ts'
import * as tokenResponse from './token-response.ts'
import * as bearerUsage from './bearer-usage.ts'
import * as clientAssertion from './client-assertion.ts'
import * as clientAuthentication from './client-authentication.ts'
import * as clientConfiguration from './client-configuration.ts'
import * as clientMetadata from './client-metadata.ts'
import * as conflicts from './conflicts.ts'
import * as consent from './consent.ts'
import * as crossOrigin from './cross-origin.ts'
import * as forbiddenGrants from './forbidden-grants.ts'
import * as forms from './forms.ts'
import * as input from './input.ts'
import * as introspection from './introspection.ts'
import * as jsonText from './json-text.ts'
import * as metadataCapabilities from './metadata-capabilities.ts'
import * as metadata from './metadata.ts'
import * as namedClient from './named-client.ts'
import * as nonAtomic from './non-atomic.ts'
import * as pages from './pages.ts'
import * as protectedResource from './protected-resource.ts'
import * as publishedKeys from './published-keys.ts'
import * as redirect from './redirect.ts'
import * as redirectUri from './redirect-uri.ts'
import * as refreshToken from './refresh-token.ts'
import * as registeredRedirectUri from './registered-redirect-uri.ts'
import * as registration from './registration.ts'
import * as responseIss from './response-iss.ts'
import * as responseMode from './response-mode.ts'
import * as revocation from './revocation.ts'
import * as samlBinding from './saml-binding.ts'
import * as samlMetadata from './saml-metadata.ts'
import * as samlRequest from './saml-request.ts'
import * as samlResponse from './saml-response.ts'
import * as samlSignature from './saml-signature.ts'
import * as softwareStatement from './software-statement.ts'
import * as tokenEndpoint from './token-endpoint.ts'
import * as tokens from './tokens.ts'
import * as underLoad from './under-load.ts'
import * as userinfo from './userinfo.ts'

/** Every mutant, by id. */
export const catalogue: ReadonlyMap<string, Mutant> = new Map(
  [
    accessToken,
    authorizationCode,
    authorizationRequest,
    authorizationDecision,
    authorizationResponse,
    endpointUris,
    tokenRequest,
    tokenResponse,
    bearerUsage,
    clientAssertion,
    clientAuthentication,
    clientConfiguration,
    clientMetadata,
    conflicts,
    consent,
    crossOrigin,
    forbiddenGrants,
    forms,
    input,
    introspection,
    jsonText,
    metadata,
    metadataCapabilities,
    namedClient,
    nonAtomic,
    pages,
    protectedResource,
    publishedKeys,
    redirect,
    redirectUri,
    refreshToken,
    registeredRedirectUri,
    registration,
    responseIss,
    responseMode,
    revocation,
    samlBinding,
    samlMetadata,
    samlRequest,
    samlResponse,
    samlSignature,
    softwareStatement,
    tokenEndpoint,
    tokens,
    underLoad,
    userinfo,
  ]
    .flatMap((area) => Object.values<readonly Mutant[]>(area).flat())
    .map((mutant) => [mutant.id, mutant]),
)
