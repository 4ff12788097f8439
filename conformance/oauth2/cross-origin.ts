import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { check } from '../../harness/check.ts'
import { letsIn, originOf, preflight } from '../preflight.ts'

/** No script is told that it may ask the authorization endpoint: only browsers go there, with a person in front. */
export const noScriptIsLetIntoAuthorization = check({
  proves: [rfc9700.noCorsAtAuthorization],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    for (const method of ['GET', 'POST'] as const) {
      const answer = await preflight(client, client.endpoint('authorization_endpoint'), method)

      expect.that(!letsIn(answer, originOf(client)), {
        violation: 'wrong-header',
        expected: 'no access-control-allow-origin',
        actual: `${method} is allowed to scripts of ${originOf(client)}`,
      })
    }
  },
})
