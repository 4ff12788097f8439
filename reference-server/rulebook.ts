import type { Apply, Rule } from './rule.ts'
import * as authorizationCode from './rules/authorization-code.ts'
import * as authorizationRequest from './rules/authorization-request.ts'
import * as clientAuthentication from './rules/client-authentication.ts'
import * as metadata from './rules/metadata.ts'
import * as pages from './rules/pages.ts'
import * as protectedResource from './rules/protected-resource.ts'
import * as redirect from './rules/redirect.ts'
import * as refreshToken from './rules/refresh-token.ts'
import * as registration from './rules/registration.ts'
import * as samlBinding from './rules/saml-binding.ts'
import * as samlMetadata from './rules/saml-metadata.ts'
import * as samlRequest from './rules/saml-request.ts'
import * as samlResponse from './rules/saml-response.ts'
import * as samlSignature from './rules/saml-signature.ts'
import * as tokenEndpoint from './rules/token-endpoint.ts'
import * as tokens from './rules/tokens.ts'

const areas = {
  ...authorizationCode,
  ...authorizationRequest,
  ...clientAuthentication,
  ...metadata,
  ...pages,
  ...protectedResource,
  ...redirect,
  ...refreshToken,
  ...registration,
  ...samlBinding,
  ...samlMetadata,
  ...samlRequest,
  ...samlResponse,
  ...samlSignature,
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
