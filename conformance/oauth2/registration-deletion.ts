import { rfc7592 } from '../../core/spec/rfc7592.ts'
import { check } from '../../harness/check.ts'
import { objectOf } from '../../harness/client/http.ts'
import { responseOf } from '../../harness/client/protocol-client.ts'
import { registeredAccount } from '../../harness/client/registration.ts'
import { Inapplicable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { type Managed, managing } from '../managing.ts'
import { webClient } from '../registering.ts'

const needs = ['registration', 'client_secret_basic'] as const

const plain = webClient('https://rp.example/callback')

/** A client that is gone is gone without a word. */
export const deletionIsAnsweredWith204 = check({
  proves: [rfc7592.deleted],
  needs,

  async run({ client, expect }) {
    await managing(client, plain, async ({ remove }) => {
      const answer = await remove()
      if (answer.status >= 400) throw new Inapplicable(`a client cannot remove itself: ${describeAnswer(answer)}`)
      expect.response(answer).toHaveStatus(204)
    })
  },
})

/** With the client its token dies: it is answered like any other that is none. */
export const tokenDiesWithItsClient = check({
  proves: [rfc7592.tokenDiesWithClient],
  needs,

  async run({ client, expect }) {
    await managing(client, plain, async (managed) => {
      await removed(managed)
      for (const answer of [
        await client.readRegistration(managed.management()),
        await client.updateRegistration(managed.management(), plain),
        await client.deleteRegistration(managed.management()),
      ])
        if (answer.status !== 405) expect.response(answer).toHaveStatus(401)
    })
  },
})

/** Who asks for a client that does not exist is not told that it does not exist. */
export const unknownClientIsAnsweredWith401 = check({
  proves: [rfc7592.unknownClientRefused],
  needs,

  async run({ client, expect }) {
    await managing(client, plain, async (gone) => {
      await removed(gone)
      await managing(client, plain, async ({ management }) => {
        const { uri } = gone.management()
        if (uri === management().uri) throw new Inapplicable('one URI is for all clients')
        expect.response(await client.readRegistration({ uri, token: management().token })).toHaveStatus(401)
      })
    })
  },
})

/** A client that is gone can no longer ask for anything, neither by a browser nor by itself. */
export const deletedClientIsNotServed = check({
  proves: [rfc7592.deletedClientIsDead],
  needs: [...needs, 'authorization_code'],

  async run({ client, expect }) {
    await managing(client, plain, async (managed, registration) => {
      const registered = client.as(registeredAccount(registration, plain))
      await removed(managed)

      const arrival = await registered.requestAuthorization()
      expect.that(!responseOf(arrival).has('code'), {
        violation: 'accepted',
        expected: 'no code for a client that is gone',
        actual: 'a code',
      })
      expect.arrival(arrival).toStayAtServer()
      if (registered.account.client_secret === undefined) return
      const unheardOf = { value: 'no-such-code', redirectUri: registered.redirectUri, verifier: 'v'.repeat(43) }
      const denied = await registered.redeem({ ...unheardOf, response: new Map() })
      expect.that(objectOf(denied)?.['error'] === 'invalid_client', {
        violation: 'accepted',
        expected: 'the error invalid_client',
        actual: describeAnswer(denied),
      })
    })
  },
})

/** What a client was granted goes with it. */
export const tokensEndWithTheirClient = check({
  proves: [rfc7592.deletionEndsTokens],
  needs: [...needs, 'authorization_code', 'openid', 'userinfo'],

  async run({ client, expect }) {
    await managing(client, plain, async (managed, registration) => {
      const { accessToken } = await client.as(registeredAccount(registration, plain)).grant()
      const before = await client.userinfo(accessToken)
      if (before.status !== 200) throw new Inapplicable(`the token opens no userinfo: ${describeAnswer(before)}`)
      await removed(managed)

      expect.response(await client.userinfo(accessToken)).toBeRefused('a refusal of the token')
    })
  },
})

/** Arranges that a client is gone; a server need not let it go. */
async function removed({ remove }: Managed): Promise<void> {
  const answer = await remove()
  if (answer.status >= 300) throw new Inapplicable(`a client cannot remove itself: ${describeAnswer(answer)}`)
}
