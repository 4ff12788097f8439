import type { CheckContext } from '../../harness/check.ts'
import { type HttpResponse, objectOf } from '../../harness/client/http.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'
import type { Guard } from './guard.ts'
import * as is from './guards.ts'
import type { Act } from './sequence.ts'
import type { Which } from './state.ts'
import type { Of, Step } from './step.ts'
import { guards, stepCalled } from './steps.ts'
import type { Model } from './transition.ts'

/** Where an access token is shown to see whether it lives. */
type Eye = 'userinfo' | 'introspection'

/** Who acts on a target, what can be done there, and the model that it is held to. */
export interface Cast {
  /** By client and person; nobody where the target file names no second one. */
  actor(client: Which, person: Which): ProtocolClient | undefined
  readonly eye: Eye | undefined
  /** The subjects that userinfo tells, by client and person, where they differ. */
  readonly subjects: ReadonlyMap<string, Which>
  readonly model: Model
  can(step: Step, of: Of): boolean
  /** Whether all of these can be done. */
  canAll(acts: readonly Act[]): boolean
}

export const subjectOf = (client: Which, sub: unknown) => `${client} ${String(sub)}`

/** Meets everybody who acts, and finds out once what the target leaves them no choice in. */
export async function castOf(context: CheckContext, bindsTarget: (guard: Guard) => boolean): Promise<Cast> {
  const actor = actorsOf(context)
  const first = actor(0, 0)
  if (first === undefined) throw new Untestable('it needs a client')
  // That no token can be had is for the model to say.
  const accessToken = tokenIn(await first.redeem(await first.authorizeOffline()))
  const eye = accessToken === undefined ? undefined : await eyeFor(first, accessToken)
  const lenient = accessToken === undefined ? [] : await unrevocable(first, accessToken, eye)
  const both: readonly Which[] = [0, 1]
  const publicClients = both.filter((client) => actor(client, 0)?.account.token_endpoint_auth_method === 'none')
  const without = new Set([...lenient, ...guards.filter((guard) => !bindsTarget(guard))])
  const can = abilities(context, actor, eye)
  return {
    actor,
    eye,
    subjects: eye === 'userinfo' ? await subjectsOf(actor) : new Map(),
    model: { publicClients: new Set(publicClients), without },
    can,
    canAll: (acts) => acts.every(({ do: name, ...of }) => can(stepCalled(name), of)),
  }
}

function tokenIn(answer: HttpResponse): string | undefined {
  const token = objectOf(answer)?.['access_token']
  return typeof token === 'string' ? token : undefined
}

function actorsOf(context: CheckContext): Cast['actor'] {
  const { client, other, stranger, target } = context
  const isOther = other.account.client_id !== client.account.client_id
  return (which, person) => {
    const inBrowser = person === 0 ? client : target.users.length > 1 ? stranger : undefined
    if (which === 0) return inBrowser
    return isOther ? inBrowser?.as(other.account) : undefined
  }
}

async function eyeFor(client: ProtocolClient, accessToken: string): Promise<Eye | undefined> {
  const { capabilities } = client.target
  if (capabilities.has('userinfo') && (await client.userinfo(accessToken)).status === 200) return 'userinfo'
  if (!capabilities.has('introspection')) return undefined
  return objectOf(await client.introspect(accessToken))?.['active'] === true ? 'introspection' : undefined
}

/** The guards that do not bind a server whose access tokens are beyond its own reach (RFC 7009 §3, RFC 6749 §4.1.2). */
async function unrevocable(
  client: ProtocolClient,
  accessToken: string,
  eye: Eye | undefined,
): Promise<readonly Guard[]> {
  const outOfReach = [is.refreshTokenOfAccessIsNotGivenBack, is.codeOfAccessIsNotReplayed]
  if (!client.target.capabilities.has('revocation')) return outOfReach
  const answer = await client.revoke(accessToken)
  const isSaid = objectOf(answer)?.['error'] === 'unsupported_token_type'
  // What resources verify by themselves is beyond revocation; of the rest the server is asked.
  if (isSaid) return isJwt(accessToken) ? [...outOfReach, is.ownAccessTokenIsRevoked] : outOfReach
  return eye !== undefined && (await eyeFor(client, accessToken)) !== undefined ? outOfReach : []
}

const isJwt = (token: string) => token.split('.').length === 3

/** Who is whom, as each client is told; nothing of a client to which all people are the same. */
async function subjectsOf(actor: Cast['actor']): Promise<ReadonlyMap<string, Which>> {
  const told: [string, Which][] = []
  for (const client of [0, 1] as const) {
    const subjects = [await subjectTold(actor(client, 0)), await subjectTold(actor(client, 1))]
    if (subjects[0] === subjects[1] || subjects.includes(undefined)) continue
    told.push([subjectOf(client, subjects[0]), 0], [subjectOf(client, subjects[1]), 1])
  }
  return new Map(told)
}

async function subjectTold(actor: ProtocolClient | undefined): Promise<unknown> {
  if (actor === undefined) return undefined
  const accessToken = tokenIn(await actor.redeem(await actor.authorize()))
  return accessToken === undefined ? undefined : objectOf(await actor.userinfo(accessToken))?.['sub']
}

/** What can be done on a target; the rest is left out. */
function abilities({ target }: CheckContext, actor: Cast['actor'], eye: Eye | undefined): Cast['can'] {
  const { capabilities } = target
  return ({ does, request }, { client = 0, person = 0 }) => {
    if (actor(client, person) === undefined) return false
    if (request.by !== undefined && actor(1, 0) === undefined) return false
    if (request.prompt !== undefined || request.decision !== undefined) return capabilities.has('openid')
    if (does === 'revoke') return capabilities.has('revocation')
    if (does === 'use') return eye !== undefined
    return does !== 'wait' || capabilities.has('clock')
  }
}

export const readsOf = async (cast: Cast, reader: ProtocolClient, accessToken: string): Promise<HttpResponse> =>
  cast.eye === 'userinfo' ? await reader.userinfo(accessToken) : await reader.introspect(accessToken)
