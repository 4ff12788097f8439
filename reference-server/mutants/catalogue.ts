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
    tokenEndpoint,
    tokens,
    userinfo,
  ]
    .flatMap((area) => Object.values<readonly Mutant[]>(area).flat())
    .map((mutant) => [mutant.id, mutant]),
)
