import fc, { type Arbitrary } from 'fast-check'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { lifetimeOf } from '../../harness/client/token-lifetime.ts'
import type { CheckContext } from '../../harness/check.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { property } from '../../harness/property.ts'
import { expectNothingTold, expectNotActive } from '../oracles/introspection.ts'

/** How long after its end a token is shown, in minutes: clocks that differ explain none of it. */
const minutesLate: Arbitrary<number> = fc.oneof(
  fc.integer({ min: 10, max: 60 }),
  fc.constantFrom(24 * 60, 31 * 24 * 60, 366 * 24 * 60),
)

const needs = ['authorization_code', 'clock'] as const

/** However long ago a token expired, it opens nothing. */
export const lateTokenOpensNothing = property({
  proves: [rfc6750.invalidToken, rfc6750.lifetimeLimited, rfc6749.tokenNotExpired],
  needs: [...needs, 'userinfo'],
  inputs: () => minutesLate,

  async holds(minutes, { client, expect, wait }) {
    const answer = await client.userinfo(await lateToken(client, minutes, wait))

    const isOpen = answer.status < 300
    expect.that(
      [401, 429, 503].includes(answer.status),
      { violation: isOpen ? 'accepted' : 'wrong-status', expected: 'status 401', actual: describeAnswer(answer) },
      rfc6750.invalidToken,
    )
    for (const about of [rfc6750.lifetimeLimited, rfc6749.tokenNotExpired])
      expect.that(!isOpen, { violation: 'accepted', expected: 'a refusal', actual: describeAnswer(answer) }, about)
  },
})

/** Nor is it active, and nothing more is told of it. */
export const lateTokenIsInactive = property({
  proves: [rfc7662.expiredInactive, rfc7662.inactiveSaysNothing],
  needs: [...needs, 'introspection'],
  as: 'confidential',
  inputs: () => minutesLate,

  async holds(minutes, { client, expect, wait }) {
    const answer = await client.introspect(await lateToken(client, minutes, wait))

    expectNotActive(expect, answer, rfc7662.expiredInactive)
    expectNothingTold(expect, answer)
  },
})

/** A token whose end is so many minutes ago. */
async function lateToken(client: ProtocolClient, minutes: number, wait: CheckContext['wait']): Promise<string> {
  const tokens = await client.grant()
  await wait((await lifetimeOf(client, tokens)) * 1000 + minutes * 60_000)
  return tokens.accessToken
}
