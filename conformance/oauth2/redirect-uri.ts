import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { check } from '../../harness/check.ts'
import { objectOf } from '../../harness/client/http.ts'
import { describeArrival, responseOf } from '../../harness/client/protocol-client.ts'
import { Inapplicable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { insideOf } from '../../harness/target/redirect-patterns.ts'
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

/** A registered URI is compared as text: the star at its end is a star. */
export const registeredStarStandsForItself = check({
  proves: [rfc9700.exactRedirectUri, oidcCore.redirectUriExact],
  needs: ['authorization_code'],

  async run({ client, target, expect }) {
    const account = target.clients.find(({ redirect_uri_patterns: patterns }) => patterns !== undefined)
    if (account === undefined) throw new Inapplicable('no client of the target has a redirect_uri that ends in /*')
    for (const uri of account.redirect_uri_patterns?.map(insideOf) ?? []) {
      const arrival = await client.as(account).requestAuthorization({ redirect_uri: uri })

      const breach = { violation: 'redirected', expected: 'an error page', actual: describeArrival(arrival) } as const
      const isRefused = !responseOf(arrival).has('code')
      expect.that(isRefused, breach, rfc9700.exactRedirectUri)
      if (target.capabilities.has('openid')) expect.that(isRefused, breach, oidcCore.redirectUriExact)
    }
  },
})

/** Small and capital letters are different letters: all paths that differ in them may be somebody else's. */
export const uriInAnotherCaseIsRefused = check({
  proves: [rfc6749.redirectUriCompared, rfc9700.exactRedirectUri],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    await client.authorize()
    const { redirect_uris: registered } = client.account
    const others = registered.flatMap(inOtherCases).filter((uri) => !registered.includes(uri))
    if (others.length === 0) throw new Inapplicable('no redirect_uri of the client has a path with letters')

    for (const uri of others) {
      expect.arrival(await client.requestAuthorization({ redirect_uri: uri })).toStayAtServer()
    }
  },
})

/** The path in capitals, and with one letter turned over: scheme and host alone have no case (RFC 3986 §6.2.2.1). */
function inOtherCases(uri: string): readonly string[] {
  const [, origin, path] = /^([a-z][^:]*:\/\/[^/?#]+)(\/[^?#]*[a-z][^?#]*)/i.exec(uri) ?? []
  if (origin === undefined || path === undefined) return []
  const rest = uri.slice(origin.length + path.length)
  const turned = path.replace(/[a-z]/i, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  )
  return [...new Set([path.toUpperCase(), turned])].map((other) => `${origin}${other}${rest}`)
}

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
