import { rfc8252 } from '../../core/spec/rfc8252.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { check } from '../../harness/check.ts'
import { type HttpResponse, objectOf } from '../../harness/client/http.ts'
import { type ProtocolClient, responseOf } from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { nativeApp, registeredId, registeredWith, registering, webClient } from '../registering.ts'

const needs = ['registration', 'public_client'] as const

/** An app chooses how it is redirected to: by a scheme of its own, a claimed https URI, or on the loopback interface. */
export const appChoosesHowItIsRedirectedTo = check({
  proves: [rfc8252.redirectOptions],
  needs,

  async run({ client, expect }) {
    for (const uri of ['com.example.assay:/callback', 'https://app.example/callback', 'http://127.0.0.1/callback']) {
      await registering(client, nativeApp(uri), (answer) => {
        expect.that(registeredWith(answer, uri) !== undefined, {
          violation: 'refused',
          expected: `a native app with ${uri}`,
          actual: describeAnswer(answer),
        })
      })
    }
  },
})

/** A scheme without a period is no domain name, and nobody could say whose it is. */
export const schemeWithoutAPeriodIsRefused = check({
  proves: [rfc8252.schemeWithPeriod],
  needs,

  async run({ client, expect }) {
    const uri = 'assay:/callback'
    await registering(client, nativeApp(uri), (answer) => {
      expect.that(registeredWith(answer, uri) === undefined, {
        violation: 'accepted',
        expected: `a refusal of ${uri}`,
        actual: describeAnswer(answer),
      })
    })
  },
})

/** What is registered is a whole redirection URI, and never the beginning of others. */
export const registeredUriIsNoBeginning = check({
  proves: [rfc8252.completeUriRegistered],
  needs: [...needs, 'authorization_code'],

  async run({ client, expect }) {
    const beginnings = {
      'com.example.assay:/': 'com.example.assay:/callback',
      'http://127.0.0.1': 'http://127.0.0.1/callback',
      'https://app.example/': 'https://app.example/callback',
      'https://app.example/*': 'https://app.example/callback',
    }
    for (const [uri, longer] of Object.entries(beginnings)) {
      await registering(client, nativeApp(uri), async (answer) => {
        const id = registeredWith(answer, uri)
        if (id === undefined) return
        const arrival = await client.requestAuthorization({ client_id: id, redirect_uri: longer })
        expect.arrival(arrival).toStayAtServer()
      })
    }
  },
})

/** Of two clients with the same https URI the server knows which one is public and which one must authenticate. */
export const clientTypeIsRecorded = check({
  proves: [rfc8252.clientTypeRecorded],
  needs: [...needs, 'authorization_code', 'client_secret_basic'],

  async run({ client, expect }) {
    const uri = 'https://app.example/callback'
    await registering(client, nativeApp(uri), async (answer) => {
      if (objectOf(answer)?.['client_secret'] !== undefined)
        throw new Untestable('the server registers nobody without a secret')
      const redeemed = await redeemByName(client, registeredId(answer), uri)
      expect.that(redeemed.status === 200, {
        violation: 'refused',
        expected: 'a token for the public client, which has nothing to authenticate by',
        actual: describeAnswer(redeemed),
      })
    })
    await registering(client, webClient(uri), async (answer) => {
      if (objectOf(answer)?.['client_secret'] === undefined)
        throw new Untestable('the server registers nobody with a secret')
      expect.response(await redeemByName(client, registeredId(answer), uri)).toBeRefused()
    })
  },
})

/** Nothing but the loopback interface is near enough to go without encryption. */
export const httpUriIsNotAllowed = check({
  proves: [rfc9700.noHttpRedirectUri, rfc9700.responsesEncrypted],
  needs: ['registration', 'authorization_code', 'client_secret_basic'],

  async run({ client, expect, target }) {
    const uri = 'http://app.example/callback'
    const kinds = [webClient(uri), ...(target.capabilities.has('public_client') ? [nativeApp(uri)] : [])]
    for (const metadata of kinds) {
      await registering(client, metadata, async (answer) => {
        const id = registeredWith(answer, uri)
        const breach = {
          violation: 'accepted',
          expected: `a refusal of ${uri}`,
          actual: `a ${metadata.application_type} client that has it`,
        } as const
        expect.that(id === undefined, breach, rfc9700.noHttpRedirectUri)
        if (id === undefined) return
        const response = responseOf(await client.requestAuthorization({ client_id: id, redirect_uri: uri }))
        const sent = { violation: 'leaked', expected: 'no response without encryption', actual: 'a code' } as const
        expect.that(!response.has('code'), sent, rfc9700.responsesEncrypted)
      })
    }
  },
})

/** A client that could call itself after a person might be taken for that person. */
export const clientDoesNotChooseItsName = check({
  proves: [rfc9700.clientIdNotChosen],
  needs: ['registration', 'authorization_code', 'userinfo', 'openid', 'client_secret_basic'],

  async run({ client, expect }) {
    const { accessToken } = await client.grant()
    const { sub } = objectOf(await client.userinfo(accessToken)) ?? {}
    if (typeof sub !== 'string') throw new Untestable('the server does not say what it calls the person')
    const wish = { ...webClient('https://rp.example/callback'), client_id: sub }
    await registering(client, wish, (answer) => {
      expect.that(registeredId(answer) !== sub, {
        violation: 'accepted',
        expected: "a client_id of the server's own",
        actual: 'the sub of a person, which the client had asked for',
      })
    })
  },
})

/** A client that shows nothing but its name redeems a code of its own. */
async function redeemByName(client: ProtocolClient, id: string | undefined, uri: string): Promise<HttpResponse> {
  if (id === undefined) throw new Untestable('the server registers no such client')
  const { params, verifier } = client.authorizationParams({ client_id: id, redirect_uri: uri })
  const value = responseOf(await client.travel(params)).get('code')
  if (value === undefined) throw new Untestable('a client that was just registered gets no code')
  return await client.direct('token_endpoint', {
    auth: 'nothing at all',
    params: {
      grant_type: 'authorization_code',
      client_id: id,
      code: value,
      redirect_uri: uri,
      code_verifier: verifier,
    },
  })
}
