import { describedClient, registrationDenial } from '../client-registration.ts'
import { readMetadata } from '../client-metadata.ts'
import { seconds } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Context, Endpoint, Place } from '../context.ts'
import { json, nothing, readBody } from '../http.ts'
import type { Client, ClientMetadata, ManagementOperation } from '../model.ts'
import { authenticatesBySecret } from '../rules/registration.ts'
import { secretExpiry } from './registration.ts'

/** RFC 7592 §2: a client reads, updates and removes its own registration. */
export const clientConfigurationEndpoint =
  (context: Context): Endpoint =>
  async (request, url) => {
    const { enforce, store, clock, config } = context
    const found = await store.findClient(lastSegmentOf(url))
    const token = enforce.bearerToken(request.headers.get('authorization'))
    try {
      const client = enforce.registrationTokenMatches(found, token)
      enforce.registrationTokenLasts(client, clock.now())
      const operation = operations[request.method] ?? 'read'
      if (config.management[operation] === 'unsupported')
        return nothing(enforce.operationUnsupported(operation), { allow: allowedMethods(config) })
      if (config.management[operation] === 'forbidden') return nothing(enforce.operationForbidden(operation))
      return await manage[operation](context, client, request)
    } catch (error) {
      return registrationDenial(context, error, {
        tokenShown: token !== undefined,
        clientExists: found !== undefined,
      })
    }
  }

/** RFC 9110 §15.5.6. */
const allowedMethods = ({ management }: Config) =>
  Object.keys(operations)
    .filter((method) => management[operations[method] ?? 'read'] !== 'unsupported')
    .join(', ')

const operations: Readonly<Record<string, ManagementOperation>> = { GET: 'read', PUT: 'update', DELETE: 'delete' }

type Manage = (context: Context, client: Client, request: Request) => Promise<Response>

const read: Manage = async (context, client) => answer(context, client, 'read', {})

const update: Manage = async (context, client, request) => {
  const { enforce, store, clock, config } = context
  if (!enforce.registrationType(request.headers.get('content-type') ?? '')) return nothing(415)
  const sent = readMetadata(await readBody(request))
  const kept = enforce.updatedCredentials(sent, client)
  const asked = enforce.updatedMetadata(sent, informationOf(context, client))
  const described = describedClient(context, asked)
  const { secret, secretExpiresAt, ...rest } = kept
  const now = seconds(clock.now())
  const updated: Client = {
    ...rest,
    ...described,
    ...(authenticatesBySecret(described.authMethod) &&
      (secret === undefined || (secretExpiresAt ?? 0) !== 0
        ? { secret: enforce.newSecret(), secretExpiresAt: secretExpiry(context, now) }
        : { secret, ...(secretExpiresAt !== undefined && { secretExpiresAt }) })),
    registrationAccessToken: enforce.nextRegistrationToken(
      kept.registrationAccessToken,
      config.rotateRegistrationTokens,
      enforce.newSecret,
    ),
  }
  await enforce.clientIsKept(updated, store)
  return answer(context, updated, 'update', sent)
}

const remove: Manage = async ({ enforce, store }, client) => {
  await enforce.clientIsRemoved(client, store)
  await enforce.grantsEndWithClient(client, store)
  return nothing(enforce.managementStatus('delete'), enforce.registrationHeaders())
}

const manage: Readonly<Record<ManagementOperation, Manage>> = { read, update, delete: remove }

const answer = (context: Context, client: Client, operation: 'read' | 'update', sent: ClientMetadata) =>
  json(
    context.enforce.managementStatus(operation),
    context.enforce.currentInformation(informationOf(context, client), operation, sent),
    context.enforce.registrationHeaders(),
  )

const informationOf = ({ enforce, issuer, config }: Context, client: Client) =>
  enforce.registrationAnswer(client, enforce.managementUri(issuer, config.paths.register, client.clientId))

/** What cannot be decoded names no client. */
function lastSegmentOf({ pathname }: Place): string {
  try {
    return decodeURIComponent(pathname.slice(pathname.lastIndexOf('/') + 1))
  } catch {
    return ''
  }
}
