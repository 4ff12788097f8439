import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { check } from '../../harness/check.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { nativeApp, registeredWith, registering, webClient } from '../registering.ts'

/** What a browser runs, or shows as a page of its own making, where it is sent to. The case of a scheme does not count. */
const runByBrowsers = ['javascript:alert(1)', 'JavaScript:alert(1)', 'data:text/html,assay']

/** No client registers something to be run in the place of where its codes are sent. */
export const whatABrowserRunsIsNotRegistered = check({
  proves: [rfc7591.redirectUriOfApplication],
  needs: ['registration'],

  async run({ client, expect, target }) {
    const kinds = [
      ...(target.capabilities.has('client_secret_basic') ? [webClient] : []),
      ...(target.capabilities.has('public_client') ? [nativeApp] : []),
    ]
    for (const metadata of kinds.flatMap((kind) => runByBrowsers.map(kind))) {
      const [uri = ''] = metadata.redirect_uris
      await registering(client, metadata, (answer) => {
        expect.that(registeredWith(answer, uri) === undefined, {
          violation: 'accepted',
          expected: `a refusal of ${uri}`,
          actual: describeAnswer(answer),
        })
      })
    }
  },
})
