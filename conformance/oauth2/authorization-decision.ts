import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { decodeForm, encodeForm } from '../../core/wire/form.ts'
import { check } from '../../harness/check.ts'
import { type HttpRequest, type HttpResponse } from '../../harness/client/http.ts'
import { type ProtocolClient, responseOf } from '../../harness/client/protocol-client.ts'
import { type Arrival, browserlessAgent } from '../../harness/client/user-agent.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { foreignUri } from '../redirect-uris.ts'
import { asRegistered } from '../registered-client.ts'
import { isHtml } from '../pages.ts'
import { isLogin } from '../watched-browser.ts'

/** Nobody is taken for a person whose password they do not have. */
export const wrongPasswordBringsNoCode = check({
  proves: [rfc6749.ownerAuthenticated],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    for (const password of ['assay-wrong-password', '']) {
      const { arrival, logins } = await withPassword(client, password)
      if (logins === 0) throw new Untestable('no login form was sent')
      // A right one in between, lest two wrong ones in a row lock the person out.
      await withPassword(client, undefined)

      expect.that(!responseOf(arrival).has('code'), {
        violation: 'accepted',
        expected: 'no code',
        actual: `a code for ${password === '' ? 'an empty' : 'a wrong'} password`,
      })
    }
  },
})

/** A client that just registered itself gets no code of which the person sees nothing. */
export const newClientGetsNoCodeUnseen = check({
  proves: [rfc6749.consentExplicit],
  needs: ['authorization_code', 'registration', 'client_secret_basic'],

  async run({ client, expect }) {
    await client.authorize()
    const outcome = await asRegistered(client, { method: 'client_secret_basic' }, async (stranger) => {
      const pages: HttpResponse[] = []
      const arrival = await stranger.requestAuthorization({}, { onPage: (page) => void pages.push(page) })
      return { arrival, pages }
    })
    if (outcome === undefined) throw new Untestable('no client could be registered')

    expect.that(!responseOf(outcome.arrival).has('code') || outcome.pages.length > 0, {
      violation: 'accepted',
      expected: 'a page on which the person can refuse',
      actual: 'a code without any page',
    })
  },
})

/** A person who cannot be sent back to the application is told that something is wrong. */
export const wrongRequestIsExplained = check({
  proves: [rfc6749.personInformed],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    for (const wrong of [{ redirect_uri: foreignUri }, { client_id: 'assay-nobody' }]) {
      const arrival = await client.requestAuthorization(wrong)
      if (arrival.kind !== 'page') throw new Untestable('the browser did not stay at the server')
      // What a page draws by a script is not in what came.
      if (/<script\b/i.test(arrival.response.body)) throw new Inapplicable('the page says what it says by a script')

      expect.that(visibleText(arrival.response) !== '', {
        violation: 'missing-value',
        expected: 'a page that says what is wrong',
        actual: 'a page that says nothing',
      })
    }
  },
})

/** What a request says is never part of a page's own markup. */
export const markupOfARequestIsNotShown = check({
  proves: [rfc6749.inputSanitized],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const names = ['client_id', 'redirect_uri', 'state', 'scope', 'response_type', 'login_hint', 'assay_unknown']
    for (const name of names) {
      const pages: HttpResponse[] = []
      const arrival = await client.requestAuthorization({ [name]: markup }, { onPage: (page) => void pages.push(page) })
      if (arrival.kind === 'page') pages.push(arrival.response)
      const shown = pages.filter(
        (page) => isHtml(page) && (page.body.includes('<assay-markup') || page.body.includes(`" assay-markup="`)),
      )

      expect.that(shown.length === 0, {
        violation: 'leaked',
        expected: 'no page with markup of the request',
        actual: `a page with the markup of ${name}`,
      })
    }
  },
})

/** Ends an attribute, if nobody escapes quotation marks, and begins a tag, if nobody escapes what tags begin with. */
const markup = `https://rp.example/" assay-markup="'><assay-markup><script>assay</script>`

/** The text of a page without what a browser does not show, or of anything else as it is. */
const visibleText = (response: HttpResponse): string =>
  (isHtml(response)
    ? response.body.replaceAll(/<!--.*?(?:-->|$)|<(head|style|title)\b.*?<\/\1\s*>|<[^>]*>/gis, ' ')
    : response.body
  ).trim()

/** Goes through an authorization request in a fresh browser, with this password in the place of the right one if any. */
async function withPassword(
  client: ProtocolClient,
  password: string | undefined,
): Promise<{ readonly arrival: Arrival; readonly logins: number }> {
  let logins = 0
  const send = async (request: HttpRequest) => {
    if (!isLogin(client, request)) return await client.send(request)
    logins += 1
    if (password === undefined) return await client.send(request)
    return await client.send({ ...request, body: withValue(request.body ?? '', client, password) })
  }
  const agent = browserlessAgent({ http: { send }, login: client.target.login })
  return { arrival: await client.travel(client.authorizationParams().params, {}, agent), logins }
}

const withValue = (form: string, { user }: ProtocolClient, password: string) =>
  encodeForm(
    Object.fromEntries(
      decodeForm(form).map(([name, value]) => [name, value === user?.password.reveal() ? password : value]),
    ),
  )
