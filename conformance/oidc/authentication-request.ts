import { oidcCore } from '../../core/spec/oidc-core.ts'
import type { Params } from '../../core/wire/form.ts'
import { check } from '../../harness/check.ts'
import type { HttpResponse } from '../../harness/client/http.ts'
import { describeArrival, type ProtocolClient, responseOf } from '../../harness/client/protocol-client.ts'
import type { Arrival } from '../../harness/client/user-agent.ts'
import { Untestable } from '../../harness/error.ts'
import type { Expect } from '../../harness/expect.ts'
import { beginsLikeAPattern } from '../../harness/target/redirect-patterns.ts'
import { asksForPassword } from '../pages.ts'
import { nearMisses } from '../redirect-uris.ts'
import { idTokenOf } from '../id-tokens.ts'

/** Where nobody is signed in and nobody may be asked, the client is told so by redirect. */
export const silentRequestWithoutSessionIsRefused = check({
  proves: [oidcCore.promptNone, oidcCore.loginRequired],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    const { arrival, pages } = await journey(client, { prompt: 'none' })

    expect.that(
      pages.length === 0,
      { violation: 'accepted', expected: 'no page', actual: `${pages.length} pages` },
      oidcCore.promptNone,
    )
    if (pages.length > 0) return
    expect
      .arrival(arrival, oidcCore.loginRequired)
      .toBringError(client.redirectUri, 'login_required', 'interaction_required')
  },
})

/** Where somebody is signed in, a silent request shows no page either, whatever it asks for. */
export const silentRequestWithSessionShowsNoPage = check({
  proves: [oidcCore.promptNone],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    await client.authorize({ scope: 'openid' })
    const { arrival, pages } = await journey(client, { prompt: 'none', scope: 'openid profile email' })

    expect.that(pages.length === 0 && arrival.kind !== 'page', {
      violation: 'accepted',
      expected: 'no page',
      actual: pages.length > 0 ? `${pages.length} pages` : describeArrival(arrival),
    })
  },
})

/** Nobody can be asked and not be asked at the same time. */
export const promptNoneStandsAlone = check({
  proves: [oidcCore.promptNoneAlone],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    await client.authorize()
    for (const prompt of ['none login', 'none consent', 'none select_account', 'login none']) {
      const response = expect.arrival(await client.requestAuthorization({ prompt })).toBringNoCode()

      expect.that(response.has('error') || response.has('code'), {
        violation: 'accepted',
        expected: 'an error by redirect',
        actual: 'none',
      })
    }
  },
})

/** Who is signed in is asked for the password again where the request says so. */
export const promptLoginAsksAgain = check({
  proves: [oidcCore.promptLogin],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    await signInWithPassword(client)
    const { arrival, pages } = await journey(client, { prompt: 'login' })

    expectPassword(expect, arrival, pages)
  },
})

/** Who signed in too long ago for this request is asked for the password again. */
export const oldSessionIsNotEnough = twoMinutesAreTooOldFor('60')

/** Zero is a limit like any other, which every session is too old for. */
export const zeroIsALimit = twoMinutesAreTooOldFor('0')

/** Using a session does not make it younger: what counts is when the person signed in. */
export const useDoesNotRefreshTheSession = check({
  proves: [oidcCore.maxAge],
  needs: ['authorization_code', 'openid', 'clock'],

  async run({ client, expect, wait }) {
    await signInWithPassword(client)
    await wait(45_000)
    await client.requestAuthorization()
    await wait(45_000)
    const { arrival, pages } = await journey(client, { max_age: '60' })

    expectPassword(expect, arrival, pages)
  },
})

/** Who sets a limit to the age of a sign-in learns when it was. */
export const signInTimeIsTold = check({
  proves: [oidcCore.maxAgeAuthTime],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    const { claims } = idTokenOf(await client.grant({ max_age: '600' }))
    const time = claims['auth_time']
    const isAboutNow = typeof time === 'number' && Math.abs(time - client.now() / 1000) < 24 * 3600

    expect.that(isAboutNow, {
      expected: 'auth_time in seconds',
      actual: `auth_time ${JSON.stringify(time) ?? 'absent'}`,
    })
  },
})

/** A request that comes as a form is as good as one in a query. */
export const postRequestBringsACode = check({
  proves: [oidcCore.postSupported],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    expect.arrival(await client.requestAuthorization({}, { method: 'POST' })).toBringCode(client.redirectUri)
  },
})

/** OpenID Connect has no redirection URI to fall back on. */
export const redirectUriIsRequired = check({
  proves: [oidcCore.redirectUriRequired],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    expect.arrival(await client.requestAuthorization({ redirect_uri: undefined })).toBringNoCode()
  },
})

/** A redirection URI is the registered one or it is not: nothing is normalised, folded or decoded before. */
export const redirectUriIsComparedAsText = check({
  proves: [oidcCore.redirectUriExact],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    for (const uri of nearMisses([client.redirectUri])) {
      if (client.account.redirect_uris.includes(uri) || beginsLikeAPattern(uri, client.account)) continue

      expect.arrival(await client.requestAuthorization({ redirect_uri: uri })).toStayAtServer()
    }
  },
})

/** A parameter that the provider does not understand changes nothing. */
export const unknownParameterIsIgnored = check({
  proves: [oidcCore.unknownParamsIgnored],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    const arrival = await client.requestAuthorization({
      assay_unknown: 'value',
      ui_locales: 'tlh',
      acr_values: 'urn:assay:unknown',
    })

    expect.arrival(arrival).toBringCode(client.redirectUri)
  },
})

/** A scope that the provider does not understand changes nothing either. */
export const unknownScopeIsIgnored = check({
  proves: [oidcCore.unknownScopeIgnored],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    expect.arrival(await client.requestAuthorization({ scope: 'openid assay:unknown' })).toBringCode(client.redirectUri)
  },
})

/** Where a request ends, and the pages with a form that the person was shown on the way. */
async function journey(
  client: ProtocolClient,
  overrides: Params,
): Promise<{ readonly arrival: Arrival; readonly pages: readonly HttpResponse[] }> {
  const pages: HttpResponse[] = []
  const arrival = await client.requestAuthorization(overrides, {
    onPage: (page) => void (/<form\b/i.test(page.body) && pages.push(page)),
  })
  return { arrival, pages }
}

/** Opens a session; where that takes no password, nobody can see whether one would be asked for again. */
async function signInWithPassword(client: ProtocolClient) {
  const { arrival, pages } = await journey(client, {})
  if (!responseOf(arrival).has('code') || !pages.some(asksForPassword))
    throw new Untestable('nobody could be signed in by a password')
}

/** The password is asked for, or the request is refused because it cannot be. */
function expectPassword(expect: Expect, arrival: Arrival, pages: readonly HttpResponse[]) {
  const isAsked = pages.some(asksForPassword) || !responseOf(arrival).has('code')
  expect.that(isAsked, {
    violation: 'accepted',
    expected: 'the password to be asked for again',
    actual: `${describeArrival(arrival)}, without asking`,
  })
}

function twoMinutesAreTooOldFor(maxAge: string) {
  return check({
    proves: [oidcCore.maxAge],
    needs: ['authorization_code', 'openid', 'clock'],

    async run({ client, expect, wait }) {
      await signInWithPassword(client)
      await wait(120_000)
      const { arrival, pages } = await journey(client, { max_age: maxAge })

      expectPassword(expect, arrival, pages)
    },
  })
}
