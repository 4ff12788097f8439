import { setImmediate as nextTurn } from 'node:timers/promises'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import { codeIsSingleUse as codeRule } from '../rules/authorization-code.ts'
import { assertionIsFresh as assertionRule } from '../rules/client-authentication.ts'
import { refreshTokenIsKnown as knownRule, refreshTokenIsSingleUse as refreshRule } from '../rules/refresh-token.ts'
import type { Store } from '../store.ts'

const marks = new WeakMap<Store, Set<string>>()

/** Whether nobody was here before: asked by one query and noted by another, between which others may ask. */
async function looksThenMarks(what: string, store: Store): Promise<boolean> {
  const marked = marks.get(store) ?? new Set()
  marks.set(store, marked)
  if (marked.has(what)) return false
  await nextTurn()
  marked.add(what)
  return true
}

export const codeIsSingleUse = mutants(codeRule, {
  'looks, then marks': {
    fault: 'the code is read, and deleted when it was found to be good: two queries that no transaction holds together',
    breaks: [rfc6749.codeSingleUse, rfc9700.codeInvalidated],
    async apply({ value }, store) {
      if (!(await looksThenMarks(value, store))) throw new OAuthError('invalid_grant', 'the code was already redeemed')
    },
  },
})

export const refreshTokenIsSingleUse = mutants(refreshRule, {
  'looks, then marks': {
    fault: 'the token is read, and replaced when it was found to be good: nobody asks how many rows that changed',
    breaks: [rfc9700.refreshRotatedForPublic],
    async apply({ value }, rotates, store) {
      if (rotates && !(await looksThenMarks(value, store)))
        throw new OAuthError('invalid_grant', 'the refresh token was already used')
    },
  },
})

export const assertionIsFresh = mutants(assertionRule, {
  'looks, then marks': {
    fault: 'a cache knows get and set, and the jti is set where get found nothing',
    breaks: [oidcCore.assertionSingleUse],
    async apply({ clientId }, { claims }, store) {
      if (!(await looksThenMarks(JSON.stringify([clientId, claims['jti']]), store)))
        throw new OAuthError('invalid_client', 'jti of client_assertion was used before')
    },
  },
})

export const refreshTokenIsKnown = mutants(knownRule, {
  'writes the grant back': {
    fault: 'each refresh writes down when the grant was last used, and with that all of the grant as it was read',
    breaks: [rfc7009.revokedAtOnce, rfc6749.refreshValid],
    config: { rotateRefreshTokens: false },
    async apply(value, store) {
      const token = await knownRule.apply(value, store)
      const grant = await store.findGrant(token.grantId)
      await nextTurn()
      if (grant !== undefined) await store.saveGrant(grant)
      return token
    },
  },
})
