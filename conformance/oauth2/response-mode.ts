import { multipleResponseTypes } from '../../core/spec/multiple-response-types.ts'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { check } from '../../harness/check.ts'
import { describeArrival, type ProtocolClient } from '../../harness/client/protocol-client.ts'
import type { Expect } from '../../harness/expect.ts'
import { arrivals, describePlaces, isOnlyIn, type ResponseMode } from '../response-modes.ts'

/** Code and error come in the query where that is asked for. */
export const queryCarriesTheResponse = check({
  proves: [multipleResponseTypes.queryMode],
  needs: ['authorization_code', 'query_mode'],

  async run({ client, expect }) {
    await expectResponsesIn(expect, client, 'query', { response_mode: 'query' })
  },
})

/** Code and error come in the fragment where that is asked for, and leave no trace in the query. */
export const fragmentCarriesTheResponse = check({
  proves: [multipleResponseTypes.fragmentMode],
  needs: ['authorization_code', 'fragment_mode'],

  async run({ client, expect }) {
    await expectResponsesIn(expect, client, 'fragment', { response_mode: 'fragment' })
  },
})

/** Whoever asks for a code and for no mode finds it in the query. */
export const codeComesInTheQueryByDefault = check({
  proves: [multipleResponseTypes.codeDefaultsToQuery],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    await expectResponsesIn(expect, client, 'query', {})
  },
})

/** How an error is to be told in a mode that nobody knows, nobody knows: the person sees a page. */
export const unknownModeEndsOnAPage = check({
  proves: [oidcCore.unknownModeRefused],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    const arrival = await client.requestAuthorization({ response_mode: 'assay-unknown' })

    expect.arrival(arrival).toStayAtServer()
    expect.that(arrival.kind !== 'page' || arrival.status === 400 || arrival.status >= 500, {
      violation: 'wrong-status',
      expected: 'a page with status 400',
      actual: describeArrival(arrival),
    })
  },
})

async function expectResponsesIn(
  expect: Expect,
  client: ProtocolClient,
  mode: ResponseMode,
  overrides: { readonly response_mode?: string },
) {
  for await (const [outcome, arrival] of arrivals(client, overrides)) {
    expect.that(isOnlyIn(mode, [outcome, 'state'], arrival), {
      expected: `${outcome} and state in the ${mode}, and no part of the response elsewhere`,
      actual: describePlaces(arrival),
    })
  }
}
