import fc from 'fast-check'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { decodeForm, encodeForm, redirectParams } from '../../core/wire/form.ts'
import { describeArrival, type ProtocolClient, responseOf } from '../../harness/client/protocol-client.ts'
import type { Arrival } from '../../harness/client/user-agent.ts'
import type { Expect } from '../../harness/expect.ts'
import { property } from '../../harness/property.ts'
import { stringsMember } from '../../harness/target/metadata.ts'
import type { Target } from '../../harness/target/target.ts'
import { visible } from '../generators/characters.ts'
import { applied } from '../generators/edit.ts'
import {
  emptyParameters,
  malformations,
  namesIn,
  type RawForm,
  repetition,
  unknownParameters,
} from '../generators/form.ts'
import { isCrash } from '../oracles/answers.ts'
import { judgeDestination } from '../oracles/redirects.ts'

/** Parameters that an authorization request may have and the one tried has not. */
const others = [
  'prompt',
  'max_age',
  'display',
  'ui_locales',
  'claims_locales',
  'login_hint',
  'id_token_hint',
  'acr_values',
  'claims',
  'request',
  'request_uri',
  'registration',
  'response_mode',
  'resource',
]

/** Parameters that the server does not know change nothing. */
export const unknownParametersChangeNothing = property({
  proves: [rfc6749.unknownParamsIgnored],
  needs: ['authorization_code'],
  arrange: async ({ client }) => await client.authorize(),
  inputs: () => unknownParameters,

  async holds(edits, { client, expect }) {
    expect.arrival(await request(client, applied(edits, rightRequest(client)))).toBringCode()
  },
})

/** Parameters without a value change nothing, whatever they would mean with one. */
export const emptyParametersChangeNothing = property({
  proves: [rfc6749.emptyParamsOmitted],
  needs: ['authorization_code'],
  arrange: async ({ client }) => await client.authorize(),
  inputs: () => emptyParameters(others),

  async holds(edits, { client, expect }) {
    expect.arrival(await request(client, applied(edits, rightRequest(client)))).toBringCode()
  },
})

/** A parameter that stands twice spoils the request, whatever the second value is. */
export const repeatedParameterIsRefused = property({
  proves: [rfc6749.paramsNotRepeated],
  needs: ['authorization_code'],
  arrange: async ({ client }) => await client.authorize(),
  inputs: () => repetition,

  async holds(edit, { client, expect }) {
    expect.arrival(await request(client, edit.apply(rightRequest(client)))).toBringNoCode()
  },
})

/**
 * Whatever is wrong with a request, the server stands, says so where the client can hear it, and sends the browser nowhere
 * but to a URI that the client registered.
 */
export const malformedRequestIsReported = property({
  proves: [rfc6749.errorByRedirect],
  needs: ['authorization_code'],
  arrange: async ({ client }) => await client.authorize(),
  inputs: () => malformations,

  async holds(edits, { client, expect }) {
    const right = rightRequest(client)
    const sent = applied(edits, right)
    const arrival = await request(client, sent)

    judgeDestination(expect, arrival, redirectUrisIn(sent), client.account.redirect_uris)
    judgeReport(expect, arrival, keeps(right, sent, 'client_id', 'redirect_uri'))
    if (keeps(right, sent, 'response_type', 'response_mode')) judgePlace(expect, arrival)
  },
})

/** The state comes back with a code and with an error, every character of it as it was sent, by whatever mode. */
export const stateComesBackAsItWasSent = property({
  proves: [rfc6749.stateReturned, rfc6749.stateReturnedOnError],
  needs: ['authorization_code'],
  arrange: async ({ client }) => await client.authorize(),
  inputs: ({ target }) =>
    fc.record({
      state,
      outcome: fc.constantFrom('code' as const, 'error' as const),
      mode: fc.constantFrom(undefined, ...modesOf(target)),
    }),

  async holds({ state: sent, outcome, mode }, { client, expect }) {
    const wrong = outcome === 'error' ? { code_challenge_method: 'assay-unknown' } : {}
    const response = responseOf(await client.requestAuthorization({ ...wrong, state: sent, response_mode: mode }))
    // Who is told nothing by redirect is told no state.
    if (!response.has('code') && !response.has('error')) return
    const returned = response.get('state')

    expect.that(
      returned === sent,
      {
        violation: returned === undefined ? 'missing-value' : 'wrong-value',
        expected: 'the state as it was sent',
        actual: returned === undefined ? 'no state' : 'another state',
      },
      response.has('code') ? rfc6749.stateReturned : rfc6749.stateReturnedOnError,
    )
  },
})

/**
 * What is sent as UTF-8 is read as such. The grammar of a state has printable ASCII alone, so that any other may be
 * refused; what comes back with escapes in it was read rightly, and written by another rule.
 */
export const textIsReadAsUtf8 = property({
  proves: [rfc6749.formDecoded],
  needs: ['authorization_code'],
  arrange: async ({ client }) => await client.authorize(),
  inputs: () => fc.string({ unit: fc.constantFrom('a', ' ', 'é', 'ß', 'Ω', '€', '漢', '\u{1F511}'), maxLength: 20 }),

  async holds(sent, { client, expect }) {
    const returned = responseOf(await client.requestAuthorization({ state: sent })).get('state')
    if (returned === undefined) return

    expect.that(returned === sent || returned.includes('%'), {
      violation: 'wrong-value',
      expected: 'the state as it was sent',
      actual: 'another state',
    })
  },
})

/** The response modes that the metadata lists, of those that carry a state as it is. */
const modesOf = ({ metadata }: Target): readonly string[] =>
  (stringsMember(metadata, 'response_modes_supported') ?? []).filter((mode) =>
    /^(?:query|fragment|form_post)$/.test(mode),
  )

/** RFC 6749 Appendix A.5: printable ASCII, with what somebody decodes, folds or escapes standing out. */
const state = fc.string({
  unit: fc.oneof(visible, fc.constantFrom('%20', '%2B', '%', '+', '&', '&amp;', '#', '"', '\\', '<b>')),
  minLength: 1,
  maxLength: 100,
  size: 'max',
})

const rightRequest = (client: ProtocolClient): RawForm => encodeForm(client.authorizationParams().params).split('&')

/** Takes a query as it is to where it leads. */
async function request(client: ProtocolClient, query: RawForm): Promise<Arrival> {
  const endpoint = client.endpoint('authorization_endpoint')
  const url = `${endpoint}${endpoint.includes('?') ? '&' : '?'}${query.join('&')}`
  return await client.agent.arrive(url, {
    stopAt: client.account.redirect_uris,
    ...(client.user && { person: client.user }),
  })
}

/** Whether a spoilt request still says of these parameters what the right one says, and nothing that resembles them. */
const keeps = (right: RawForm, sent: RawForm, ...names: readonly string[]): boolean =>
  names.every((name) => {
    const own = right.filter((pair) => namesIn([pair]).includes(name))
    const others = sent.filter((pair) => namesIn([pair]).some((one) => one.toLowerCase().startsWith(name)))
    return own.length === others.length && own.every((pair, at) => pair === others[at])
  })

const redirectUrisIn = (form: RawForm): readonly string[] =>
  form.flatMap((pair) => decodeForm(pair)).flatMap(([name, uri]) => (/^redirect_uri/i.test(name) ? [uri] : []))

/** A failure of the server itself is no report, and neither is a redirect of the right client that says nothing. */
function judgeReport(expect: Expect, arrival: Arrival, isForClient: boolean) {
  const actual = describeArrival(arrival)
  const crashed = arrival.kind === 'page' && isCrash(arrival)
  expect.that(
    !crashed,
    { violation: 'crashed', expected: 'an answer that is no failure of the server', actual },
    rfc6749.errorByRedirect,
  )
  const response = responseOf(arrival)
  const isSilent = arrival.kind === 'redirect' && !response.has('code') && !response.has('error')
  expect.that(
    !(isSilent && isForClient),
    { violation: 'missing-value', expected: 'a code or an error', actual },
    rfc6749.errorByRedirect,
  )
}

/** What answers a request for a code, and for no other way of being answered, stands in the query (RFC 6749 §4.1.2.1). */
function judgePlace(expect: Expect, arrival: Arrival) {
  if (arrival.kind !== 'redirect') return
  const { query, fragment } = redirectParams(arrival.location)
  const isIn = (params: readonly (readonly [string, string])[]) => params.some(([name]) => name === 'error')
  expect.that(
    !isIn(fragment) || isIn(query),
    { violation: 'wrong-value', expected: 'the error in the query', actual: 'the error in the fragment' },
    rfc6749.errorByRedirect,
  )
}
