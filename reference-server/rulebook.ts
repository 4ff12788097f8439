import type { Apply, Rule } from './rule.ts'
import * as accessToken from './rules/access-token.ts'
import * as authorizationCode from './rules/authorization-code.ts'
import * as authorizationRequest from './rules/authorization-request.ts'
import * as bearerUsage from './rules/bearer-usage.ts'
import * as clientAuthentication from './rules/client-authentication.ts'
import * as clientConfiguration from './rules/client-configuration.ts'
import * as clientMetadata from './rules/client-metadata.ts'
import * as consent from './rules/consent.ts'
import * as forbiddenGrants from './rules/forbidden-grants.ts'
import * as forms from './rules/forms.ts'
import * as crossOrigin from './rules/cross-origin.ts'
import * as input from './rules/input.ts'
import * as introspection from './rules/introspection.ts'
import * as metadata from './rules/metadata.ts'
import * as pages from './rules/pages.ts'
import * as protectedResource from './rules/protected-resource.ts'
import * as redirect from './rules/redirect.ts'
import * as refreshToken from './rules/refresh-token.ts'
import * as registration from './rules/registration.ts'
import * as revocation from './rules/revocation.ts'
import * as samlBinding from './rules/saml-binding.ts'
import * as samlMetadata from './rules/saml-metadata.ts'
import * as samlRequest from './rules/saml-request.ts'
import * as samlResponse from './rules/saml-response.ts'
import * as samlSignature from './rules/saml-signature.ts'
import * as softwareStatement from './rules/software-statement.ts'
import * as tokenEndpoint from './rules/token-endpoint.ts'
import * as tokens from './rules/tokens.ts'

const areas = {
  ...accessToken,
  ...authorizationCode,
  ...authorizationRequest,
  ...bearerUsage,
  ...clientAuthentication,
  ...clientConfiguration,
  ...clientMetadata,
  ...consent,
  ...forbiddenGrants,
  ...forms,
  ...crossOrigin,
  ...input,
  ...introspection,
  ...metadata,
  ...pages,
  ...protectedResource,
  ...redirect,
  ...refreshToken,
  ...registration,
  ...revocation,
  ...samlBinding,
  ...samlMetadata,
  ...samlRequest,
  ...samlResponse,
  ...samlSignature,
  ...softwareStatement,
  ...tokenEndpoint,
  ...tokens,
}

type RuleName = {
  [Name in keyof typeof areas]: (typeof areas)[Name] extends Rule<infer _> ? Name : never
}[keyof typeof areas]

/** Every rule by its name. */
export type Rulebook = Pick<typeof areas, RuleName>

/** The rules as plain functions: what the endpoints call. */
export type Enforce = { readonly [Name in RuleName]: Rulebook[Name]['apply'] }

/** The rules that a mutant or a dialect puts others in the place of. */
export type Swap = Partial<Enforce>

const isRule = (value: unknown): value is Rule => typeof value === 'object' && value !== null && 'enforces' in value

export const rulebook: ReadonlyMap<string, Rule> = new Map(
  Object.entries<unknown>(areas).flatMap(([name, value]) => (isRule(value) ? [[name, value] as const] : [])),
)

/** Makes the rules plain functions, once, when a server is made. */
export const assemble = (swap: Swap): Enforce => {
  const own: Record<string, Apply> = {}
  for (const [name, { apply }] of rulebook) own[name] = apply
  return { ...(own as Enforce), ...swap }
}
