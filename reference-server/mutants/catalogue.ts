import type { Mutant } from '../mutant.ts'
import * as authorizationCode from './authorization-code.ts'
import * as authorizationRequest from './authorization-request.ts'
import * as clientAuthentication from './client-authentication.ts'
import * as metadata from './metadata.ts'
import * as pages from './pages.ts'
import * as protectedResource from './protected-resource.ts'
import * as redirect from './redirect.ts'
import * as redirectUri from './redirect-uri.ts'
import * as refreshToken from './refresh-token.ts'
import * as registration from './registration.ts'
import * as samlBinding from './saml-binding.ts'
import * as samlMetadata from './saml-metadata.ts'
import * as samlRequest from './saml-request.ts'
import * as samlResponse from './saml-response.ts'
import * as samlSignature from './saml-signature.ts'
import * as tokenEndpoint from './token-endpoint.ts'
import * as tokens from './tokens.ts'
import * as userinfo from './userinfo.ts'

/** Every mutant, by id. */
export const catalogue: ReadonlyMap<string, Mutant> = new Map(
  [
    authorizationCode,
    authorizationRequest,
    clientAuthentication,
    metadata,
    pages,
    protectedResource,
    redirect,
    redirectUri,
    refreshToken,
    registration,
    samlBinding,
    samlMetadata,
    samlRequest,
    samlResponse,
    samlSignature,
    tokenEndpoint,
    tokens,
    userinfo,
  ]
    .flatMap((area) => Object.values<readonly Mutant[]>(area).flat())
    .map((mutant) => [mutant.id, mutant]),
)
