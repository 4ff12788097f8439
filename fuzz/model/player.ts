import type { CheckContext } from '../../harness/check.ts'
import { type HttpResponse, objectOf } from '../../harness/client/http.ts'
import {
  type IssuedCode,
  type ProtocolClient,
  randomVerifier,
  responseOf,
} from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'
import { judgeable } from '../../harness/expect.ts'
import { bringsToken } from '../oracles/answers.ts'
import { type Cast, readsOf, subjectOf } from './cast.ts'
import type { Answer, Request } from './situation.ts'
import type { Which } from './state.ts'
import { type Of, otherThan, type Step } from './step.ts'
import { type GrantedScope, grantedScope, scopeParam, scopeTold } from './wire-scope.ts'

/** A grant as its holders have it: what the model only counts. */
interface HeldGrant {
  readonly client: Which
  readonly person: Which
  readonly hasChallenge: boolean
  readonly code: IssuedCode
  /** The scope that was asked for, and then the one that was granted. */
  scope: GrantedScope
  readonly refreshTokens: string[]
  readonly accessTokens: string[]
}

/** Does on a target what an act says, and reads its answer as the model has it. */
export interface Player {
  /** Nothing where the act is not possible. */
  perform(step: Step, of: Of): Promise<Answer | undefined>
}

export function player(cast: Cast, context: Pick<CheckContext, 'wait' | 'target'>): Player {
  const held: HeldGrant[] = []
  const tokenOf = ({ about }: Step, { grant = 0, token = 0 }: Of) =>
    held[grant]?.[about === 'a refresh token' ? 'refreshTokens' : 'accessTokens'][token]
  const deeds: Readonly<Record<Step['does'], (step: Step, of: Of) => Promise<Answer | undefined>>> = {
    authorize: async ({ request }, of) => await authorize(cast, held, request, of),
    leave: async (_, { person = 0 }) => {
      cast.actor(0, person)?.agent.forget()
      return { is: 'silence' }
    },
    redeem: async ({ request }, of) => await redeem(cast, held, request, of),
    refresh: async ({ request }, of) => await refresh(cast, held, request, of),
    revoke: async (step, of) => await revoke(cast, held, step.request, tokenOf(step, of), of),
    use: async (step, of) => await use(cast, held, tokenOf(step, of), of),
    wait: async () => {
      await context.wait(11 * 60_000)
      return { is: 'silence' }
    },
  }
  return { perform: async (step, of) => (cast.can(step, of) ? await deeds[step.does](step, of) : undefined) }
}

async function authorize(
  cast: Cast,
  held: HeldGrant[],
  request: Request,
  { client = 0, person = 0 }: Of,
): Promise<Answer> {
  const actor = actorOf(cast, client, person)
  const { challenge, prompt, decision } = request
  const hasChallenge = challenge !== 'none'
  const { params, verifier } = actor.authorizationParams({
    ...(prompt === undefined ? actor.offline : { prompt }),
    ...(!hasChallenge && { code_challenge: undefined, code_challenge_method: undefined }),
  })
  const arrival = await actor.travel(params, decision === undefined ? {} : { decide: decision })
  if (arrival.kind === 'stuck') throw new Untestable(arrival.because)
  const response = responseOf(arrival)
  const value = response.get('code')
  if (value === undefined) {
    if (Object.keys(request).length === 0) throw new Untestable('no code could be had')
    return { is: 'refused' }
  }
  const code = { value, verifier, response, redirectUri: actor.redirectUri }
  const scope = grantedScope(actor, String(params['scope'] ?? ''), undefined)
  held.push({ client, person, hasChallenge, code, scope, refreshTokens: [], accessTokens: [] })
  return { is: 'code' }
}

async function redeem(
  cast: Cast,
  held: readonly HeldGrant[],
  { by, redirectUri, verifier }: Request,
  { grant: at = 0 }: Of,
): Promise<Answer | undefined> {
  const grant = held[at]
  const actor = grant && asking(cast, grant, by)
  if (grant === undefined || actor === undefined) return undefined
  const ofAnother = held.find((one) => one !== grant)?.code.verifier ?? randomVerifier()
  const answer = await actor.redeem(grant.code, {
    ...(redirectUri !== undefined && { redirect_uri: redirectUri === 'none' ? undefined : anotherUri(actor, grant) }),
    ...((verifier === 'none' || !grant.hasChallenge) && { code_verifier: undefined }),
    ...(verifier === 'of another' && { code_verifier: ofAnother }),
  })
  const told = objectOf(answer)?.['scope']
  if (bringsToken(answer) && grant.accessTokens.length === 0)
    grant.scope = grantedScope(actor, grant.scope.granted.join(' '), told)
  return tokensIn(answer, grant, undefined, actor)
}

/** A URI that is registered too, or would be taken for the right one by who compares its beginning. */
const anotherUri = ({ account }: ProtocolClient, { code }: HeldGrant) =>
  account.redirect_uris.find((uri) => uri !== code.redirectUri) ?? `${code.redirectUri}/elsewhere`

async function refresh(
  cast: Cast,
  held: readonly HeldGrant[],
  { by, scope }: Request,
  { grant: at = 0, token: which = 0 }: Of,
): Promise<Answer | undefined> {
  const grant = held[at]
  const token = grant?.refreshTokens[which]
  const actor = grant && asking(cast, grant, by)
  const params = grant && scopeParam(grant.scope, scope)
  if (grant === undefined || actor === undefined || token === undefined || params === undefined) return undefined
  return tokensIn(await actor.refresh(token, params), grant, scope, actor)
}

/** Takes the tokens out of an answer, or sees that it has none. */
function tokensIn(
  answer: HttpResponse,
  grant: HeldGrant,
  asked: Request['scope'],
  { target, account }: ProtocolClient,
): Answer {
  judgeable(answer)
  const { access_token: access, refresh_token: next, scope } = objectOf(answer) ?? {}
  if (typeof access !== 'string') return { is: 'refused' }
  grant.accessTokens.push(access)
  const isOfUse = target.capabilities.has('refresh_token') && account.grant_types.includes('refresh_token')
  const renewed = isOfUse && typeof next === 'string' && !grant.refreshTokens.includes(next)
  if (renewed) grant.refreshTokens.push(next)
  return { is: 'tokens', scope: scopeTold(grant.scope, scope, asked), renewed }
}

async function revoke(
  cast: Cast,
  held: readonly HeldGrant[],
  { by }: Request,
  token: string | undefined,
  { grant: at = 0 }: Of,
): Promise<Answer | undefined> {
  const grant = held[at]
  const actor = grant && asking(cast, grant, by)
  if (token === undefined || actor === undefined) return undefined
  const answer = await actor.revoke(token)
  judgeable(answer)
  return { is: answer.status === 200 ? 'done' : 'refused' }
}

async function use(
  cast: Cast,
  held: readonly HeldGrant[],
  token: string | undefined,
  { grant: at = 0 }: Of,
): Promise<Answer | undefined> {
  const grant = held[at]
  if (grant === undefined || token === undefined) return undefined
  const answer = await readsOf(cast, actorOf(cast, grant.client, grant.person), token)
  judgeable(answer)
  if (answer.status >= 500) return undefined
  const { active, sub } = objectOf(answer) ?? {}
  const isLive = cast.eye === 'introspection' ? active === true : answer.status === 200
  if (!isLive) return { is: 'dead' }
  return { is: 'live', person: cast.subjects.get(subjectOf(grant.client, sub)) ?? grant.person }
}

function actorOf(cast: Cast, client: Which, person: Which): ProtocolClient {
  const actor = cast.actor(client, person)
  if (actor === undefined) throw new TypeError('nobody acts for who is not there')
  return actor
}

const asking = (cast: Cast, { client, person }: HeldGrant, by: Request['by']): ProtocolClient | undefined =>
  cast.actor(by === undefined ? client : otherThan(client), person)
