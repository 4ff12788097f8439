import fc from 'fast-check'
import type { Requirement } from '../../core/spec/document.ts'
import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { rfc8252 } from '../../core/spec/rfc8252.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { samlBindings } from '../../core/spec/saml-bindings.ts'
import { type HttpResponse, objectOf } from '../../harness/client/http.ts'
import { describeSso, sentTo, type SsoAnswer } from '../../harness/client/saml-client.ts'
import { isSuccess } from '../../harness/client/saml-response.ts'
import { Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { property } from '../../harness/property.ts'
import { relayState } from '../generators/relay-state.ts'
import { schemeWithoutPeriod, strayUri, webOrigin } from '../generators/redirect-uri.ts'
import { isCrash } from '../oracles/answers.ts'
import { judgeTaken } from '../oracles/redirects.ts'

/** What a browser runs, or carries over the network in clear, is registered by nobody; nor are schemes that anybody may have. */
export const strayUriIsNotRegistered = property({
  proves: [
    rfc7591.redirectUriKinds,
    rfc7591.redirectUriOfApplication,
    rfc9700.noHttpRedirectUri,
    rfc8252.schemeWithPeriod,
  ],
  needs: ['registration', 'client_secret_basic'],

  async arrange({ client }) {
    const answer = await client.register(clientWith('https://rp.example/callback', 'web'))
    await client.unregister(answer)
    if (!keeps(answer, 'https://rp.example/callback'))
      throw new Untestable(`the server registers no client without more ado: ${describeAnswer(answer)}`)
  },
  inputs: () =>
    fc.record({
      uri: fc.oneof(strayUri, webOrigin, schemeWithoutPeriod),
      type: fc.constantFrom('web' as const, 'native' as const),
    }),

  async holds({ uri: { kind, uri }, type }, { client, expect }) {
    const answer = await client.register(clientWith(uri, type))
    await client.unregister(answer)
    const about = requirementsOf[kind]

    judgeTaken(
      expect,
      { known: [], portVaries: false },
      { uri, isTaken: keeps(answer, uri), actual: describeAnswer(answer) },
      about,
    )
    for (const requirement of about)
      expect.that(
        !isCrash(answer),
        { violation: 'crashed', expected: 'a refusal', actual: describeAnswer(answer) },
        requirement,
      )
  },
})

const requirementsOf = {
  dangerous: [rfc7591.redirectUriOfApplication],
  unencrypted: [rfc7591.redirectUriKinds, rfc9700.noHttpRedirectUri],
  'without a period': [rfc8252.schemeWithPeriod],
} as const satisfies Readonly<Record<string, readonly Requirement[]>>

const clientWith = (uri: string, type: 'web' | 'native') => ({
  client_name: 'Assay',
  application_type: type,
  redirect_uris: [uri],
  grant_types: ['authorization_code'],
  response_types: ['code'],
  token_endpoint_auth_method: 'client_secret_basic',
})

/** Whether a client was registered with this URI; a server that drops it says so in its answer. */
function keeps(answer: HttpResponse, uri: string): boolean {
  const { client_id: id, redirect_uris: uris } = objectOf(answer) ?? {}
  return typeof id === 'string' && (!Array.isArray(uris) || uris.includes(uri))
}

/** What a service provider sends along comes back to it and to nobody else, as it was; no browser follows it, none runs it. */
export const relayStateComesBackAsItWasSent = property({
  proves: [
    samlBindings.relayStateReturned,
    samlBindings.postRelayState,
    samlBindings.postValuesEscaped,
    samlBindings.postForm,
  ],
  needs: ['saml_idp'],

  async arrange({ saml }) {
    const answer = await saml.signOn({ relayState: 'a token' })
    // Where it lies in an address, that is what there is to find.
    if (!isSentByGet(answer) && (answer.response === undefined || !isSuccess(answer.response)))
      throw new Untestable(`a right request is not met: ${describeSso(answer)}`)
  },
  inputs: () => relayState,

  async holds(sent, { saml, expect }) {
    const answer = await saml.signOn({ relayState: sent })
    const { arrival, provider } = answer
    expect.that(
      !isSentByGet(answer),
      { violation: 'redirected', expected: 'a form that is posted', actual: describeSso(answer) },
      samlBindings.postForm,
    )
    const leaves = arrival.kind === 'redirect' || arrival.kind === 'form_post'
    judgeTaken(
      expect,
      { known: [provider.acs_url], portVaries: false },
      { uri: sentTo(answer) ?? '', isTaken: leaves, actual: describeSso(answer) },
      [samlBindings.postForm],
    )
    expect.sso(answer).toReturnRelayState(sent)
  },
})

/** Whether the response came in an address, as by a form that is sent by GET. */
const isSentByGet = ({ arrival }: SsoAnswer): boolean =>
  arrival.kind === 'redirect' && /[?&]SAMLResponse=/.test(arrival.location)
