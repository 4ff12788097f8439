import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { check } from '../../harness/check.ts'
import { objectOf } from '../../harness/client/http.ts'
import { Inapplicable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { registering, webClient } from '../registering.ts'

/** A registered URI is that URI: not the beginning of others, and not all of its host. */
export const registeredUriIsNoPartOfAnother = check({
  proves: [rfc6749.redirectUriComplete],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    for (const registered of client.account.redirect_uris.filter((uri) => /^https?:/.test(uri))) {
      const { origin, host, pathname } = new URL(registered)
      for (const other of [
        `${registered}/more`,
        `${registered}-more`,
        `${origin}/`,
        `https://more.${host}${pathname}`,
      ]) {
        if (client.account.redirect_uris.includes(other)) continue
        expect.arrival(await client.requestAuthorization({ redirect_uri: other })).toStayAtServer()
      }
    }
  },
})

/** With several URIs to choose from, the server does not choose. */
export const missingRedirectUriOfSeveralIsRefused = check({
  proves: [rfc6749.redirectUriNeededOfSeveral],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    if (client.account.redirect_uris.length < 2) throw new Inapplicable('the client registered one redirect_uri')
    const plain = client.account.scope?.split(' ').find((one) => one !== 'openid' && one !== 'offline_access')

    for (const scope of [undefined, ...(plain === undefined ? [] : [plain])]) {
      const arrival = await client.requestAuthorization({ redirect_uri: undefined, scope, nonce: undefined })
      expect.arrival(arrival).toStayAtServer()
    }
  },
})

/** Who registers nowhere to be redirected to is registered for nothing that redirects. */
export const everyClientNamesItsRedirectUris = check({
  proves: [rfc6749.redirectUriOfAllClients],
  needs: ['registration', 'client_secret_basic'],

  async run({ client, expect }) {
    const { redirect_uris: _left, ...rest } = webClient('https://rp.example/callback')
    await registering(client, rest, (answer) => {
      expect.that(answer.status >= 300 || redirectsNowhere(objectOf(answer), 'authorization_code'), {
        violation: 'accepted',
        expected: 'a refusal',
        actual: describeAnswer(answer),
      })
    })
  },
})

/** A client that gets its tokens in a redirect says beforehand where, for nothing else proves who it is. */
export const implicitClientNamesItsRedirectUris = check({
  proves: [rfc6749.redirectUriOfImplicitClients],
  needs: ['registration', 'client_secret_basic', 'implicit'],

  async run({ client, expect }) {
    const { redirect_uris: _left, ...rest } = webClient('https://rp.example/callback')
    const metadata = { ...rest, grant_types: ['implicit'], response_types: ['token'] }
    await registering(client, metadata, (answer) => {
      expect.that(answer.status >= 300 || redirectsNowhere(objectOf(answer), 'implicit'), {
        violation: 'accepted',
        expected: 'a refusal',
        actual: describeAnswer(answer),
      })
    })
  },
})

/** The server may register something else than what was asked for, and then says so. */
const redirectsNowhere = (registered: Readonly<Record<string, unknown>> | undefined, grant: string) => {
  const { redirect_uris: uris, grant_types: grants } = registered ?? {}
  return (Array.isArray(uris) && uris.length > 0) || (Array.isArray(grants) && !grants.includes(grant))
}
