import { setTimeout as delay } from 'node:timers/promises'
import type { Capability } from '../../core/unit.ts'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { check } from '../../harness/check.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { audiencesOf, idTokenOf } from '../id-tokens.ts'

const needs: readonly Capability[] = ['authorization_code', 'refresh_token', 'openid', 'offline_access']

/** An ID token that comes with a refresh is from the same issuer, about the same person, for the same client. */
export const refreshedIdTokenKeepsItsParties = check({
  proves: [oidcCore.refreshIdTokenIssuer, oidcCore.refreshIdTokenSubject, oidcCore.refreshIdTokenAudience],
  needs,

  async run({ client, expect }) {
    const { first, next } = await refreshedIdTokens(client)
    if (next === undefined) return
    const kept = new Set(audiencesOf(next))
    const keepsAudience = audiencesOf(first).every((one) => kept.has(one))

    expect.that(
      next.claims['iss'] === first.claims['iss'],
      { expected: 'the same iss', actual: 'another iss' },
      oidcCore.refreshIdTokenIssuer,
    )
    expect.that(
      next.claims['sub'] === first.claims['sub'],
      { expected: 'the same sub', actual: 'another sub' },
      oidcCore.refreshIdTokenSubject,
    )
    expect.that(keepsAudience, { expected: 'the same aud', actual: 'another aud' }, oidcCore.refreshIdTokenAudience)
  },
})

/** A refresh is no sign-in: the time of the sign-in stays. */
export const refreshedIdTokenKeepsTheSignInTime = check({
  proves: [oidcCore.refreshIdTokenAuthTime],
  needs,

  async run({ client, expect }) {
    // One more second, so that now is another number than then.
    const { first, next } = await refreshedIdTokens(client, 1100)
    const then = first.claims['auth_time']
    const told = next?.claims['auth_time']
    if (then === undefined || told === undefined) return

    expect.that(told === then, {
      expected: 'auth_time of the sign-in',
      actual: `auth_time ${Number(told) - Number(then)} s later`,
    })
  },
})

/** The ID tokens of a grant and of its first refresh; a refresh need not bring one (OpenID Connect Core §12.2). */
async function refreshedIdTokens(client: ProtocolClient, pauseMs = 0) {
  const tokens = await client.offlineGrant({ max_age: '600' })
  await delay(pauseMs)
  const { idToken } = client.tokensOf(await client.refresh(tokens.refreshToken))
  return { first: idTokenOf(tokens), next: idToken === undefined ? undefined : idTokenOf({ idToken }) }
}
