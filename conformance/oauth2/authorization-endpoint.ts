import { oauth21 } from '../../core/spec/oauth21.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc8252 } from '../../core/spec/rfc8252.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { withQuery } from '../../core/wire/form.ts'
import { check } from '../../harness/check.ts'
import { headerOf, headersOf, type HttpResponse, objectOf } from '../../harness/client/http.ts'
import { describeArrival, responseOf } from '../../harness/client/protocol-client.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { beginsLikeAPattern } from '../../harness/target/redirect-patterns.ts'
import { asksForPassword } from '../pages.ts'
import { foreignUri, nearMisses } from '../redirect-uris.ts'
import { awkwardState } from '../response-modes.ts'
import { foreignBrowser, isLogin, unsentLogin, watchedBrowser } from '../watched-browser.ts'

/** A browser that comes by GET with a right request goes back with a code. */
export const getRequestBringsACode = check({
  proves: [rfc6749.getSupported],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    expect.arrival(await client.requestAuthorization()).toBringCode(client.redirectUri)
  },
})

/** A redirection URI that nobody registered never sees the browser, whatever else is wrong with the request. */
export const unregisteredRedirectUriStaysAtServer = check({
  proves: [
    rfc6749.errorNotToBadUri,
    rfc6749.redirectUriRegistered,
    rfc6749.noOpenRedirector,
    rfc9700.noOpenRedirect,
    oauth21.redirectUrisRegistered,
  ],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    for (const more of [
      {},
      { response_type: 'assay-unknown' },
      { prompt: 'none' },
      { scope: undefined },
      { response_type: 'id_token', scope: undefined },
      { response_type: 'code id_token', scope: undefined },
    ]) {
      const arrival = await client.requestAuthorization({ redirect_uri: foreignUri, ...more })

      expect.arrival(arrival).toStayAtServer()
    }
  },
})

/** A redirection URI that is nearly a registered one is not registered. */
export const nearlyRegisteredRedirectUriIsRefused = check({
  proves: [rfc6749.redirectUriCompared, rfc9700.exactRedirectUri],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    for (const uri of nearMisses(client.account.redirect_uris)) {
      if (beginsLikeAPattern(uri, client.account)) continue

      expect.arrival(await client.requestAuthorization({ redirect_uri: uri })).toStayAtServer()
    }
  },
})

/** Of a native client's loopback address the port may vary, and nothing else. */
export const nearlyRegisteredNativeUriIsRefused = check({
  proves: [rfc8252.exactRedirectUri, rfc9700.exactRedirectUri],
  needs: ['authorization_code', 'public_client'],
  as: 'none',

  async run({ client, expect }) {
    for (const uri of nearMisses(client.account.redirect_uris)) {
      expect.arrival(await client.requestAuthorization({ redirect_uri: uri })).toStayAtServer()
    }
  },
})

/** A client that nobody knows has no redirection URI that could be right. */
export const unknownClientStaysAtServer = check({
  proves: [rfc6749.errorNotToBadUri, rfc9700.noOpenRedirect, rfc9700.noRedirectForWrongPair],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    for (const more of [{}, { redirect_uri: foreignUri }, { response_type: undefined }]) {
      const arrival = await client.requestAuthorization({ client_id: 'assay-nobody', ...more })

      expect.arrival(arrival).toStayAtServer()
    }
  },
})

/** A redirection URI is right for the client that registered it, and for no other. */
export const redirectUriOfAnotherClientStaysAtServer = check({
  proves: [rfc9700.noRedirectForWrongPair],
  needs: ['authorization_code', 'public_client', 'second client'],
  as: 'none',

  async run({ client, other, expect }) {
    const uri = other.account.redirect_uris.find((one) => !client.account.redirect_uris.includes(one))
    if (uri === undefined) throw new Untestable('both clients have the same redirect_uris')
    for (const more of [{}, { response_type: 'assay-unknown' }]) {
      expect.arrival(await client.requestAuthorization({ redirect_uri: uri, ...more })).toStayAtServer()
    }
  },
})

/** The state comes back with the code, every character of it as it was sent. */
export const stateComesBackWithTheCode = check({
  proves: [rfc6749.stateReturned],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const { response } = await client.authorize({ state: awkwardState })

    expect.that(response.get('state') === awkwardState, {
      expected: 'the state as it was sent',
      actual: describeState(response),
    })
  },
})

/** The state comes back with an error too. */
export const stateComesBackWithAnError = check({
  proves: [rfc6749.stateReturnedOnError],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const response = responseOf(await client.requestAuthorization({ ...wrongMethod, state: awkwardState }))
    if (!response.has('error')) throw new Untestable('no error came back by redirect')

    expect.that(response.get('state') === awkwardState, {
      expected: 'the state as it was sent',
      actual: describeState(response),
    })
  },
})

/** An error of the code flow travels in the query of the redirection URI, where its client looks for it. */
export const errorComesBackInTheQuery = check({
  proves: [rfc6749.errorByRedirect],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const arrival = await client.requestAuthorization(wrongMethod)
    if (responseOf(arrival).has('code')) throw new Untestable('the server found nothing wrong with the request')
    const [beforeFragment = ''] = arrival.kind === 'redirect' ? arrival.location.split('#') : []

    expect.arrival(arrival).toBringError(client.redirectUri, 'invalid_request')
    expect.that(/[?&]error=/.test(beforeFragment), { expected: 'error in the query', actual: describeArrival(arrival) })
  },
})

/** A challenge method that no server knows: an error that every server with PKCE owes its client. */
const wrongMethod = { code_challenge_method: 'assay-unknown' }

/** Without a response type that it knows a server has nothing to answer with but an error. */
export const responseTypeIsRequired = check({
  proves: [rfc6749.responseTypeRequired],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const refusals = ['unsupported_response_type', 'invalid_request', 'unauthorized_client'] as const
    for (const responseType of [undefined, 'assay-unknown', 'codex', 'code assay-unknown', 'CODE']) {
      const arrival = await client.requestAuthorization({ response_type: responseType })

      expect.arrival(arrival).toBringError(client.redirectUri, ...refusals)
    }
  },
})

/** A parameter that stands twice could mean either value, so it means none. */
export const repeatedParameterIsRefused = check({
  proves: [rfc6749.paramsNotRepeated],
  needs: ['authorization_code'],

  async run({ client, other, expect }) {
    const { client_id: own } = client.account
    const repetitions = {
      client_id: [own, other.account.client_id],
      redirect_uri: [client.redirectUri, client.account.redirect_uris[1] ?? client.redirectUri],
      response_type: ['code', 'code'],
      state: ['one', 'another'],
      code_challenge_method: ['S256', 'plain'],
    }
    for (const [name, values] of Object.entries(repetitions)) {
      expect.arrival(await client.requestAuthorization({ [name]: values })).toBringNoCode()
    }
  },
})

/** A parameter that the server does not know changes nothing. */
export const unknownParameterIsIgnored = check({
  proves: [rfc6749.unknownParamsIgnored],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const arrival = await client.requestAuthorization({ assay_unknown: 'value', 'urn:assay:unknown': '1' })

    expect.arrival(arrival).toBringCode(client.redirectUri)
  },
})

/** A parameter without a value is as good as absent. */
export const emptyParameterIsAsGoodAsAbsent = check({
  proves: [rfc6749.emptyParamsOmitted],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const empty = { prompt: '', max_age: '', display: '', ui_locales: '', login_hint: '', id_token_hint: '' }

    expect.arrival(await client.requestAuthorization(empty)).toBringCode(client.redirectUri)
  },
})

/** A scope that the server does not know is refused, or left out of what is granted, and that is told. */
export const unknownScopeIsNotGranted = check({
  proves: [rfc6749.authorizationScopeChecked],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const { params, verifier } = client.authorizationParams({ scope: 'assay:unknown', nonce: undefined })
    const response = responseOf(await client.travel(params))
    const value = response.get('code')
    if (value === undefined) return

    const { scope } = client.tokensOf(
      await client.redeem({ value, verifier, response, redirectUri: client.redirectUri }),
    )
    // A scope that is not named in the answer is the one that was asked for (RFC 6749 §5.1).
    const granted = scope?.split(' ').includes('assay:unknown') ?? true
    expect.that(!granted, {
      violation: 'accepted',
      expected: 'no scope that the server does not know',
      actual: 'assay:unknown is granted',
    })
  },
})

/** The query of a registered redirection URI is still there when the code is added. */
export const queryOfTheRedirectUriIsKept = check({
  proves: [rfc6749.redirectUriQueryKept],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const uri = client.account.redirect_uris.find((one) => one.includes('?'))
    if (uri === undefined) throw new Untestable('the client has no redirect_uri with a query; register one and name it')
    const arrival = await client.requestAuthorization({ redirect_uri: uri })
    const response = expect.arrival(arrival).toBringCode(uri)

    for (const [name, sent] of new URL(uri).searchParams) {
      const actual = response.get(name) ?? 'absent'
      expect.that(actual === sent, { expected: `${name}=${sent} beside the code`, actual: `${name} is ${actual}` })
    }
  },
})

/** Where the person says no, the client is told so and gets nothing. */
export const refusalIsReported = check({
  proves: [rfc6749.accessDenied],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const asked: HttpResponse[] = []
    // A server that knows nothing of prompt ignores it.
    const arrival = await client.requestAuthorization(
      { prompt: 'consent' },
      { decide: 'deny', onPage: (page) => void (asksForConsent(page) && asked.push(page)) },
    )
    if (asked.length === 0) throw new Untestable('the person was not asked whether they agree')

    expect.arrival(arrival).toBringError(client.redirectUri, 'access_denied')
  },
})

const asksForConsent = (page: HttpResponse) => /<form\b/i.test(page.body) && !asksForPassword(page)

/** A client that may not use the code flow gets no code. */
export const clientWithoutCodeGrantIsRefused = check({
  proves: [rfc6749.unauthorizedForCode],
  needs: ['authorization_code', 'registration', 'client_credentials'],

  async run({ client, expect, target }) {
    const method = (['client_secret_basic', 'client_secret_post'] as const).find((one) => target.capabilities.has(one))
    if (method === undefined) throw new Inapplicable('the server gives no client a secret')
    const answer = await client.register({
      redirect_uris: [foreignUri],
      grant_types: ['client_credentials'],
      response_types: [],
      token_endpoint_auth_method: method,
    })
    const { client_id: id, grant_types: grants } = objectOf(answer) ?? {}
    if (typeof id !== 'string' || (Array.isArray(grants) && grants.includes('authorization_code'))) {
      throw new Untestable('no client without the authorization code grant could be registered')
    }
    const arrival = await client.requestAuthorization({ client_id: id, redirect_uri: foreignUri })
    await client.unregister(answer)

    expect
      .arrival(arrival)
      .toBringError(foreignUri, 'unauthorized_client', 'invalid_request', 'unsupported_response_type')
  },
})

/** No script of another origin may read what the authorization endpoint answers. */
export const noOtherOriginMayRead = check({
  proves: [rfc9700.noCorsAtAuthorization],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const origin = 'https://attacker.example'
    for (const overrides of [{}, { client_id: 'assay-nobody' }, { response_type: 'assay-unknown' }]) {
      const url = withQuery(client.endpoint('authorization_endpoint'), client.authorizationParams(overrides).params)
      const response = await client.send({ method: 'GET', url, headers: [['origin', origin]] })
      const allowed = headerOf(response, 'access-control-allow-origin')

      expect.that(allowed !== '*' && allowed !== origin && allowed !== 'null', {
        violation: 'wrong-header',
        expected: 'no access-control-allow-origin',
        actual: `access-control-allow-origin: ${allowed}`,
      })
    }
  },
})

/** The pages on which a person signs in and agrees cannot be laid into a page of somebody else's. */
export const pagesCannotBeFramed = check({
  proves: [rfc9700.pagesNotFramed],
  needs: ['authorization_code'],

  async run({ client, expect, target }) {
    const pages: HttpResponse[] = []
    const consent = target.capabilities.has('openid') ? { prompt: 'consent' } : {}
    await client.requestAuthorization(consent, {
      onPage: (page) => void (/<form\b/i.test(page.body) && pages.push(page)),
    })
    if (pages.length === 0) throw new Untestable('the server showed no page')

    const open = pages.filter((page) => !refusesFrames(page))
    expect.that(open.length === 0, {
      violation: 'missing-header',
      expected: 'x-frame-options or frame-ancestors on every page',
      actual: `${open.length} of ${pages.length} pages may be framed`,
    })
  },
})

/** By a header, or by the script that was common before there were any (RFC 6749 §10.13 names both). */
const refusesFrames = (page: HttpResponse) =>
  headersOf(page, 'x-frame-options').some((value) => /^\s*(?:deny|sameorigin)\s*$/i.test(value)) ||
  headersOf(page, 'content-security-policy').some((policy) => {
    const [, ancestors] = /(?:^|[;,]\s*)frame-ancestors\s+([^;,]*)/i.exec(policy) ?? []
    return ancestors !== undefined && !/(?:^|\s)(?:\*|https?:)(?:\s|$)/i.test(ancestors)
  }) ||
  /\btop\b[^;{}]{0,60}(?:self|window|location)|(?:self|window)[^;{}]{0,60}\btop\b/.test(page.body)

/** A password that was sent in a form is not sent on to wherever the server redirects. */
export const passwordIsNotSentOn = check({
  proves: [rfc9700.noRedirect307],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const { agent, steps } = watchedBrowser(client)
    await client.travel(client.authorizationParams().params, {}, agent)
    const logins = steps.filter(({ request }) => isLogin(client, request))
    if (logins.length === 0) throw new Untestable('no login form was sent')

    for (const { response } of logins) {
      expect.that(response.status !== 307, {
        violation: 'wrong-status',
        expected: 'any redirect but 307',
        actual: 'status 307',
      })
    }
  },
})

/** A login form that another browser was given does nothing in this one, which was never at the server. */
export const formOfAnotherBrowserIsRefused = check({
  proves: [rfc6749.csrfProtected],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const form = await unsentLogin(client)
    if (form === undefined) throw new Untestable('no login form was shown')
    const arrival = await foreignBrowser(client).arrive({ url: form.url, method: 'POST', form: form.body ?? '' }, {})
    // A server may answer with a login form of this browser's own, and then nobody is there to fill it in.
    if (arrival.kind === 'stuck') return

    expect.arrival(arrival).toBringNoCode()
  },
})

const describeState = (response: ReadonlyMap<string, string>) => {
  const state = response.get('state')
  return state === undefined ? 'no state' : 'another state'
}
