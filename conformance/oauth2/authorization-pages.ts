import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { withQuery } from '../../core/wire/form.ts'
import { check } from '../../harness/check.ts'
import { headerOf, headersOf, type HttpResponse } from '../../harness/client/http.ts'
import { describeArrival, type ProtocolClient, responseOf } from '../../harness/client/protocol-client.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { exposureOf } from '../foreign-content.ts'
import { isHtml, journeyOf, pagesOnTheWay } from '../pages.ts'
import { pretender } from '../published.ts'
import { isLogin, watchedBrowser } from '../watched-browser.ts'

const needs = ['authorization_code'] as const

/** The pages of a sign-in, and those on which it fails, say by a policy who may frame them. */
export const pagesSayWhoMayFrameThem = check({
  proves: [rfc9700.pagesHavePolicy],
  needs,

  async run({ client, expect }) {
    const pages = [...(await pagesOnTheWay(client)), ...(await failurePage(client))]

    const silent = pages.filter(
      (page) =>
        !headersOf(page, 'content-security-policy').some((policy) => /(?:^|[;,])\s*frame-ancestors\s/i.test(policy)),
    )
    expect.that(silent.length === 0, {
      violation: 'missing-header',
      expected: 'content-security-policy with frame-ancestors on every page',
      actual: `none on ${silent.length} of ${pages.length} pages`,
    })
  },
})

/** A page that another site learns of betrays the state of the request in its address. */
export const pagesKeepTheirAddress = check({
  proves: [rfc9700.refererSuppressed],
  needs,

  async run({ client, expect }) {
    const pages = [...(await pagesOnTheWay(client)), ...(await failurePage(client))]
    const open = pages.flatMap((page) => exposureOf(page, ownHosts(client))?.open ?? [])

    // A page without a policy leaves it to the browser, and those of today tell other sites the origin only.
    expect.that(open.length === 0, {
      violation: 'leaked',
      expected: 'no policy that hands out the whole address',
      actual: `the referrer policy ${[...new Set(open)].join(' and ')}`,
    })
  },
})

/** What comes from other sites, and what leads there, stays away from a sign-in, or learns nothing of it. */
export const pagesShowNothingOfOthers = check({
  proves: [rfc9700.noForeignContent],
  needs,

  async run({ client, expect }) {
    const pages = [...(await pagesOnTheWay(client)), ...(await failurePage(client))]
    const told = pages.flatMap((page) => exposureOf(page, ownHosts(client))?.told ?? [])

    expect.that(told.length === 0, {
      violation: 'leaked',
      expected: 'nothing of other sites, or a referrer policy that tells them nothing',
      actual: `content of ${[...new Set(told)].join(' and ')}, and no such policy`,
    })
  },
})

/** An error that anybody can provoke does not send a person away to an application that anybody may have registered. */
export const errorWaitsUntilThePersonHasSignedIn = check({
  proves: [rfc9700.personSignedInFirst],
  needs,

  async run({ client, expect }) {
    const { asked: right } = await journeyOf(client, {})
    if (right.length === 0) throw new Inapplicable('people are signed in without being asked')

    for (const wrong of [
      { response_type: 'assay-unknown' },
      { code_challenge_method: 'assay-unknown' },
      { scope: 'assay:unknown', nonce: undefined },
      { prompt: 'login', code_challenge_method: 'assay-unknown' },
    ]) {
      client.agent.forget()
      const { arrival, asked } = await journeyOf(client, wrong)

      expect.that(!responseOf(arrival).has('error') || asked.length > 0, {
        violation: 'redirected',
        expected: 'a sign-in, or a page that says what is wrong',
        actual: `${describeArrival(arrival)}, and nobody signed in`,
      })
    }
  },
})

/** Whoever sent a password is led on by 303, which tells every browser to leave it behind. */
export const loginIsLedOnBySeeOther = check({
  proves: [rfc9700.seeOther],
  needs,

  async run({ client, expect }) {
    const redirects = (await loginAnswers(client)).filter(({ status }) => status >= 300 && status <= 399)
    if (redirects.length === 0) throw new Inapplicable('the server answers the login form without a redirect')

    for (const { status } of redirects) {
      expect.that(status === 303, { violation: 'wrong-status', expected: 'status 303', actual: `status ${status}` })
    }
  },
})

/** A password that was sent to the server goes nowhere else: not in a form that is sent again, and not in an address. */
export const passwordGoesNoFurther = check({
  proves: [rfc9700.credentialsNotForwarded],
  needs,

  async run({ client, expect }) {
    const password = client.user?.password.reveal() ?? ''
    for (const answer of await loginAnswers(client)) {
      const location = headerOf(answer, 'location') ?? ''
      const isRepeated = location !== '' && (answer.status === 307 || answer.status === 308)
      const isShown = [...new URLSearchParams(location.replace(/^[^?#]*[?#]?/, '')).values()].includes(password)

      expect.that(!isRepeated && !isShown, {
        violation: 'leaked',
        expected: 'a redirect without what the form held',
        actual: isShown ? 'the password in Location' : `status ${answer.status}, which sends the form again`,
      })
    }
  },
})

/** Headers by which a proxy tells of another host change nothing where no proxy wrote them. */
export const forwardedHeadersChangeNothing = check({
  proves: [rfc9700.proxyHeadersSanitized],
  needs,

  async run({ client, expect, target }) {
    const url = withQuery(client.endpoint('authorization_endpoint'), client.authorizationParams().params)
    const answers = [
      await client.send({ method: 'GET', url: target.metadataUrl, headers: pretender }),
      await client.send({ method: 'GET', url, headers: pretender }),
    ]

    const believed = answers.filter((answer) =>
      `${headerOf(answer, 'location')} ${answer.body}`.includes('//attacker.example'),
    )
    expect.that(believed.length === 0, {
      violation: 'wrong-value',
      expected: 'answers that do not name the host of x-forwarded-host',
      actual: `${believed.length} of ${answers.length} answers lead there`,
    })
  },
})

/** The page of a request whose client nobody knows; none where the server shows no HTML. */
async function failurePage(client: ProtocolClient): Promise<readonly HttpResponse[]> {
  const arrival = await client.requestAuthorization({ client_id: 'assay-nobody' })
  if (responseOf(arrival).has('code')) throw new Untestable('a client that nobody registered gets a code')
  return arrival.kind === 'page' && isHtml(arrival.response) ? [arrival.response] : []
}

/** How the server answers the form that carries the password. */
async function loginAnswers(client: ProtocolClient): Promise<readonly HttpResponse[]> {
  const { agent, steps } = watchedBrowser(client)
  await client.travel(client.authorizationParams().params, {}, agent)
  const answers = steps.filter(({ request }) => isLogin(client, request)).map(({ response }) => response)
  if (answers.length === 0) throw new Untestable('no login form was sent')
  return answers
}

/** Where the applications of the target file live: a person who signs in is on the way there. */
const ownHosts = ({ account }: ProtocolClient): readonly string[] =>
  account.redirect_uris.flatMap((uri) => (URL.canParse(uri) ? [new URL(uri).hostname] : []))
