import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { isNonEmpty, type NonEmpty } from '../../core/verdict.ts'
import { describeArrival, responseOf } from '../../harness/client/protocol-client.ts'
import { Inapplicable } from '../../harness/error.ts'
import { property } from '../../harness/property.ts'
import { folderOf } from '../../harness/target/redirect-patterns.ts'
import type { ClientAccount, Target } from '../../harness/target/target.ts'
import { leaves, patternEscape } from '../generators/pattern-escape.ts'
import { destinationOf, isForeign, leadsAstray } from '../oracles/redirects.ts'

/**
 * Who registers a folder of redirection URIs means what lies in it: nothing leads out, be it for a browser or for the
 * application behind it, whatever the way up is written with. A server that takes the star for a star refuses all of it.
 */
export const escapeFromAPatternIsRefused = property({
  proves: [rfc6749.redirectUriRegistered],
  needs: ['authorization_code'],

  async arrange({ client, target }) {
    const found = withPatterns(target)
    await client.as(found.account).authorize()
    return found
  },
  inputs: (_, { patterns }) => patternEscape(patterns),

  async holds({ sent }, { client, expect }, { account, patterns }) {
    const arrival = await client.as(account).requestAuthorization({ redirect_uri: sent })
    const destination = destinationOf(arrival)?.replace(/[?#].*$/s, '')
    const stays = destination !== undefined && !patterns.every((pattern) => leaves(destination, folderOf(pattern)))

    const lawful = stays || (!responseOf(arrival).has('code') && !leadsAstray(arrival, [sent], account.redirect_uris))
    const breach = {
      violation: 'redirected',
      expected: `an error page, and no redirect out of ${patterns.join(' or ')}`,
      actual: describeArrival(arrival),
    } as const
    expect.that(lawful, breach, rfc6749.redirectUriRegistered)
    if (isForeign(sent, patterns)) expect.that(lawful, breach, rfc9700.noOpenRedirect)
  },
})

/** The first client that has some, for its registration says what they mean. */
function withPatterns({ clients }: Target): { readonly account: ClientAccount; readonly patterns: NonEmpty<string> } {
  for (const account of clients) {
    const { redirect_uri_patterns: patterns = [], grant_types: grants } = account
    if (isNonEmpty(patterns) && grants.includes('authorization_code')) return { account, patterns }
  }
  throw new Inapplicable('no client of the target has a redirect_uri that ends in /*')
}
