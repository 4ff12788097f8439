import { pageUris, textOf, textsOf, untagged } from './client-metadata.ts'
import type { Context } from './context.ts'
import { challenged, json, nothing } from './http.ts'
import { parseJwt } from './jwt.ts'
import type { Client, ClientMetadata } from './model.ts'
import { OAuthError } from './oauth-error.ts'
import { invalid } from './rules/software-statement.ts'

/** A client as its metadata describe it, before anything is issued to it. */
export type Description = Omit<Client, 'clientId' | 'secret' | 'registrationAccessToken' | 'issuedAt'>

/** What a client asked for and its software statement says (RFC 7591 §2.3), checked, with defaults for what is wanting. */
export function describedClient(context: Context, sent: ClientMetadata): Description {
  const { enforce, config } = context
  const statement = sent['software_statement']
  const metadata = enforce.understoodMetadata(
    statement === undefined ? sent : enforce.statedMetadata(readStatement(context, statement), sent),
  )
  judgeTypes(context, metadata)
  const authMethod = enforce.registeredAuthMethod(textOf(metadata, 'token_endpoint_auth_method'), config.authMethods)
  if (authMethod === undefined) throw enforce.refusedMetadata('token_endpoint_auth_method', 'is not supported')
  const applicationType = textOf(metadata, 'application_type') ?? 'web'
  if (applicationType !== 'web' && applicationType !== 'native')
    throw enforce.refusedMetadata('application_type', 'is not supported')
  const grantTypes = enforce.registeredGrantTypes(textsOf(metadata, 'grant_types'), authMethod)
  if (!grantTypes.every((one) => config.grantTypes.some((known) => known === one)))
    throw enforce.refusedMetadata('grant_types', 'holds a value that is not supported')
  const responseTypes = enforce.registeredResponseTypes(textsOf(metadata, 'response_types'), grantTypes)
  if (!enforce.typesAreConsistent(grantTypes, responseTypes))
    throw enforce.refusedMetadata('response_types', 'and grant_types do not go together')
  const redirectUris = textsOf(metadata, 'redirect_uris') ?? []
  enforce.redirectUrisArePresent(grantTypes, redirectUris)
  for (const uri of redirectUris) {
    enforce.redirectUriHasNoFragment(uri)
    enforce.redirectUriIsAcceptable(uri, applicationType)
    enforce.queryLeavesRoom(uri)
  }
  const keys = keysOf(context, metadata)
  if (authMethod === 'private_key_jwt' && keys.length === 0) throw enforce.refusedMetadata('jwks', 'is missing')
  return {
    authMethod,
    redirectUris,
    grantTypes,
    keys,
    applicationType,
    scopes:
      textOf(metadata, 'scope')
        ?.split(' ')
        .filter((scope) => config.scopes.includes(scope)) ?? config.scopes,
    name: textOf(metadata, 'client_name') ?? 'An application',
    metadata: {
      response_types: responseTypes,
      ...enforce.keptMetadata(metadata),
      ...(statement !== undefined && { software_statement: statement }),
    },
  }
}

function judgeTypes({ enforce }: Context, metadata: ClientMetadata) {
  for (const [name, value] of Object.entries(metadata)) {
    if (!enforce.metadataIsTyped(name, value)) {
      if (name === 'redirect_uris') throw new OAuthError('invalid_redirect_uri', 'redirect_uris is no list of texts')
      throw enforce.refusedMetadata(untagged(name), 'is of another type')
    }
    if (pageUris.some((one) => one === untagged(name)) && !enforce.pageIsHarmless(value as string))
      throw enforce.refusedMetadata(untagged(name), 'is no address of a page of the web')
  }
}

function keysOf({ enforce }: Context, metadata: ClientMetadata): Client['keys'] {
  if (!enforce.keysStandOnce(metadata)) throw enforce.refusedMetadata('jwks', 'and jwks_uri stand side by side')
  if (metadata['jwks'] === undefined) return []
  const keys = enforce.registeredKeys(metadata['jwks'] as ClientMetadata)
  if (keys === undefined) throw enforce.refusedMetadata('jwks', 'is no set of public keys')
  return keys
}

/** The claims of a statement that is genuine, current, and of a publisher that is trusted. */
function readStatement({ enforce, config, clock }: Context, value: unknown): ClientMetadata {
  const statement = typeof value === 'string' ? parseJwt(value) : undefined
  if (statement === undefined) throw invalid('is no signed JWT')
  const { softwarePublishers: publishers } = config
  const issuer = enforce.statementIssuer(statement, publishers)
  enforce.statementIsSigned(statement, enforce.statementIsApproved(issuer, publishers, statement))
  enforce.statementIsCurrent(statement, clock.now())
  return statement.claims
}

/** RFC 7591 §3.2.2, RFC 7592 §2: what is no OAuth error goes on up. */
export function registrationDenial(
  { enforce, observe }: Context,
  error: unknown,
  facts: { readonly tokenShown: boolean; readonly clientExists?: boolean },
): Response {
  if (!(error instanceof OAuthError)) throw error
  observe({ type: 'denied', error: error.code })
  if (error.code !== 'invalid_token')
    return json(
      enforce.registrationErrorStatus(),
      enforce.registrationError(enforce.errorBody(error)),
      enforce.registrationHeaders(),
    )
  const { status, challenge } = enforce.registrationTokenDenial(facts.tokenShown, facts.clientExists ?? true)
  return nothing(status, challenged(challenge))
}
