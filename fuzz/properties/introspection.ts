import fc, { type Arbitrary } from 'fast-check'
import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import type { CheckContext } from '../../harness/check.ts'
import { objectOf } from '../../harness/client/http.ts'
import { Inapplicable } from '../../harness/error.ts'
import { describeAnswer, judgeable } from '../../harness/expect.ts'
import { property } from '../../harness/property.ts'
import { expectNotActive } from '../oracles/introspection.ts'
import { activeToken } from '../active-token.ts'

/** A token is granted; or one of those that were is asked about, or given back. */
type Act = { readonly do: 'grant' } | { readonly do: 'ask' | 'revoke'; readonly which: number }

/** Answers that are remembered are remembered of some token: two are told apart, or are not. */
const acts: Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('grant' as const) }),
    fc.record({ do: fc.constantFrom('ask' as const, 'revoke' as const), which: fc.nat({ max: 2 }) }),
  ),
  { minLength: 1, maxLength: 6 },
)

/** What is known of a token. A grant, or a revocation, may end what another grant had brought: that is not known. */
interface Held {
  readonly token: string
  /** When it expires, by `performance.now()`: a target may be slow, or wish to be asked slowly. */
  readonly until: number
  is: 'live' | 'given back' | 'perhaps live'
}

/** However often tokens were asked about before, the answer is of this token, as it is now. */
export const introspectionTellsHowThingsAreNow = property({
  proves: [rfc7662.revokedInactive, rfc7662.activeMember, rfc7009.revokedAtOnce],
  needs: ['authorization_code', 'introspection', 'revocation'],
  as: 'confidential',
  arrange: needRevocableTokens,
  inputs: () => acts,

  async holds(some, context) {
    const { client } = context
    const held: Held[] = []
    const others = (one?: Held) => {
      for (const other of held) if (other !== one && other.is === 'live') other.is = 'perhaps live'
    }
    const grant = async () => {
      others()
      const before = performance.now()
      const { accessToken: token, body } = await client.grant()
      const { expires_in: seconds } = body
      held.push({ token, until: typeof seconds === 'number' ? before + seconds * 1000 : Infinity, is: 'live' })
    }
    await grant()
    for (const act of some) {
      const one = act.do === 'grant' ? undefined : held[act.which % held.length]
      if (one === undefined) await grant()
      else if (act.do === 'ask') await expectTruth(one, context)
      else {
        const { status } = judgeable(await client.revoke(one.token))
        one.is = status === 200 ? 'given back' : 'perhaps live'
        others(one)
      }
    }
    for (const one of held) await expectTruth(one, context)
  },
})

/** Only what a client is told of its own tokens, and can give back, is judged. */
async function needRevocableTokens({ client }: CheckContext): Promise<void> {
  const answer = await client.revoke(await activeToken(client))
  if (objectOf(answer)?.['error'] === 'unsupported_token_type')
    throw new Inapplicable('the server does not revoke access tokens of this kind, and says so')
}

async function expectTruth({ token, until, is }: Held, { client, expect }: CheckContext): Promise<void> {
  const answer = await client.introspect(token)
  judgeable(answer)
  if (is === 'given back')
    for (const about of [rfc7662.revokedInactive, rfc7009.revokedAtOnce]) expectNotActive(expect, answer, about)
  expect.that(
    is !== 'live' || performance.now() > until || objectOf(answer)?.['active'] === true,
    { violation: 'refused', expected: 'active true for a token just granted', actual: describeAnswer(answer) },
    rfc7662.activeMember,
  )
}
