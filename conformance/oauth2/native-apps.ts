import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc8252 } from '../../core/spec/rfc8252.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { check } from '../../harness/check.ts'
import {
  describeArrival,
  type ProtocolClient,
  responseOf,
  randomVerifier,
} from '../../harness/client/protocol-client.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { isNative } from '../native-uri.ts'
import { journeyOf } from '../pages.ts'
import { nativeApp, registeredWith, registering } from '../registering.ts'

const needs = ['authorization_code', 'public_client'] as const

/** A native app has its code protected by PKCE, and nothing else to protect it. */
export const nativeAppUsesPkce = check({
  proves: [rfc8252.pkceSupported],
  needs,
  as: 'none',

  async run({ client, expect }) {
    demandNative(client)
    const { params, verifier } = client.authorizationParams()
    const response = expect.arrival(await client.travel(params)).toBringCode(client.redirectUri)
    const code = { value: response.get('code') ?? '', verifier, response, redirectUri: client.redirectUri }
    const answer = await client.redeem(code)

    expect.that(answer.status === 200, {
      violation: 'refused',
      expected: 'a token for the right verifier',
      actual: describeAnswer(answer),
    })
    const wrong = randomVerifier()
    expect
      .response(await client.redeem(await client.authorize(), { code_verifier: wrong }))
      .toBeOAuthError('invalid_grant')
  },
})

/** An app listens on whichever port the system gives it, by IPv4 or by IPv6. */
export const anyLoopbackPortIsAllowed = check({
  proves: [rfc8252.anyLoopbackPort, rfc9700.loopbackPortVaries],
  needs,
  as: 'none',

  async run({ client, expect }) {
    const registered = client.account.redirect_uris.filter((uri) => loopback.test(uri))
    if (registered.length === 0)
      throw new Untestable(`the client ${client.account.client_id} has no redirect_uri like http://127.0.0.1/callback`)

    for (const uri of registered) {
      for (const port of [1025, 51_004]) {
        const sent = uri.replace(loopback, `$&:${port}`)
        expect.arrival(await client.requestAuthorization({ redirect_uri: sent })).toBringCode(sent)
      }
    }
  },
})

/** One that names a port may mean just that one. */
const loopback = /^http:\/\/(?:127\.0\.0\.1|\[::1\])(?=[/?]|$)/

/** The browser hands a private-use scheme over to the app that has it, as it was registered. */
export const privateUseSchemeIsRedirectedTo = check({
  proves: [rfc8252.privateUseRedirect],
  needs,
  as: 'none',

  async run({ client, expect, target }) {
    const judge = async (uri: string, clientId: string) => {
      const arrival = await client.requestAuthorization({ client_id: clientId, redirect_uri: uri })
      const destination = arrival.kind === 'redirect' ? arrival.location : ''

      expect.arrival(arrival).toBringCode(uri)
      expect.that(destination.startsWith(uri), {
        violation: 'redirected',
        expected: `a redirect to ${uri}`,
        actual: describeArrival(arrival),
      })
    }
    const { client_id: clientId, redirect_uris: uris } = client.account
    const own = uris.find((one) => !/^https?:/i.test(one))
    if (own !== undefined) return await judge(own, clientId)
    if (!target.capabilities.has('registration'))
      throw new Untestable(`the client ${clientId} has no redirect_uri like com.example.app:/callback`)

    const wanted = 'com.example.assay:/callback'
    await registering(client, nativeApp(wanted), async (answer) => {
      const registered = registeredWith(answer, wanted)
      if (registered === undefined) throw new Inapplicable('the server registers no private-use scheme')
      await judge(wanted, registered)
    })
  },
})

/** Nobody can be sure which app uses the name of another, so the person is asked each time. */
export const personIsAskedEachTime = check({
  proves: [rfc8252.personAsked, rfc8252.earlierConsentForgotten, rfc6749.repeatedNotAutomatic],
  needs,
  as: 'none',

  async run({ client, expect }) {
    demandNative(client)
    await client.authorize()
    const { arrival, asked } = await journeyOf(client, {})

    expect.that(asked.length > 0 || !responseOf(arrival).has('code'), {
      violation: 'accepted',
      expected: 'a page that asks the person, who agreed once before',
      actual: `${describeArrival(arrival)}, and nobody was asked`,
    })
  },
})

/** What comes in a fragment is not protected by PKCE, and other apps may get hold of it. */
export const appGetsNoTokenInTheFragment = check({
  proves: [rfc8252.noImplicit],
  needs: ['implicit', 'public_client'],
  as: 'none',

  async run({ client, expect }) {
    demandNative(client)
    const bare = { code_challenge: undefined, code_challenge_method: undefined }
    const arrival = await client.requestAuthorization({ ...bare, response_type: 'token' })

    expect.that(!responseOf(arrival).has('access_token'), {
      violation: 'accepted',
      expected: 'no token in the authorization response',
      actual: 'a token',
    })
  },
})

function demandNative({ redirectUri }: ProtocolClient) {
  if (!isNative(redirectUri)) throw new Inapplicable('the public client is no native app')
}
