import fc from 'fast-check'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { objectOf } from '../../harness/client/http.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { property } from '../../harness/property.ts'
import { applied } from '../generators/edit.ts'
import { isOtherSpelling, nearMissOr } from '../generators/near-miss.ts'
import { scopeEdits } from '../generators/scope.ts'
import { liveGrant } from '../live-grant.ts'
import { expectNoToken } from '../oracles/answers.ts'
import { expectNotActive } from '../oracles/introspection.ts'
import { expectScopeWithin } from '../oracles/scopes.ts'

const needs = ['authorization_code', 'refresh_token'] as const

/** What is made of a refresh token is not a refresh token. */
export const forgedRefreshTokenIsDenied = property({
  proves: [rfc6749.refreshValid, rfc6749.refreshTokensUnforgeable, rfc9700.refreshIntegrity],
  needs,
  arrange: async ({ client }) => await liveGrant(client),
  inputs: () => nearMissOr('a code', 'an access token'),

  async holds(input, { client, expect }, grant) {
    const { token } = await grant.current()
    const forged = 'instead' in input ? await otherThing(client, input.instead) : applied(input.edits, token)
    if (isOtherSpelling(forged, token)) return

    const answer = await grant.refresh(forged)
    expectNoToken(expect, answer, rfc6749.refreshValid)
    if ('instead' in input) return
    expectNoToken(expect, answer, rfc6749.refreshTokensUnforgeable)
    expectNoToken(expect, answer, rfc9700.refreshIntegrity)
  },
})

/** However a scope is spelt, a refresh brings no more of it than the person granted. */
export const refreshedScopeIsNeverWider = property({
  proves: [rfc6749.refreshScopeNotWidened, rfc9700.refreshBoundToScope],
  needs,
  arrange: async ({ client }) => await liveGrant(client),
  inputs: () => scopeEdits,

  async holds(edits, { expect }, grant) {
    const { token, scope } = await grant.current()
    const answer = await grant.refresh(token, { scope: applied(edits, scope) })
    const granted = new Set(scope.split(' '))

    expectScopeWithin(expect, answer, granted, rfc6749.refreshScopeNotWidened)
    expectScopeWithin(expect, answer, granted, rfc9700.refreshBoundToScope)
  },
})

/**
 * A refresh token that was replaced, or that its client gave back, is not active, by whatever hint; but a server may take
 * the old one for a while, lest a lost response locks the client out.
 */
export const spentRefreshTokenIsInactive = property({
  proves: [rfc7662.revokedInactive],
  needs: [...needs, 'introspection'],
  as: 'confidential',
  inputs: ({ target }) =>
    fc.record({
      ended: fc.constantFrom('by a refresh', ...(target.capabilities.has('revocation') ? ['by its client'] : [])),
      refreshes: fc.nat({ max: 2 }),
      hint: fc.constantFrom(undefined, 'refresh_token', 'access_token', 'assay_token'),
    }),

  async holds({ ended, refreshes, hint }, { client, expect }) {
    let { refreshToken: token } = await client.offlineGrant()
    for (let left = refreshes; left > 0; left -= 1) token = await nextAfter(client, token)
    const answer = ended === 'by its client' ? await client.revoke(token) : await client.refresh(token)
    if (answer.status !== 200) throw new Untestable(`the refresh token cannot be ended: ${describeAnswer(answer)}`)
    const introspected = await client.introspect(token, { token_type_hint: hint })
    if ((await client.refresh(token)).status === 200) return

    expectNotActive(expect, introspected, rfc7662.revokedInactive)
  },
})

/** The refresh token that comes in the place of this one; it may be the same. */
async function nextAfter(client: ProtocolClient, token: string): Promise<string> {
  const next = objectOf(await client.refresh(token))?.['refresh_token']
  return typeof next === 'string' ? next : token
}

const otherThing = async (client: ProtocolClient, which: 'a code' | 'an access token'): Promise<string> =>
  which === 'a code' ? (await client.authorize()).value : (await client.grant()).accessToken
