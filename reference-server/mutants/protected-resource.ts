import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { seconds } from '../clock.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/protected-resource.ts'

export const tokenIsCurrent = mutants(rules.tokenIsCurrent, {
  'never expires': { fault: 'the expiry is stored but not compared', apply: () => true },
  'compares seconds with milliseconds': {
    fault: 'the clock is in seconds and the expiry in milliseconds, so it always lies ahead',
    apply: (token, now) => token.expiresAt > seconds(now),
  },
})

/** The first token of each grant that anybody asked about. */
const firstOf = new Map<string, string>()

export const tokenIsNotRevoked = mutants(rules.tokenIsNotRevoked, {
  'looks at the token alone': {
    fault: 'a token has no mark of its own, and its grant is not looked up',
    apply: () => true,
  },
  'forgets all tokens but the first': {
    fault: 'the grant names the token that it was issued with, and that one is marked',
    breaks: [rfc7009.refreshRevokesAccess],
    apply(token, grant) {
      if (grant === undefined || !('id' in token)) return !grant?.revoked
      const first = firstOf.get(grant.id) ?? token.id
      firstOf.set(grant.id, first)
      return !grant.revoked || token.id !== first
    },
  },
})
