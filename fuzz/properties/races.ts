import fc, { type Arbitrary } from 'fast-check'
import { cwe } from '../../core/spec/cwe.ts'
import type { Requirement } from '../../core/spec/document.ts'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { CheckContext } from '../../harness/check.ts'
import { type HttpResponse, NoAnswer, objectOf, type PostRequest } from '../../harness/client/http.ts'
import { type IssuedCode, type ProtocolClient, randomVerifier } from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'
import { property } from '../../harness/property.ts'
import { bringsToken, isCrash } from '../oracles/answers.ts'
import { type Call, type SequentialSpec, witnessOrder } from '../oracles/linearizable.ts'
import {
  oneLine,
  type Reply,
  revocableFamily,
  singleUse,
  type TokenReply,
  type TokenUse,
} from '../oracles/race-models.ts'

/** One of the requests that set out together, so many microseconds after the first. */
interface Start<What> {
  readonly what: What
  readonly afterUs: number
}

/** Mostly at once: what lies far apart is no race. */
const afterUs = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ max: 2000, min: 0 }) },
)

/** Eight connections are few enough for any server, and more than most races need. */
const atOnce = { minLength: 2, maxLength: 8 }

const starts = <What>(what: Arbitrary<What>): Arbitrary<readonly Start<What>[]> =>
  fc.array(fc.record({ what, afterUs }, { noNullPrototype: true }), atOnce)

/** The right one is the smallest, and every other one on average. */
const redemptions = (wrong: readonly ('another verifier' | 'another client')[]) =>
  starts(fc.constantFrom('right' as const, ...wrong.flatMap((one) => ['right' as const, one])))

/** However many bring one code at once, and whoever is among them, one of them gets tokens at most, and has the right to. */
export const racedCodeBuysOnce = property({
  isLuck: true,
  proves: [
    rfc6749.codeSingleUse,
    rfc9700.codeInvalidated,
    rfc6749.codeBoundToClient,
    rfc7636.verifierMatches,
    cwe.failuresHandled,
  ],
  needs: ['authorization_code'],
  inputs: ({ client, other }) =>
    redemptions([
      'another verifier',
      ...(other.account.client_id === client.account.client_id ? [] : (['another client'] as const)),
    ]),

  async holds(entrants, { client, other, expect }) {
    const code = await client.authorize()
    const wrong = { ...code, verifier: randomVerifier() }
    const make = async (what: (typeof entrants)[number]['what']) => ({
      asked: { what, isRight: what === 'right' },
      request: await redemption(what === 'another client' ? other : client, what === 'another verifier' ? wrong : code),
    })
    const calls = await race({ client, expect }, entrants, make, replyOf)

    const granted = calls.filter(({ answer }) => answer === 'granted')
    const breach = { violation: 'accepted', expected: 'a refusal', actual: 'a token' } as const
    const bought = (what: string) => granted.some(({ asked }) => asked.what === what)
    expect.that(!bought('another client'), breach, rfc6749.codeBoundToClient)
    expect.that(!bought('another verifier'), breach, rfc7636.verifierMatches)
    const rightful = calls.filter(({ asked, answer }) => asked.isRight || answer !== 'granted')
    for (const requirement of [rfc6749.codeSingleUse, rfc9700.codeInvalidated])
      expectOrder(expect, rightful, singleUse, requirement)
  },
})

/** However many bring the same assertion at once, or others that share its jti, one of them is let in at most. */
export const racedAssertionIsTakenOnce = property({
  isLuck: true,
  proves: [oidcCore.assertionSingleUse, cwe.failuresHandled],
  needs: ['client_credentials', 'private_key_jwt', 'openid'],
  as: 'private_key_jwt',
  inputs: () => starts(fc.constantFrom('the same', 'signed anew')),

  async holds(entrants, { client, expect }) {
    const claims = { jti: crypto.randomUUID() }
    const params = { grant_type: 'client_credentials' }
    const sign = async () => await client.directRequest('token_endpoint', { params, assertion: { claims } })
    const signed = await sign()
    const make = async (what: 'the same' | 'signed anew') => ({
      asked: { isRight: true },
      request: what === 'the same' ? signed : await sign(),
    })
    const calls = await race({ client, expect }, entrants, make, replyOf)

    expectOrder(expect, calls, singleUse, oidcCore.assertionSingleUse)
  },
})

/** However many bring the same refresh token of a public client at once, one line of tokens goes on from it at most. */
export const racedRefreshTokenHasOneHeir = property({
  isLuck: true,
  proves: [rfc9700.refreshRotatedForPublic, cwe.failuresHandled],
  needs: ['authorization_code', 'refresh_token', 'public_client'],
  as: 'none',
  inputs: () => starts(fc.constant('refresh')),

  async holds(entrants, { client, expect }) {
    const { refreshToken } = await client.offlineGrant()
    const calls = await raceWith(refreshToken, { client, expect }, entrants)
    const later = await refreshEach(heirsOf(calls, refreshToken), client)

    expectOrder(expect, [...calls, ...later], oneLine(refreshToken), rfc9700.refreshRotatedForPublic)
  },
})

/** A revocation that was confirmed is not undone by a refresh that was under way. */
export const revocationOutlivesRefreshes = property({
  isLuck: true,
  proves: [rfc7009.revokedAtOnce, rfc6749.refreshValid, cwe.failuresHandled],
  needs: ['authorization_code', 'refresh_token', 'revocation'],
  inputs: () =>
    fc
      .tuple(fc.nat({ max: 3 }), starts<TokenUse['verb']>(fc.constant('refresh')))
      .map(([at, refreshes]) => refreshes.toSpliced(at, 0, { what: 'revoke', afterUs: 0 })),

  async holds(entrants, { client, expect }) {
    const { refreshToken } = await client.offlineGrant()
    const calls = await raceWith(refreshToken, { client, expect }, entrants)
    // The first one last: a server that sees a replaced token again may end what came of it.
    const later = await refreshEach([...heirsOf(calls, refreshToken), refreshToken], client)

    for (const requirement of [rfc7009.revokedAtOnce, rfc6749.refreshValid])
      expectOrder(expect, [...calls, ...later], revocableFamily(refreshToken), requirement)
  },
})

type Racing = Pick<CheckContext, 'client' | 'expect'>

/**
 * Sends all at once and reads what came of each, or cannot judge where the target would not take up two of them. Who
 * comes second is refused, which is no failure: a server that fails there met what its author had not thought of.
 */
async function race<What, Asked, Answer>(
  { client, expect }: Racing,
  entrants: readonly Start<What>[],
  make: (what: What) => Promise<{ readonly asked: Asked; readonly request: PostRequest }>,
  read: (response: HttpResponse) => Answer,
): Promise<readonly Call<Asked, Answer>[]> {
  const made = await Promise.all(entrants.map(async ({ what }) => await make(what)))
  const shots = await client.volley(
    made.map(({ request }) => request),
    entrants.map((entrant) => entrant.afterUs),
  )
  const statuses = shots.flatMap(({ answer }) => (answer instanceof NoAnswer ? [] : [answer.status]))
  if (statuses.filter((status) => status !== 429 && status !== 503).length < 2)
    throw new Untestable(
      `of ${shots.length} requests at once not even two were taken up; lower limits in the target file`,
    )
  const crash = statuses.find((status) => isCrash({ status }))
  expect.that(
    crash === undefined,
    { violation: 'crashed', expected: 'an answer to each request, or a refusal', actual: `status ${crash}` },
    cwe.failuresHandled,
  )
  return made.flatMap(({ asked }, index) => {
    const shot = shots[index]
    if (shot === undefined) return []
    const { answer, began, ended } = shot
    return [{ asked, began, ended, ...(!(answer instanceof NoAnswer) && { answer: read(answer) }) }]
  })
}

const redemption = async (client: ProtocolClient, code: IssuedCode): Promise<PostRequest> =>
  await client.directRequest('token_endpoint', {
    params: {
      grant_type: 'authorization_code',
      code: code.value,
      redirect_uri: code.redirectUri,
      code_verifier: code.verifier,
    },
  })

const replyOf = (response: HttpResponse): Reply => (bringsToken(response) ? 'granted' : 'refused')

/** A race for one refresh token, to be used or to be revoked. */
const raceWith = async (token: string, { client, expect }: Racing, entrants: readonly Start<TokenUse['verb']>[]) =>
  await race(
    { client, expect },
    entrants,
    async (verb) => ({
      asked: { verb, token },
      request:
        verb === 'revoke'
          ? await client.directRequest('revocation_endpoint', { params: { token } })
          : await client.directRequest('token_endpoint', { params: refreshParams(token) }),
    }),
    (response) => tokenReplyOf(response, token),
  )

const refreshParams = (token: string) => ({ grant_type: 'refresh_token', refresh_token: token })

/** A token response without a refresh token leaves the one that was sent in its place (RFC 6749 §6). */
function tokenReplyOf(response: HttpResponse, sent: string): TokenReply {
  const { access_token: taken, refresh_token: next } = objectOf(response) ?? {}
  if (taken !== undefined) return { next: typeof next === 'string' ? next : sent }
  return response.status === 200 ? 'revoked' : 'refused'
}

type TokenCall = Call<TokenUse, TokenReply>

/** The tokens that took the place of this one. */
const heirsOf = (calls: readonly TokenCall[], token: string): readonly string[] => [
  ...new Set(calls.flatMap(({ answer }) => (typeof answer === 'object' && answer.next !== token ? [answer.next] : []))),
]

/** Tries which tokens live, one after the other. */
async function refreshEach(tokens: readonly string[], client: ProtocolClient): Promise<readonly TokenCall[]> {
  const calls: TokenCall[] = []
  for (const token of tokens) {
    const began = performance.now()
    const answer = tokenReplyOf(await client.refresh(token), token)
    calls.push({ asked: { verb: 'refresh', token }, answer, began, ended: performance.now() })
  }
  return calls
}

/** Notes a breach where no order of the calls explains all answers. */
function expectOrder<State, Asked, Answer extends string | object>(
  expect: CheckContext['expect'],
  calls: readonly Call<Asked, Answer>[],
  spec: SequentialSpec<State, Asked, Answer>,
  about: Requirement,
) {
  const granted = calls.filter(({ answer }) => answer === 'granted' || typeof answer === 'object').length
  expect.that(
    witnessOrder(calls, spec) !== undefined,
    {
      violation: 'accepted',
      expected: 'answers that a server could give which takes one request after the other',
      actual: `${granted} of ${calls.length} requests brought tokens`,
    },
    about,
  )
}
