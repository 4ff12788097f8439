import { oidcCore } from '../../core/spec/oidc-core.ts'
import { check } from '../../harness/check.ts'
import { Inapplicable } from '../../harness/error.ts'
import { letsIn, letsSendTokens, originOf, preflight } from '../preflight.ts'

/** An application in a browser that may fetch a token may use it to ask who signed in. */
export const scriptsMayAskForUserinfo = check({
  proves: [oidcCore.userinfoCors],
  needs: ['authorization_code', 'userinfo', 'openid'],

  async run({ client, expect }) {
    const origin = originOf(client)
    const answer = await preflight(client, client.endpoint('userinfo_endpoint'), 'GET')
    const isLetIn = letsIn(answer, origin)
    // Many servers let in only the origins that they were told of.
    if (!isLetIn && !letsIn(await preflight(client, client.endpoint('token_endpoint'), 'POST'), origin))
      throw new Inapplicable(`the server lets no script of ${origin} in; it may let in others that it knows`)

    expect.that(isLetIn, {
      violation: 'missing-header',
      expected: `scripts of ${origin} to be let in, as at the token endpoint`,
      actual: `status ${answer.status} without access-control-allow-origin for them`,
    })
    if (!isLetIn) return
    expect.that(letsSendTokens(answer), {
      violation: 'wrong-header',
      expected: 'authorization in access-control-allow-headers',
      actual: 'scripts may not send it',
    })
  },
})
