import { multipleResponseTypes } from '../../core/spec/multiple-response-types.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import type { Params } from '../../core/wire/form.ts'
import { check } from '../../harness/check.ts'
import { objectOf } from '../../harness/client/http.ts'
import { describeArrival, type ProtocolClient, responseOf } from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'
import { foreignUri, nearMisses } from '../redirect-uris.ts'
import { awkwardState, describePlaces, isOnlyIn, placesOf } from '../response-modes.ts'
import { sameScopes, scopesOf } from '../token-text.ts'

/** A request for a token has no code to protect and no ID token to bind. */
const forToken = {
  response_type: 'token',
  code_challenge: undefined,
  code_challenge_method: undefined,
  nonce: undefined,
}

const requestToken = async (client: ProtocolClient, overrides: Params = {}) =>
  await client.requestAuthorization({ ...forToken, ...overrides })

/** Has a request end in an answer that is no refusal; where it does not the unit cannot judge. */
async function granted(client: ProtocolClient, overrides: Params = {}) {
  const arrival = await requestToken(client, overrides)
  const response = responseOf(arrival)
  if (arrival.kind !== 'redirect' || response.has('error') || response.has('code'))
    throw new Untestable(`no token could be had: ${describeArrival(arrival)}`)
  return { arrival, response }
}

/** The token comes in the fragment, which no server on the way is sent, with all that belongs to it. */
export const tokenComesInTheFragment = check({
  proves: [
    rfc6749.implicitInFragment,
    rfc6749.implicitTokenResponse,
    rfc6749.implicitExpiryIsNumber,
    multipleResponseTypes.tokenDefaultsToFragment,
  ],
  needs: ['implicit'],

  async run({ client, expect }) {
    const { arrival, response } = await granted(client)

    for (const name of ['access_token', 'token_type']) {
      expect.that(
        (response.get(name) ?? '') !== '',
        { violation: 'missing-value', expected: name, actual: `no ${name}` },
        rfc6749.implicitTokenResponse,
      )
    }
    for (const about of [rfc6749.implicitInFragment, multipleResponseTypes.tokenDefaultsToFragment]) {
      const breach = { expected: 'the token in the fragment alone', actual: describePlaces(arrival) }
      expect.that(isOnlyIn('fragment', [], arrival), breach, about)
    }
    const lifetime = response.get('expires_in') ?? '0'
    expect.that(
      /^\d+$/.test(lifetime),
      { violation: 'malformed', expected: 'expires_in as a number', actual: `expires_in ${lifetime.slice(0, 80)}` },
      rfc6749.implicitExpiryIsNumber,
    )
  },
})

/** No token is put into a query, for that goes to servers, logs and others' pages. */
export const tokenNeverComesInTheQuery = check({
  proves: [multipleResponseTypes.noTokenInQuery],
  needs: ['implicit'],

  async run({ client, expect }) {
    for (const mode of [undefined, 'query']) {
      const arrival = await requestToken(client, { response_mode: mode })

      expect.that(!placesOf(arrival).query.includes('access_token'), {
        violation: 'accepted',
        expected: 'no token in the query',
        actual: describePlaces(arrival),
      })
    }
  },
})

/** What is handed to a browser does not last: it holds no refresh token. */
export const noRefreshTokenComesToABrowser = check({
  proves: [rfc6749.implicitNoRefresh],
  needs: ['implicit'],

  async run({ client, expect }) {
    await granted(client)
    for (const overrides of [{}, client.offline]) {
      const response = responseOf(await requestToken(client, overrides))

      expect.that(!response.has('refresh_token'), {
        violation: 'accepted',
        expected: 'no refresh_token',
        actual: 'a refresh_token in the response',
      })
    }
  },
})

/** The state comes back with the token, every character of it as it was sent. */
export const stateComesBackWithTheToken = check({
  proves: [rfc6749.implicitState],
  needs: ['implicit'],

  async run({ client, expect }) {
    const { response } = await granted(client, { state: awkwardState })

    expect.that(response.get('state') === awkwardState, {
      violation: response.has('state') ? 'wrong-value' : 'missing-value',
      expected: 'the state as it was sent',
      actual: response.has('state') ? 'another state' : 'no state',
    })
  },
})

/** A refusal comes where the client looks for the token, with the state of the request. */
export const errorComesInTheFragment = check({
  proves: [rfc6749.implicitErrorInFragment, rfc6749.implicitErrorState],
  needs: ['implicit'],

  async run({ client, expect, target }) {
    const wrong = target.capabilities.has('openid') ? { prompt: 'none' } : { scope: 'assay:unknown' }
    const arrival = await requestToken(client, { ...wrong, state: awkwardState })
    const response = responseOf(arrival)
    if (!response.has('error')) throw new Untestable(`no error could be had: ${describeArrival(arrival)}`)

    expect.that(
      isOnlyIn('fragment', ['error'], arrival),
      { expected: 'the error in the fragment alone', actual: describePlaces(arrival) },
      rfc6749.implicitErrorInFragment,
    )
    expect.that(
      response.get('state') === awkwardState,
      { expected: 'the state as it was sent', actual: response.has('state') ? 'another state' : 'no state' },
      rfc6749.implicitErrorState,
    )
  },
})

/** A token goes to nobody but a client that registered where it goes. */
export const unregisteredUriGetsNoToken = check({
  proves: [rfc6749.implicitRedirectUriVerified],
  needs: ['implicit'],

  async run({ client, expect }) {
    for (const uri of [foreignUri, ...nearMisses(client.account.redirect_uris)]) {
      expect.arrival(await requestToken(client, { redirect_uri: uri })).toBringNoCode()
    }
  },
})

/** The scope is told where it is not the one that was asked for: nothing else in the fragment says so. */
export const changedScopeIsTold = check({
  proves: [rfc6749.implicitScopeReturned],
  needs: ['implicit', 'introspection', 'openid'],

  async run({ client, expect }) {
    const asked = 'openid offline_access'
    const { response } = await granted(client, { scope: asked })
    const introspected = objectOf(await client.introspect(response.get('access_token') ?? ''))
    if (typeof introspected?.['scope'] !== 'string')
      throw new Untestable('introspection does not tell the scope of the token')

    const told = response.get('scope') ?? asked
    expect.that(sameScopes(scopesOf(told), scopesOf(introspected['scope'])), {
      violation: response.has('scope') ? 'wrong-value' : 'missing-value',
      expected: `the scope ${introspected['scope']}`,
      actual: response.has('scope') ? `the scope ${told}` : `no scope, which means ${asked}`,
    })
  },
})

/** A client that did not register for tokens from the authorization endpoint gets none there. */
export const clientWithoutImplicitGrantIsRefused = check({
  proves: [rfc6749.unauthorizedForToken],
  needs: ['implicit', 'registration'],

  async run({ client, expect }) {
    const answer = await client.register({
      redirect_uris: [foreignUri],
      grant_types: ['authorization_code'],
      response_types: ['code'],
    })
    const { client_id: id, grant_types: grants } = objectOf(answer) ?? {}
    if (typeof id !== 'string' || (Array.isArray(grants) && grants.includes('implicit')))
      throw new Untestable('no client without the implicit grant could be registered')
    const arrival = await requestToken(client, { client_id: id, redirect_uri: foreignUri })
    await client.unregister(answer)

    expect.arrival(arrival).toBringNoCode()
  },
})
